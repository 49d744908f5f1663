#include "bounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "shape.h"

namespace haul::contract {
namespace {

using Comparison = SetRule::Comparison;

struct Operator {
  std::string_view key;
  Comparison comparison;
};
constexpr std::array<Operator, 8> kOperators{{{"mustBe", Comparison::kEqual},
                                              {"mustNotBe", Comparison::kNotEqual},
                                              {"mustBeGreaterThan", Comparison::kGreater},
                                              {"mustBeGreaterOrEqualTo", Comparison::kGreaterOrEqual},
                                              {"mustBeLessThan", Comparison::kLess},
                                              {"mustBeLessOrEqualTo", Comparison::kLessOrEqual},
                                              {"mustBeBetween", Comparison::kBetween},
                                              {"mustNotBeBetween", Comparison::kNotBetween}}};

std::optional<Bounds> read_bound_of(const YamlNode& rule, const YamlNode& node, const Operator& op,
                                    Problems& problems) {
  const auto& [key, comparison] = op;
  if (comparison == Comparison::kBetween || comparison == Comparison::kNotBetween) {
    const auto ends = node.items();
    if (ends.size() != 2 || !ends[0].as_number() || !ends[1].as_number())
      return std::nullopt;  // see the shape
    const double low = *ends[0].as_number();
    const double high = *ends[1].as_number();
    if (low > high) {
      problems.add(node, fmt::format("`{}` goes from {} down to {}; write the lower end first", key,
                                     ends[0].text(), ends[1].text()));
      return std::nullopt;
    }
    return Bounds{node, comparison, low, high};
  }
  if (const auto flag = node.as_boolean(); flag && text_at(rule, "type") == "sql") {
    return Bounds{node, comparison, *flag ? 1.0 : 0.0, 0};
  }
  const auto number = node.as_number();
  const bool reported = comparison != Comparison::kEqual && comparison != Comparison::kNotEqual;
  if (!number && !reported) {
    problems.add(node, fmt::format("`{}` needs a number, has {}; the rule counts", key, node.describe()));
  }
  return number ? std::optional(Bounds{node, comparison, *number, 0}) : std::nullopt;
}

}  // namespace

std::optional<Bounds> read_bounds(const YamlNode& rule, Problems& problems) {
  std::vector<std::string_view> given;
  std::optional<Bounds> bounds;
  for (const auto& [key, comparison] : kOperators) {
    const auto node = rule.find(key);
    if (!node) continue;
    given.push_back(key);
    bounds = read_bound_of(rule, *node, {key, comparison}, problems);
  }
  if (given.empty()) {
    problems.add(rule, "the rule has no bound; add mustBe, mustBeLessThan, mustBeBetween, ...");
    return std::nullopt;
  }
  if (given.size() > 1) {
    problems.add(rule, fmt::format("the rule has {} bounds, {}; keep one, or write mustBeBetween",
                                   given.size(), fmt::join(given, " and ")));
    return std::nullopt;
  }
  return bounds;
}

std::optional<Unit> read_unit(const YamlNode& rule, Problems& problems) {
  const auto unit = rule.find("unit");
  if (!unit || unit->text() == "rows") return Unit::kRows;
  if (unit->text() == "percent") return Unit::kPercent;
  static constexpr std::array<std::string_view, 2> kUnits{"rows", "percent"};
  if (text_at(rule, "unit")) {
    problems.add(*unit, fmt::format("`unit` is {}{}", unit->describe(), advise(unit->text(), kUnits)));
  }
  return std::nullopt;
}

bool check_bounds(const Bounds& bounds, Unit unit, Problems& problems) {
  const bool is_pair =
      bounds.comparison == Comparison::kBetween || bounds.comparison == Comparison::kNotBetween;
  const double highest = is_pair ? bounds.high : bounds.low;
  if (bounds.low < 0 || (unit == Unit::kPercent && highest > 100)) {
    problems.add(bounds.place, unit == Unit::kPercent ? "a share is from 0 to 100 percent; correct the bound"
                                                      : "a count is never below 0; correct the bound");
    return false;
  }
  if (bounds.comparison == Comparison::kLess && bounds.low == 0) {
    problems.add(bounds.place, "nothing is less than 0; write mustBe: 0");
    return false;
  }
  return true;
}

bool allows_none(const Bounds& bounds, Unit unit) {
  return ((bounds.comparison == Comparison::kEqual || bounds.comparison == Comparison::kLessOrEqual) &&
          bounds.low == 0) ||
         (bounds.comparison == Comparison::kLess && unit == Unit::kRows && bounds.low > 0 && bounds.low <= 1);
}

}  // namespace haul::contract
