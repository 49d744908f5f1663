#include "haul/contract/set_rule.h"

#include <fmt/format.h>

namespace haul::contract {

using Comparison = SetRule::Comparison;

bool keeps_bound(const SetRule& rule, double value) {
  switch (rule.comparison) {
    case Comparison::kEqual:
      return value == rule.bound;
    case Comparison::kNotEqual:
      return value != rule.bound;
    case Comparison::kGreater:
      return value > rule.bound;
    case Comparison::kGreaterOrEqual:
      return value >= rule.bound;
    case Comparison::kLess:
      return value < rule.bound;
    case Comparison::kLessOrEqual:
      return value <= rule.bound;
    case Comparison::kBetween:
      return value >= rule.bound && value <= rule.bound_high;
    case Comparison::kNotBetween:
      return value < rule.bound || value > rule.bound_high;
  }
  return false;
}

std::string bound_text(const SetRule& rule) {
  switch (rule.comparison) {
    case Comparison::kEqual:
      return fmt::format("= {}", rule.bound);
    case Comparison::kNotEqual:
      return fmt::format("<> {}", rule.bound);
    case Comparison::kGreater:
      return fmt::format("> {}", rule.bound);
    case Comparison::kGreaterOrEqual:
      return fmt::format(">= {}", rule.bound);
    case Comparison::kLess:
      return fmt::format("< {}", rule.bound);
    case Comparison::kLessOrEqual:
      return fmt::format("<= {}", rule.bound);
    case Comparison::kBetween:
      return fmt::format("between {} and {}", rule.bound, rule.bound_high);
    case Comparison::kNotBetween:
      return fmt::format("not between {} and {}", rule.bound, rule.bound_high);
  }
  return {};
}

std::string number_query(const SetRule& rule, std::string_view table) {
  constexpr std::string_view kObject = "{object}";
  std::string sql = rule.sql;
  for (std::size_t at = sql.find(kObject); at != std::string::npos;
       at = sql.find(kObject, at + table.size())) {
    sql.replace(at, kObject.size(), table);
  }
  return fmt::format("SELECT CAST((\n{}\n) AS DOUBLE) AS value", sql);
}

std::vector<std::string> reference_columns(const SetRule& rule) {
  std::vector<std::string> columns;
  if (rule.kind != SetRule::Kind::kReferential) return columns;
  constexpr std::string_view kParent = "parent.\"";  // names of columns have no quotes
  for (std::size_t at = rule.sql.find(kParent); at != std::string::npos; at = rule.sql.find(kParent, at)) {
    at += kParent.size();
    columns.push_back(rule.sql.substr(at, rule.sql.find('"', at) - at));
  }
  return columns;
}

}  // namespace haul::contract
