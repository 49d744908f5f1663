#include "plan_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace haul::query {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

/// Members that reorder or drop columns; the binder leaves them empty, only the optimiser fills them.
Result<void> require_empty(const object& node, std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members) {
    if (!list_of(node, member).empty()) return fail(unknown_construct("the plan member", member));
  }
  return {};
}

Result<void> add_member(const object& node, std::string_view member, const Relation& scope, Inputs& to) {
  element within;
  if (node[member].get(within) != simdjson::SUCCESS) return {};
  return add_inputs(within, scope, to);
}

/// One column for each expression of the list, bound to `table_index`.
Result<void> append_expressions(const object& node, std::string_view member, std::uint64_t table_index,
                                const Relation& scope, Relation& out) {
  std::uint64_t index = 0;
  for (const element expression : list_of(node, member)) {
    PlanColumn column{.table_index = table_index, .column_index = index++};
    HAUL_TRY_VOID(add_inputs(expression, scope, column.inputs));
    out.columns.push_back(std::move(column));
  }
  return {};
}

}  // namespace

Relation rebound(Relation relation, std::uint64_t table_index) {
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    relation.columns[i].table_index = table_index;
    relation.columns[i].column_index = i;
  }
  return relation;
}

void all_columns_decide(Relation& relation) {
  for (const PlanColumn& column : relation.columns) add(relation.deciding, column.inputs);
}

struct PlanWalk::NamedOperator {
  std::string_view name;
  Operator walk;
};

const std::vector<PlanWalk::NamedOperator>& PlanWalk::operators() {
  static const std::vector<NamedOperator> kOperators = {
      {"LOGICAL_AGGREGATE_AND_GROUP_BY", &PlanWalk::aggregate},
      {"LOGICAL_ANY_JOIN", &PlanWalk::any_join},
      {"LOGICAL_ASOF_JOIN", &PlanWalk::join},
      {"LOGICAL_CHUNK_GET", &PlanWalk::constant_rows},
      {"LOGICAL_COMPARISON_JOIN", &PlanWalk::join},
      {"LOGICAL_CROSS_PRODUCT", &PlanWalk::cross_product},
      {"LOGICAL_CTE_REF", &PlanWalk::cte_reference},
      {"LOGICAL_DELIM_GET", &PlanWalk::delim_get},
      {"LOGICAL_DELIM_JOIN", &PlanWalk::delim_join},
      {"LOGICAL_DISTINCT", &PlanWalk::distinct},
      {"LOGICAL_DUMMY_SCAN", &PlanWalk::dummy_scan},
      {"LOGICAL_EXCEPT", &PlanWalk::set_operation},
      {"LOGICAL_EXPRESSION_GET", &PlanWalk::values},
      {"LOGICAL_FILTER", &PlanWalk::filter},
      {"LOGICAL_GET", &PlanWalk::get},
      {"LOGICAL_INTERSECT", &PlanWalk::set_operation},
      {"LOGICAL_LIMIT", &PlanWalk::limit},
      {"LOGICAL_MATERIALIZED_CTE", &PlanWalk::materialized_cte},
      {"LOGICAL_ORDER_BY", &PlanWalk::order},
      {"LOGICAL_PIVOT", &PlanWalk::pivot},
      {"LOGICAL_POSITIONAL_JOIN", &PlanWalk::cross_product},
      {"LOGICAL_PROJECTION", &PlanWalk::projection},
      {"LOGICAL_RECURSIVE_CTE", &PlanWalk::recursive_cte},
      {"LOGICAL_SAMPLE", &PlanWalk::sample},
      {"LOGICAL_UNION", &PlanWalk::set_operation},
      {"LOGICAL_UNNEST", &PlanWalk::unnest},
      {"LOGICAL_WINDOW", &PlanWalk::window},
  };
  return kOperators;
}

Result<Relation> PlanWalk::walk(const element& node) {
  object fields;
  if (node.get(fields) != simdjson::SUCCESS) return fail(unknown_construct("a plan node", "without members"));
  const std::string_view name = text_of(fields, "type");
  for (const NamedOperator& known : operators()) {
    if (known.name == name) return (this->*known.walk)(fields);
  }
  return fail(unknown_construct("the operator", name));
}

Result<std::vector<Relation>> PlanWalk::children(const object& node, std::size_t count) {
  const auto nodes = list_of(node, "children");
  if (nodes.size() != count) {
    return fail(unknown_construct("an operator",
                                  fmt::format("{} with {} inputs", text_of(node, "type"), nodes.size())));
  }
  std::vector<Relation> out;
  for (const element child : nodes) {
    HAUL_TRY(relation, walk(child));
    out.push_back(std::move(relation));
  }
  return out;
}

Result<Relation> PlanWalk::only_child(const object& node) {
  HAUL_TRY(relations, children(node, 1));
  return std::move(relations.front());
}

