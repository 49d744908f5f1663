#include "haul/ingest/example_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "haul/ingest/validator.h"

namespace haul::ingest {
namespace {

using contract::Change;
using contract::ExampleRows;
using contract::ExampleShows;

/// The rows of all examples of a change, one after another.
struct Rows {
  std::string text;
  std::vector<std::int32_t> ends{0};

  explicit Rows(const std::vector<ExampleRows>& examples) {
    for (const ExampleRows& example : examples) {
      for (const std::string& row : example) {
        text += row;
        ends.push_back(static_cast<std::int32_t>(text.size()));
      }
    }
  }
  [[nodiscard]] RawRows view() const { return {ends, std::as_bytes(std::span(text))}; }
};

/// One object of one contract, ready to judge rows.
class Judge {
 public:
  static std::unique_ptr<Judge> make(const contract::Contract& contract, const std::string& name,
                                     const expression::SqlParser& parser) {
    const auto object = std::find_if(contract.objects.begin(), contract.objects.end(),
                                     [&](const contract::Object& each) { return each.name == name; });
    if (object == contract.objects.end()) return nullptr;
    auto decoder = Decoder::make({}, object->schema, "");
    auto validator = Validator::make(*object, parser);
    if (!decoder || !validator) return nullptr;
    return std::unique_ptr<Judge>(new Judge(std::move(*decoder), std::move(*validator)));
  }

  /// For each row whether it is taken.
  Result<std::vector<bool>> takes(const Rows& rows) {
    std::vector<bool> taken(rows.view().size(), true);
    HAUL_TRY(decoded, decoder_->decode(rows.view()));
    for (const RejectedRow& rejected : decoded.rejected) taken[rejected.row] = false;
    HAUL_TRY(validated, validator_->validate(std::move(decoded)));
    for (const RejectedRow& rejected : validated.rejected) taken[rejected.row] = false;
    return taken;
  }

 private:
  Judge(std::unique_ptr<Decoder> decoder, std::unique_ptr<Validator> validator)
      : decoder_(std::move(decoder)), validator_(std::move(validator)) {}

  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Validator> validator_;
};

/// Both contracts' judges of the objects that were asked for.
class Judges {
 public:
  Judges(const contract::Contract& before, const contract::Contract& after,
         const expression::SqlParser& parser)
      : before_(before), after_(after), parser_(parser) {}

  struct Pair {
    std::unique_ptr<Judge> before;
    std::unique_ptr<Judge> after;
  };
  Pair& of(const std::string& object) {
    const auto [found, is_new] = pairs_.try_emplace(object);
    if (is_new) {
      found->second.before = Judge::make(before_, object, parser_);
      found->second.after = Judge::make(after_, object, parser_);
    }
    return found->second;
  }

 private:
  const contract::Contract& before_;
  const contract::Contract& after_;
  const expression::SqlParser& parser_;
  std::map<std::string, Pair> pairs_;
};

bool is_true(ExampleShows shows, bool taken_before, bool taken_after) {
  switch (shows) {
    case ExampleShows::kRefused:
      return taken_before && !taken_after;
    case ExampleShows::kAccepted:
      return !taken_before && taken_after;
    case ExampleShows::kMissed:
    case ExampleShows::kTogether:
      return taken_before;
    case ExampleShows::kNothing:
      return false;
  }
  return false;
}

/// The first true example of the change, or nothing.
Result<std::vector<ExampleRows>> first_true(const Change& change, Judge& before, Judge& after) {
  const Rows rows(change.examples);
  HAUL_TRY(taken_before, before.takes(rows));
  HAUL_TRY(taken_after, after.takes(rows));
  std::size_t row = 0;
  for (const ExampleRows& example : change.examples) {
    bool all = true;
    for (std::size_t i = 0; i < example.size(); ++i, ++row) {
      all = all && is_true(change.shows, taken_before[row], taken_after[row]);
    }
    if (all) return std::vector<ExampleRows>{example};
  }
  return std::vector<ExampleRows>();
}

}  // namespace

Result<void> confirm_examples(std::vector<Change>& changes, const contract::Contract& before,
                              const contract::Contract& after, const expression::SqlParser& parser) {
  Judges judges(before, after, parser);
  for (Change& change : changes) {
    if (change.examples.empty()) continue;
    Judges::Pair& pair = judges.of(change.object);
    std::vector<ExampleRows> kept;
    if (pair.before != nullptr && pair.after != nullptr) {
      HAUL_TRY(example, first_true(change, *pair.before, *pair.after));
      kept = std::move(example);
    }
    change.examples = std::move(kept);
    if (change.examples.empty()) change.shows = ExampleShows::kNothing;
  }
  return {};
}

}  // namespace haul::ingest
