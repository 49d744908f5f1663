// The leaves of a plan (tables, functions, constants) and the CTEs.
#include <algorithm>
#include <string>
#include <utility>

#include "haul/query/syntax_tree.h"
#include "plan_walk.h"

namespace haul::query {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::vector<std::uint64_t> numbers_of(const object& node, std::string_view key) {
  std::vector<std::uint64_t> out;
  for (const element item : list_of(node, key)) {
    std::uint64_t number = 0;
    if (item.get(number) == simdjson::SUCCESS) out.push_back(number);
  }
  return out;
}

}  // namespace

/// A table: each column is its own input.
Result<Relation> PlanWalk::get(const object& node) {
  object table;
  if (node["function_data"].get(table) != simdjson::SUCCESS || text_of(table, "table").empty())
    return get_function(node);
  if (!list_of(node, "projection_ids").empty() || !list_of(node, "children").empty()) {
    return fail(unknown_construct("the operator", "LOGICAL_GET with a projection"));
  }
  const DatasetName dataset =
      std::string(text_of(table, "schema")) + "." + std::string(text_of(table, "table"));
  const auto names = list_of(node, "names");
  Relation out;
  for (const element item : list_of(node, "column_indexes")) {
    object column;
    std::string_view name;
    if (item.get(column) != simdjson::SUCCESS || !list_of(column, "child_indexes").empty()) {
      return fail(unknown_construct("a column of", dataset));
    }
    const std::uint64_t index = number_of(column, "index");
    if (index >= names.size() || names[index].get(name) != simdjson::SUCCESS) {
      return fail(unknown_construct("the row number (rowid) of", dataset));
    }
    out.columns.push_back({.column_index = out.columns.size(), .inputs = {{dataset, std::string(name)}}});
  }
  return rebound(std::move(out), number_of(node, "table_index"));
}

/// A function in FROM. With an input (LATERAL) its arguments come first in there and those columns that it
/// hands on stand in `projected_input`.
Result<Relation> PlanWalk::get_function(const object& node) {
  const std::string_view name = text_of(node, "name");
  const auto known = pure_table_functions();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return fail(unknown_construct("the function in FROM", name));
  }
  if (!list_of(node, "projection_ids").empty()) return fail(unknown_construct("a projection of", name));
  Relation input;
  if (!list_of(node, "children").empty()) {
    HAUL_TRY(child, only_child(node));
    input = std::move(child);
  }
  const std::vector<std::uint64_t> handed_on = numbers_of(node, "projected_input");
  Inputs arguments;
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    const bool is_argument = std::find(handed_on.begin(), handed_on.end(), i) == handed_on.end();
    if (is_argument) add(arguments, input.columns[i].inputs);
  }
  Relation out;
  out.columns.resize(list_of(node, "column_indexes").size(), PlanColumn{.inputs = arguments});
  out = rebound(std::move(out), number_of(node, "table_index"));
  out.deciding = input.deciding;
  add(out.deciding, arguments);
  for (const std::uint64_t index : handed_on) {
    if (index >= input.columns.size()) return fail(unknown_construct("an input of", name));
    out.columns.push_back(input.columns[index]);
  }
  return out;
}

/// VALUES: column k of every row.
Result<Relation> PlanWalk::values(const object& node) {
  HAUL_TRY(child, only_child(node));
  Relation out{.deciding = child.deciding};
  for (const element item : list_of(node, "expressions")) {
    if (!item.is_array()) return fail(unknown_construct("the operator", "LOGICAL_EXPRESSION_GET"));
    std::size_t index = 0;
    for (const element expression : simdjson::dom::array(item)) {
      if (index == out.columns.size()) out.columns.emplace_back();
      HAUL_TRY_VOID(add_inputs(expression, child, out.columns[index++].inputs));
    }
  }
  return rebound(std::move(out), number_of(node, "table_index"));
}

Result<Relation> PlanWalk::constant_rows(const object& node) {
  Relation out;
  out.columns.resize(list_of(node, "chunk_types").size());
  return rebound(std::move(out), number_of(node, "table_index"));
}

Result<Relation> PlanWalk::dummy_scan(const object& node) {
  return Relation{.columns = {{.table_index = number_of(node, "table_index")}}};
}

/// Children: the CTE's own query, then the query that refers to it.
Result<Relation> PlanWalk::materialized_cte(const object& node) {
  const auto nodes = list_of(node, "children");
  if (nodes.size() != 2) return fail(unknown_construct("the CTE", text_of(node, "ctename")));
  HAUL_TRY(definition, walk(nodes[0]));
  ctes_[number_of(node, "table_index")] = std::move(definition);
  return walk(nodes[1]);
}

/// The recursive side reads what both sides give, so it is walked until nothing is added.
Result<Relation> PlanWalk::recursive_cte(const object& node) {
  const auto nodes = list_of(node, "children");
  const std::string_view name = text_of(node, "ctename");
  if (nodes.size() != 2) return fail(unknown_construct("the CTE", name));
  if (!list_of(node, "key_targets").empty()) return fail(unknown_construct("USING KEY of the CTE", name));
  const std::uint64_t table_index = number_of(node, "table_index");
  HAUL_TRY(start, walk(nodes[0]));
  Relation whole = rebound(std::move(start), table_index);
  bool union_all = false;
  if (node["union_all"].get(union_all) != simdjson::SUCCESS || !union_all) all_columns_decide(whole);
  for (bool grown = true; grown;) {
    ctes_[table_index] = whole;
    HAUL_TRY(step, walk(nodes[1]));
    if (step.columns.size() != whole.columns.size()) return fail(unknown_construct("the CTE", name));
    const std::size_t deciding_before = whole.deciding.size();
    grown = false;
    for (std::size_t i = 0; i < whole.columns.size(); ++i) {
      const std::size_t before = whole.columns[i].inputs.size();
      add(whole.columns[i].inputs, step.columns[i].inputs);
      grown = grown || whole.columns[i].inputs.size() > before;
    }
    add(whole.deciding, step.deciding);
    if (!union_all) all_columns_decide(whole);
    grown = grown || whole.deciding.size() > deciding_before;
  }
  return whole;
}

Result<Relation> PlanWalk::cte_reference(const object& node) {
  const auto cte = ctes_.find(number_of(node, "cte_index"));
  if (cte == ctes_.end()) return fail(unknown_construct("a CTE", "that is used before its definition"));
  if (cte->second.columns.size() != list_of(node, "chunk_types").size()) {
    return fail(unknown_construct("a CTE", "that is used with other columns than it has"));
  }
  return rebound(cte->second, number_of(node, "table_index"));
}

}  // namespace haul::query
