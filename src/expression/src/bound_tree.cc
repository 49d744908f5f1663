#include "bound_tree.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <utility>

namespace haul::expression {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kOperators{{
    {"COMPARE_EQUAL", "="},
    {"COMPARE_NOTEQUAL", "<>"},
    {"COMPARE_LESSTHAN", "<"},
    {"COMPARE_GREATERTHAN", ">"},
    {"COMPARE_LESSTHANOREQUALTO", "<="},
    {"COMPARE_GREATERTHANOREQUALTO", ">="},
    {"COMPARE_DISTINCT_FROM", "IS DISTINCT FROM"},
    {"COMPARE_NOT_DISTINCT_FROM", "IS NOT DISTINCT FROM"},
    {"COMPARE_IN", "IN"},
    {"COMPARE_NOT_IN", "NOT IN"},
    {"CONJUNCTION_AND", "AND"},
    {"CONJUNCTION_OR", "OR"},
    {"OPERATOR_NOT", "NOT"},
    {"OPERATOR_IS_NULL", "IS NULL"},
    {"OPERATOR_IS_NOT_NULL", "IS NOT NULL"},
    {"OPERATOR_COALESCE", "COALESCE"},
}};

/// What a plan's extra operator means in the words of the one who wrote the expression.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kForeignPlans{{
    {"LOGICAL_AGGREGATE_AND_GROUP_BY", "an aggregate"},
    {"LOGICAL_WINDOW", "a window function"},
    {"LOGICAL_UNNEST", "unnest"},
    {"LOGICAL_CROSS_PRODUCT", "a subquery"},
    {"LOGICAL_DEPENDENT_JOIN", "a subquery"},
    {"LOGICAL_COMPARISON_JOIN", "a subquery"},
}};

