#include "plan_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace haul::query {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Where the expressions within an expression stand. What is not here (e.g. `function_data`, where a lambda's
/// own references are, whose captured columns are children too) holds none of the query's columns.
struct ExpressionClass {
  std::string_view name;
  std::array<std::string_view, 9> members;
};
constexpr ExpressionClass kClasses[] = {
    {"BOUND_AGGREGATE", {"children", "filter", "order_bys"}},
    {"BOUND_BETWEEN", {"input", "lower", "upper"}},
    {"BOUND_CASE", {"case_checks", "else_expr"}},
    {"BOUND_CAST", {"child"}},
    {"BOUND_COMPARISON", {"left", "right"}},
    {"BOUND_CONJUNCTION", {"children"}},
    {"BOUND_CONSTANT", {}},
    {"BOUND_FUNCTION", {"children"}},
    {"BOUND_OPERATOR", {"children"}},
    {"BOUND_UNNEST", {"child"}},
    {"BOUND_WINDOW",
     {"children", "partitions", "orders", "filters", "start_expr", "end_expr", "offset_expr", "default_expr",
      "arg_orders"}},
};

Result<void> add_reference(const object& expression, const Relation& scope, Inputs& to) {
  const std::uint64_t index = number_of(expression, "index");
  if (index >= scope.columns.size()) {
    return fail(unknown_construct("a reference to column", std::to_string(index)));
  }
  add(to, scope.columns[index].inputs);
  return {};
}

Result<void> add_bound_reference(const object& expression, const Relation& scope, Inputs& to) {
  object binding;
  if (expression["binding"].get(binding) != simdjson::SUCCESS || number_of(expression, "depth") != 0) {
    return fail(unknown_construct("a reference to", text_of(expression, "alias")));
  }
  const std::uint64_t table = number_of(binding, "table_index");
  const std::uint64_t column = number_of(binding, "column_index");
  const auto found = std::find_if(
      scope.columns.begin(), scope.columns.end(),
      [table, column](const PlanColumn& c) { return c.table_index == table && c.column_index == column; });
  if (found == scope.columns.end())
    return fail(unknown_construct("a reference to", text_of(expression, "alias")));
  add(to, found->inputs);
  return {};
}

Result<void> add_expression(const object& expression, std::string_view name, const Relation& scope,
                            Inputs& to) {
  if (name == "BOUND_REF") return add_reference(expression, scope, to);
  if (name == "BOUND_COLUMN_REF") return add_bound_reference(expression, scope, to);
  const auto known =
      std::find_if(std::begin(kClasses), std::end(kClasses),
                   [name](const ExpressionClass& candidate) { return candidate.name == name; });
  if (known == std::end(kClasses)) return fail(unknown_construct("the expression", name));
  for (const std::string_view member : known->members) {
    element within;
    if (!member.empty() && expression[member].get(within) == simdjson::SUCCESS) {
      HAUL_TRY_VOID(add_inputs(within, scope, to));
    }
  }
  return {};
}

}  // namespace

void add(Inputs& to, const Inputs& more) { to.insert(more.begin(), more.end()); }

Error unknown_construct(std::string_view what, std::string_view name) {
  return {
      ErrorCode::kInvalidInput,
      fmt::format("the lineage of this query cannot be determined: {} {} is not known to it", what, name)};
}

std::string_view text_of(const object& node, std::string_view key) {
  std::string_view value;
  return node[key].get(value) == simdjson::SUCCESS ? value : std::string_view{};
}

std::uint64_t number_of(const object& node, std::string_view key) {
  std::uint64_t value = 0;
  return node[key].get(value) == simdjson::SUCCESS ? value : 0;
}

std::vector<element> list_of(const object& node, std::string_view key) {
  array values;
  if (node[key].get(values) != simdjson::SUCCESS) return {};
  return {values.begin(), values.end()};
}

Result<void> add_inputs(const element& node, const Relation& scope, Inputs& to) {
  if (node.is_array()) {
    for (const element child : array(node)) HAUL_TRY_VOID(add_inputs(child, scope, to));
    return {};
  }
  if (!node.is_object()) return {};
  const object fields(node);
  const std::string_view name = text_of(fields, "expression_class");
  if (!name.empty()) return add_expression(fields, name, scope, to);
  for (const auto [key, child] : fields) HAUL_TRY_VOID(add_inputs(child, scope, to));
  return {};
}

}  // namespace haul::query