Result<Relation> PlanWalk::projection(const object& node) {
  HAUL_TRY(child, only_child(node));
  Relation out{.deciding = child.deciding};
  HAUL_TRY_VOID(append_expressions(node, "expressions", number_of(node, "table_index"), child, out));
  return out;
}

Result<Relation> PlanWalk::filter(const object& node) {
  HAUL_TRY_VOID(require_empty(node, {"projection_map"}));
  HAUL_TRY(child, only_child(node));
  HAUL_TRY_VOID(add_member(node, "expressions", child, child.deciding));
  return std::move(child);
}

/// The order decides which rows a limit above it keeps.
Result<Relation> PlanWalk::order(const object& node) {
  HAUL_TRY_VOID(require_empty(node, {"projections"}));
  HAUL_TRY(child, only_child(node));
  HAUL_TRY_VOID(add_member(node, "orders", child, child.deciding));
  return std::move(child);
}

Result<Relation> PlanWalk::limit(const object& node) {
  HAUL_TRY(child, only_child(node));
  HAUL_TRY_VOID(add_member(node, "limit_val", child, child.deciding));
  HAUL_TRY_VOID(add_member(node, "offset_val", child, child.deciding));
  return std::move(child);
}

Result<Relation> PlanWalk::distinct(const object& node) {
  HAUL_TRY(child, only_child(node));
  HAUL_TRY_VOID(add_member(node, "distinct_targets", child, child.deciding));
  HAUL_TRY_VOID(add_member(node, "order_by", child, child.deciding));
  return std::move(child);
}

Result<Relation> PlanWalk::aggregate(const object& node) {
  HAUL_TRY(child, only_child(node));
  Relation out{.deciding = child.deciding};
  HAUL_TRY_VOID(append_expressions(node, "groups", number_of(node, "group_index"), child, out));
  all_columns_decide(out);
  HAUL_TRY_VOID(append_expressions(node, "expressions", number_of(node, "aggregate_index"), child, out));
  const std::size_t groupings = list_of(node, "grouping_functions").size();
  for (std::size_t i = 0; i < groupings; ++i) {
    out.columns.push_back({.table_index = number_of(node, "groupings_index"), .column_index = i});
  }
  return out;
}

Result<Relation> PlanWalk::window(const object& node) {
  HAUL_TRY(child, only_child(node));
  Relation out = child;
  HAUL_TRY_VOID(append_expressions(node, "expressions", number_of(node, "window_index"), child, out));
  return out;
}

/// The lists' lengths decide how often the other columns' values are repeated.
Result<Relation> PlanWalk::unnest(const object& node) {
  HAUL_TRY(child, only_child(node));
  Relation out = child;
  HAUL_TRY_VOID(append_expressions(node, "expressions", number_of(node, "unnest_index"), child, out));
  HAUL_TRY_VOID(add_member(node, "expressions", child, out.deciding));
  return out;
}

/// Below it stand the group columns, then lists of values and of names; each pivoted column reads all of the
/// lists.
Result<Relation> PlanWalk::pivot(const object& node) {
  HAUL_TRY(child, only_child(node));
  object pivot;
  if (node["bound_pivot"].get(pivot) != simdjson::SUCCESS)
    return fail(unknown_construct("the operator", "LOGICAL_PIVOT"));
  const std::size_t groups = number_of(pivot, "group_count");
  if (groups > child.columns.size()) return fail(unknown_construct("the operator", "LOGICAL_PIVOT"));
  Relation out{
      .columns = {child.columns.begin(), child.columns.begin() + static_cast<std::ptrdiff_t>(groups)},
      .deciding = child.deciding};
  Inputs lists;
  for (std::size_t i = groups; i < child.columns.size(); ++i) add(lists, child.columns[i].inputs);
  out.columns.resize(list_of(pivot, "types").size(), PlanColumn{.inputs = lists});
  return rebound(std::move(out), number_of(node, "pivot_index"));
}

Result<Relation> PlanWalk::sample(const object& node) { return only_child(node); }

/// Two sides or, for UNION, more.
Result<Relation> PlanWalk::set_operation(const object& node) {
  const bool is_union = text_of(node, "type") == "LOGICAL_UNION";
  HAUL_TRY(sides, children(node, is_union ? std::max<std::size_t>(2, list_of(node, "children").size()) : 2));
  Relation out = sides.front();
  for (std::size_t side = 1; side < sides.size(); ++side) {
    if (sides[side].columns.size() != out.columns.size()) {
      return fail(unknown_construct("a set operation", "of unequal sides"));
    }
    if (!is_union) all_columns_decide(sides[side]);
    add(out.deciding, sides[side].deciding);
    for (std::size_t i = 0; is_union && i < out.columns.size(); ++i) {
      add(out.columns[i].inputs, sides[side].columns[i].inputs);
    }
  }
  if (!is_union) all_columns_decide(out);
  return rebound(std::move(out), number_of(node, "table_index"));
}

}  // namespace haul::query