std::string_view text_of(const element& node, std::string_view key) {
  std::string_view text;
  return node[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::int64_t integer_of(const element& node) {
  std::int64_t value = 0;
  std::uint64_t unsigned_value = 0;
  if (node.get(value) == simdjson::SUCCESS) return value;
  return node.get(unsigned_value) == simdjson::SUCCESS ? static_cast<std::int64_t>(unsigned_value) : 0;
}

SqlType type_of(const element& type) {
  element info;
  int width = 0;
  int scale = 0;
  if (type["type_info"].get(info) == simdjson::SUCCESS && info.is_object()) {
    element part;
    if (info["width"].get(part) == simdjson::SUCCESS) width = static_cast<int>(integer_of(part));
    if (info["scale"].get(part) == simdjson::SUCCESS) scale = static_cast<int>(integer_of(part));
  }
  return parse_type(text_of(type, "id"), width, scale);
}

auto refuse(std::string message) { return fail(ErrorCode::kInvalidInput, std::move(message)); }

Result<Node> read_node(const element& json);

Result<void> read_children(const element& json, std::string_view key, std::vector<Node>* out) {
  array children;
  if (json[key].get(children) != simdjson::SUCCESS) return {};
  for (const element child : children) {
    HAUL_TRY(node, read_node(child));
    out->push_back(std::move(node));
  }
  return {};
}

Result<void> read_child(const element& json, std::string_view key, std::vector<Node>* out) {
  element child;
  if (json[key].get(child) != simdjson::SUCCESS) return refuse(fmt::format("the plan lacks '{}'", key));
  HAUL_TRY(node, read_node(child));
  out->push_back(std::move(node));
  return {};
}

Result<void> read_constant(const element& json, Node* node) {
  element value;
  element type;
  if (json["value"].get(value) != simdjson::SUCCESS || value["type"].get(type) != simdjson::SUCCESS) {
    return refuse("the plan has a constant without a type");
  }
  node->type = type_of(type);
  bool is_null = false;
  node->is_null = value["is_null"].get(is_null) == simdjson::SUCCESS && is_null;
  element held;
  if (node->is_null || value["value"].get(held) != simdjson::SUCCESS) return {};
  if (held.is_string()) {
    node->text = std::string(held.get_string().value_unsafe());
  } else if (held.is_bool()) {
    node->integer = held.get_bool().value_unsafe() ? 1 : 0;
  } else if (held.is_object()) {
    node->integer = integer_of(held["lower"].value_unsafe());
    node->integer_high = integer_of(held["upper"].value_unsafe());
  } else {
    node->integer = integer_of(held);
    node->integer_high = node->integer < 0 ? -1 : 0;
    const auto number = held.get_double();
    if (number.error() == simdjson::SUCCESS) node->number = number.value_unsafe();
  }
  return {};
}

Result<void> read_case(const element& json, Node* node) {
  array checks;
  if (json["case_checks"].get(checks) != simdjson::SUCCESS)
    return refuse("the plan has a CASE without checks");
  for (const element check : checks) {
    HAUL_TRY_VOID(read_child(check, "when_expr", &node->children));
    HAUL_TRY_VOID(read_child(check, "then_expr", &node->children));
  }
  return read_child(json, "else_expr", &node->children);
}

Result<void> read_operator(const element& json, std::string_view type, Node* node) {
  node->type = {TypeId::kBoolean};
  node->kind = NodeKind::kFunction;
  if (type == "OPERATOR_COALESCE") node->kind = NodeKind::kCoalesce;
  if (type == "OPERATOR_TRY") node->kind = NodeKind::kTry;
  for (const auto& [plan_name, name] : kOperators) {
    if (plan_name == type) node->name = name;
  }
  if (node->name.empty() && node->kind != NodeKind::kTry) return refuse(fmt::format("operator {}", type));
  element returned;
  if (json["return_type"].get(returned) == simdjson::SUCCESS) node->type = type_of(returned);
  return read_children(json, "children", &node->children);
}

Result<void> read_by_class(const element& json, Node* node) {
  const std::string_view kind = text_of(json, "expression_class");
  const std::string_view type = text_of(json, "type");
  element returned;
  if (json["return_type"].get(returned) == simdjson::SUCCESS) node->type = type_of(returned);
  if (kind == "BOUND_CONSTANT") return read_constant(json, node);
  if (kind == "BOUND_OPERATOR" || kind == "BOUND_CONJUNCTION") return read_operator(json, type, node);
  if (kind == "BOUND_REF") {
    node->kind = NodeKind::kColumn;
    node->name = std::string(text_of(json, "alias"));
    node->integer = integer_of(json["index"].value());
    return {};
  }
  if (kind == "BOUND_CAST") {
    node->kind = NodeKind::kCast;
    node->try_cast = json["try_cast"].get_bool().value_unsafe();
    return read_child(json, "child", &node->children);
  }
  if (kind == "BOUND_FUNCTION") {
    node->kind = NodeKind::kFunction;
    node->name = std::string(text_of(json, "name"));
    return read_children(json, "children", &node->children);
  }
  if (kind == "BOUND_COMPARISON") {
    HAUL_TRY_VOID(read_operator(json, type, node));
    HAUL_TRY_VOID(read_child(json, "left", &node->children));
    return read_child(json, "right", &node->children);
  }
  if (kind == "BOUND_CASE") {
    node->kind = NodeKind::kCase;
    return read_case(json, node);
  }
  return refuse(fmt::format("{} is not a scalar expression that can run row by row", kind));
}

Result<Node> read_node(const element& json) {
  Node node;
  element location;
  if (json["query_location"].get(location) == simdjson::SUCCESS) {
    node.location = static_cast<std::uint64_t>(integer_of(location));
  }
  HAUL_TRY_VOID(read_by_class(json, &node));
  return node;
}

/// One projection over the projection that names the columns, and nothing else.
Result<element> single_expression(const element& plan) {
  element child;
  element expressions;
  array list;
  if (plan["children"].at(0).get(child) != simdjson::SUCCESS || plan["expressions"].get(expressions) ||
      expressions.get(list) != simdjson::SUCCESS || text_of(plan, "type") != "LOGICAL_PROJECTION") {
    return refuse("it is not one scalar expression");
  }
  const std::string_view below = text_of(child, "type");
  for (const auto& [plan_name, words] : kForeignPlans) {
    if (below == plan_name)
      return refuse(fmt::format("{} needs more than one row; an expression sees one", words));
  }
  if (below != "LOGICAL_PROJECTION" ||
      text_of(child["children"].at(0).value(), "type") != "LOGICAL_DUMMY_SCAN") {
    return refuse("it is a query, not one scalar expression");
  }
  if (list.size() != 1)
    return refuse(fmt::format("it gives {} values; an expression gives one", list.size()));
  return list.at(0).value();
}

}  // namespace

Result<Node> parse_bound_tree(std::string_view plan_json) {
  try {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(plan_json);
    const element root = parser.parse(padded);
    HAUL_TRY(expression, single_expression(root["plans"].at(0)));
    return read_node(expression);
  } catch (const simdjson::simdjson_error& error) {
    return refuse(fmt::format("the plan cannot be read: {}", error.what()));
  }
}

}  // namespace haul::expression
