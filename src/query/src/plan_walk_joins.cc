// Joins, and the correlated joins that subqueries and LATERAL become.
#include <string_view>
#include <utility>

#include "plan_walk.h"

namespace haul::query {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

Relation beside(const Relation& left, const Relation& right) {
  Relation out = left;
  out.columns.insert(out.columns.end(), right.columns.begin(), right.columns.end());
  add(out.deciding, right.deciding);
  return out;
}

/// The inputs of a join's conditions: comparisons of a left with a right expression, and a predicate over
/// both sides.
Result<Inputs> condition_inputs(const object& node, const Relation& left, const Relation& right) {
  Inputs out;
  for (const element item : list_of(node, "conditions")) {
    element left_side;
    element right_side;
    if (item["left"].get(left_side) != simdjson::SUCCESS ||
        item["right"].get(right_side) != simdjson::SUCCESS) {
      return fail(unknown_construct("the condition of", text_of(node, "type")));
    }
    HAUL_TRY_VOID(add_inputs(left_side, left, out));
    HAUL_TRY_VOID(add_inputs(right_side, right, out));
  }
  for (const std::string_view member : {"predicate", "condition"}) {
    element whole;
    if (node[member].get(whole) == simdjson::SUCCESS)
      HAUL_TRY_VOID(add_inputs(whole, beside(left, right), out));
  }
  return out;
}

}  // namespace

Result<Relation> PlanWalk::cross_product(const object& node) {
  HAUL_TRY(sides, children(node, 2));
  return beside(sides[0], sides[1]);
}

Result<Relation> PlanWalk::join(const object& node) {
  HAUL_TRY(sides, children(node, 2));
  return joined(node, std::move(sides[0]), std::move(sides[1]));
}

Result<Relation> PlanWalk::any_join(const object& node) { return join(node); }

/// The right side is computed once per value of the left side's correlated columns, which it reads by
/// DELIM_GET.
Result<Relation> PlanWalk::delim_join(const object& node) {
  const auto nodes = list_of(node, "children");
  bool flipped = true;
  if (nodes.size() != 2 || node["delim_flipped"].get(flipped) != simdjson::SUCCESS || flipped) {
    return fail(unknown_construct("the operator", "LOGICAL_DELIM_JOIN"));
  }
  HAUL_TRY(left, walk(nodes[0]));
  Relation handed{.deciding = left.deciding};
  for (const element expression : list_of(node, "duplicate_eliminated_columns")) {
    PlanColumn column;
    HAUL_TRY_VOID(add_inputs(expression, left, column.inputs));
    handed.columns.push_back(std::move(column));
  }
  handed_over_.push_back(std::move(handed));
  auto right = walk(nodes[1]);
  handed_over_.pop_back();
  if (!right) return right;
  return joined(node, std::move(left), *std::move(right));
}

Result<Relation> PlanWalk::delim_get(const object& node) {
  if (handed_over_.empty() || handed_over_.back().columns.size() != list_of(node, "chunk_types").size()) {
    return fail(unknown_construct("the operator", "LOGICAL_DELIM_GET"));
  }
  return rebound(handed_over_.back(), number_of(node, "table_index"));
}

Result<Relation> PlanWalk::joined(const object& node, Relation left, Relation right) {
  for (const std::string_view member : {"left_projection_map", "right_projection_map"}) {
    if (!list_of(node, member).empty()) return fail(unknown_construct("the plan member", member));
  }
  HAUL_TRY(conditions, condition_inputs(node, left, right));
  add(left.deciding, conditions);
  const std::string_view type = text_of(node, "join_type");
  if (type == "INNER" || type == "LEFT" || type == "RIGHT" || type == "FULL" || type == "OUTER" ||
      type == "SINGLE") {
    return beside(left, right);
  }
  if (type == "SEMI" || type == "ANTI") {
    add(left.deciding, right.deciding);
    return left;
  }
  if (type == "MARK") {  // x IN (subquery): one more column, true where a row matches
    add(left.deciding, right.deciding);
    left.columns.push_back({.table_index = number_of(node, "mark_index"), .inputs = conditions});
    return left;
  }
  return fail(unknown_construct("the join", type));
}

}  // namespace haul::query
