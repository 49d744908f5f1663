#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reading.h"

namespace haul::contract {
namespace {

constexpr std::string_view kRowCount = "rowCountChange";
constexpr std::string_view kMean = "meanChange";
constexpr std::array<std::string_view, 6> kKeys{"rule", "percent", "band", "runs", "needs", "season"};
constexpr double kPercentMax = 10'000;
constexpr double kBandMax = 1'000;
constexpr std::int64_t kRunsMax = 366;

bool is_number(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id()) || arrow::is_decimal(type.id());
}

/// Reads `implementation` into a rule; problems go to the reading.
class ChangeReader {
 public:
  ChangeReader(Reading& reading, const YamlNode& implementation)
      : problems_(reading.problems), implementation_(implementation) {}

  bool read(DriftRule& rule, const columnar::Column* column) {
    if (implementation_.kind() != YamlNode::Kind::kMap) {
      problems_.add(implementation_,
                    "a rule of the engine haul says what may change; write implementation: "
                    "{rule: rowCountChange, percent: 50}");
      return false;
    }
    for (const auto& [key, value] : implementation_.entries()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      add_problem(implementation_.key_place(key),
                  fmt::format("a rule of the engine haul has no `{}`{}", key, advise(key, kKeys)));
    }
    read_measure(rule, column);
    if (const auto percent = number("percent", 0, kPercentMax)) rule.percent = *percent;
    if (const auto band = number("band", 0, kBandMax)) rule.band = *band;
    if (implementation_.find("percent") && implementation_.find("band")) {
      add_problem(implementation_.key_place("band"),
                  "`percent` and `band` are two ways to say how far is too "
                  "far; keep one");
    }
    count("runs", rule.runs);
    count("needs", rule.needs);
    count("season", rule.season);
    if (fine_ && rule.needs > rule.runs) {
      add_problem(implementation_.place(),
                  fmt::format("{} runs are needed and {} are looked at; correct needs or runs", rule.needs,
                              rule.runs));
    }
    return fine_;
  }

 private:
  void add_problem(const SourcePlace& place, std::string message) {
    problems_.add(place, std::move(message));
    fine_ = false;
  }

  void read_measure(DriftRule& rule, const columnar::Column* column) {
    static constexpr std::array<std::string_view, 2> kMeasures{kRowCount, kMean};
    const auto measure = implementation_.find("rule");
    if (!measure) {
      add_problem(implementation_.place(),
                  "a rule of the engine haul needs `rule`; write rowCountChange or "
                  "meanChange");
    } else if (measure->text() == kRowCount) {
      if (column != nullptr)
        add_problem(measure->place(), "rowCountChange belongs to the object; move the rule there");
    } else if (measure->text() != kMean) {
      add_problem(measure->place(),
                  fmt::format("`rule` is {}{}", measure->describe(), advise(measure->text(), kMeasures)));
    } else if (column == nullptr) {
      add_problem(measure->place(), "meanChange belongs to a column; move the rule there");
    } else if (!is_number(*column->type)) {
      add_problem(measure->place(), fmt::format("{} has no mean: it holds {}; remove the rule", column->name,
                                                column->type->ToString()));
    } else if (column->privacy == columnar::Privacy::kPersonal) {
      add_problem(measure->place(),
                  fmt::format("{} is personal: nothing but counts is kept of it; remove the "
                              "rule",
                              column->name));
    } else {
      rule.measure = DriftRule::Measure::kMean;
      rule.column = column->name;
    }
  }

  /// A number above `low` and at most `high`.
  std::optional<double> number(std::string_view key, double low, double high) {
    const auto node = implementation_.find(key);
    if (!node) return std::nullopt;
    const auto value = node->as_number();
    if (value && *value > low && *value <= high) return *value;
    add_problem(node->place(), fmt::format("`{}` needs a number above {} and at most {}, has {}", key, low,
                                           high, node->describe()));
    return std::nullopt;
  }

  void count(std::string_view key, std::int64_t& into) {
    const auto node = implementation_.find(key);
    if (!node) return;
    const auto value = node->as_integer();
    if (value && *value >= 1 && *value <= kRunsMax) {
      into = *value;
    } else {
      add_problem(node->place(), fmt::format("`{}` needs a whole number from 1 to {}, has {}", key, kRunsMax,
                                             node->describe()));
    }
  }

  Problems& problems_;
  const YamlNode& implementation_;
  bool fine_ = true;
};

}  // namespace

void read_change_rule(Reading& reading, Object& object, const columnar::Column* column, const YamlNode& rule,
                      const std::string& id) {
  const auto implementation = rule.find("implementation");
  if (!implementation) return;  // the shape has a word on that
  DriftRule out;
  out.id = id;
  out.severity = read_severity(reading, rule.find("severity"), Severity::kWarning);
  out.place = rule.place();
  if (rejects(out.severity)) {
    reading.problems.add(
        *rule.find("severity"),
        "a change is judged after the rows have landed: it can warn and not refuse; write info "
        "or warning");
    return;
  }
  if (ChangeReader(reading, *implementation).read(out, column)) object.change_rules.push_back(std::move(out));
}

}  // namespace haul::contract
