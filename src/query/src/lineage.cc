#include "haul/query/lineage.h"

#include <simdjson.h>

#include <algorithm>
#include <set>

#include "haul/query/syntax_tree.h"
#include "plan_walk.h"
#include "text_case.h"

namespace haul::query {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

/// As DuckDB names the columns of a table made from a query: the second "x" is "x_1".
std::vector<std::string> distinct_names(const std::vector<std::string>& names) {
  std::set<std::string> taken;
  std::vector<std::string> out;
  for (const std::string& name : names) {
    std::string distinct = name;
    for (int n = 1; !taken.insert(lower_case(distinct)).second; ++n)
      distinct = name + "_" + std::to_string(n);
    out.push_back(distinct);
  }
  return out;
}

}  // namespace

Result<std::vector<DatasetName>> datasets_of(SqlEngine& engine, std::string_view sql) {
  HAUL_TRY(tree, engine.parse(sql));
  HAUL_TRY(sources, sources_in(tree, sql));
  std::set<DatasetName> names;
  for (const NamedTable& table : sources.tables) names.insert(table.schema + "." + table.name);
  return std::vector<DatasetName>(names.begin(), names.end());
}

Result<std::map<std::string, std::vector<ColumnRef>>> column_lineage(SqlEngine& engine,
                                                                     const QueryRequest& request) {
  HAUL_TRY(plan, engine.plan(request));
  simdjson::dom::parser parser;
  element root;
  array plans;
  if (parser.parse(plan.json).get(root) != simdjson::SUCCESS ||
      root["plans"].get(plans) != simdjson::SUCCESS || plans.size() != 1) {
    return fail(unknown_construct("a plan", "that is nested too deeply or not serialised"));
  }
  HAUL_TRY(result, PlanWalk().walk(plans.at(0)));
  if (result.columns.size() != plan.columns.size()) {
    return fail(unknown_construct("a plan", "with other columns than its result"));
  }
  std::map<std::string, std::vector<ColumnRef>> lineage;
  const std::vector<std::string> names = distinct_names(plan.columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Inputs& inputs = result.columns[i].inputs;
    lineage[names[i]] = {inputs.begin(), inputs.end()};
  }
  lineage[""] = {result.deciding.begin(), result.deciding.end()};
  return lineage;
}

}  // namespace haul::query
