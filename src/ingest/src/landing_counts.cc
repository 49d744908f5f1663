#include "haul/ingest/landing_counts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include "haul/base/json.h"

namespace haul::ingest {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

void append_pairs(std::string& out, std::string_view name,
                  const std::map<std::string, std::uint64_t>& counts) {
  out += fmt::format(", {}: {{", json_string(name));
  for (const auto& [rule, count] : counts) {
    out += fmt::format("{}{}: {}", out.ends_with('{') ? "" : ", ", json_string(rule), count);
  }
  out += "}";
}

/// Reads numbers and objects by name; remembers whether everything was there.
class Reader {
 public:
  explicit Reader(object json) : json_(json) {}

  void number(std::string_view name, std::uint64_t& into) { note(json_[name].get(into)); }
  void pairs(std::string_view name, std::map<std::string, std::uint64_t>& into) {
    each(name,
         [this, &into](std::string_view key, element value) { note(value.get(into[std::string(key)])); });
  }
  template <class Take>
  void each(std::string_view name, Take take) {
    object inner;
    note(json_[name].get(inner));
    if (!fine_) return;
    for (const auto& [key, value] : inner) take(key, value);
  }
  void note(simdjson::error_code code) { fine_ = fine_ && code == simdjson::SUCCESS; }
  [[nodiscard]] bool fine() const { return fine_; }

 private:
  object json_;
  bool fine_ = true;
};

}  // namespace

std::string encode_reached(const std::vector<Offset>& reached) {
  std::vector<std::uint64_t> numbers;
  for (const Offset offset : reached) numbers.push_back(offset.raw());
  return fmt::format("[{}]", fmt::join(numbers, ","));
}

Result<std::vector<Offset>> decode_reached(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array numbers;
  bool fine = parser.parse(json.data(), json.size()).get(numbers) == simdjson::SUCCESS;
  std::vector<Offset> reached;
  for (std::size_t at = 0; fine && at < numbers.size(); ++at) {
    std::uint64_t number = 0;
    fine = numbers.at(at).get(number) == simdjson::SUCCESS;
    reached.emplace_back(number);
  }
  if (fine) return reached;
  return fail(ErrorCode::kCorrupt, fmt::format("a commit's offsets cannot be read: {}", json.substr(0, 200)));
}

std::string encode_counts(const LandingCounts& counts) {
  std::string out = fmt::format(
      R"({{"rows": {}, "valid": {}, "quarantined": {}, "duplicates": {}, "superseded": {}, "replaced": {})",
      counts.rows, counts.valid, counts.quarantined, counts.duplicates, counts.superseded, counts.replaced);
  append_pairs(out, "quarantined_by_rule", counts.quarantined_by_rule);
  append_pairs(out, "warned_by_rule", counts.warned_by_rule);
  out += R"(, "rules": {)";
  for (const auto& [rule, count] : counts.rules) {
    out += fmt::format("{}{}: [{}, {}]", out.ends_with('{') ? "" : ", ", json_string(rule), count.checked,
                       count.failed);
  }
  out += R"(}, "files": {)";
  for (const auto& [producer, file] : counts.files) {
    out += fmt::format("{}{}: [{}, {}, {}]", out.ends_with('{') ? "" : ", ", json_string(producer),
                       json_string(file.name), file.rows, file.quarantined);
  }
  return out + "}}";
}

Result<LandingCounts> decode_counts(std::string_view json) {
  simdjson::dom::parser parser;
  object root;
  const auto broken = [&json] {
    return fail(ErrorCode::kCorrupt,
                fmt::format("a commit's counts cannot be read: {}", json.substr(0, 200)));
  };
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return broken();
  Reader reader(root);
  LandingCounts counts;
  reader.number("rows", counts.rows);
  reader.number("valid", counts.valid);
  reader.number("quarantined", counts.quarantined);
  reader.number("duplicates", counts.duplicates);
  reader.number("superseded", counts.superseded);
  reader.number("replaced", counts.replaced);
  reader.pairs("quarantined_by_rule", counts.quarantined_by_rule);
  reader.pairs("warned_by_rule", counts.warned_by_rule);
  reader.each("rules", [&](std::string_view rule, element value) {
    RuleCount& count = counts.rules[std::string(rule)];
    reader.note(value.at(0).get(count.checked));
    reader.note(value.at(1).get(count.failed));
  });
  reader.each("files", [&](std::string_view producer, element value) {
    FileCount& file = counts.files[std::string(producer)];
    std::string_view name;
    reader.note(value.at(0).get(name));
    reader.note(value.at(1).get(file.rows));
    reader.note(value.at(2).get(file.quarantined));
    file.name = name;
  });
  if (!reader.fine()) return broken();
  counts.commits = 1;
  return counts;
}

}  // namespace haul::ingest
