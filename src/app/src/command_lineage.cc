#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "command.h"
#include "console.h"
#include "haul/query/lineage.h"
#include "models.h"

namespace haul::app {
namespace {

/// An edge of the lineage graph, column to column; `column` "" means which rows there are.
struct Edge {
  query::ColumnRef output;
  query::ColumnRef input;
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

Result<std::set<Edge>> edges_of(Platform& platform, const batch::Graph& graph) {
  std::set<Edge> edges;
  for (const batch::Node& node : graph.in_order()) {
    query::QueryRequest request;
    request.sql = node.model.sql;
    for (const std::string& input : node.inputs) {
      const auto [layer, name] = batch::split_name(input);
      request.scans.push_back({layer, name, graph.schema_of(input), {}, nullptr});
    }
    auto columns = query::column_lineage(platform.engine(), request);
    if (!columns) return fail(with_context(std::move(columns).error(), node.model.name));
    for (const auto& [column, inputs] : *columns) {
      for (const query::ColumnRef& input : inputs) edges.insert({{node.model.name, column}, input});
    }
  }
  return edges;
}

/// Whether an edge starts where the walk stands; a dataset alone stands for all of its columns.
bool touches(const query::ColumnRef& at, const query::ColumnRef& end) {
  return at.dataset == end.dataset && (at.column.empty() || at.column == end.column);
}

/// Every edge that is reached from `start`, upstream or downstream.
std::vector<Edge> walk(const std::set<Edge>& edges, const query::ColumnRef& start, bool down) {
  std::set<Edge> found;
  std::vector<query::ColumnRef> open{start};
  while (!open.empty()) {
    const query::ColumnRef at = open.back();
    open.pop_back();
    for (const Edge& edge : edges) {
      const query::ColumnRef& near = down ? edge.input : edge.output;
      const bool decides_rows = !down && edge.output.dataset == at.dataset && edge.output.column.empty();
      if (!touches(at, near) && !decides_rows) continue;
      if (found.insert(edge).second) open.push_back(down ? edge.output : edge.input);
    }
  }
  return {found.begin(), found.end()};
}

/// "gold.route_daily.legs" -> dataset and column, by what the project has.
Result<query::ColumnRef> resolve(const batch::Graph& graph, const std::string& name) {
  const std::size_t last = name.rfind('.');
  const query::ColumnRef whole{name, ""};
  if (!graph.schema_of(name).columns.empty()) return whole;
  const std::string dataset = name.substr(0, last == std::string::npos ? 0 : last);
  const columnar::Schema schema = graph.schema_of(dataset);
  if (schema.columns.empty()) {
    std::vector<std::string_view> names;
    for (const batch::Node& node : graph.in_order()) names.push_back(node.model.name);
    for (const batch::SourceDataset& source : graph.sources()) names.push_back(source.name);
    const std::string_view near = nearest(name, names);
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no dataset or column {}{}", name,
                            near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  }
  const std::string column = name.substr(last + 1);
  if (schema.find(column)) return query::ColumnRef{dataset, column};
  std::vector<std::string_view> columns;
  for (const columnar::Column& known : schema.columns) columns.push_back(known.name);
  const std::string_view near = nearest(column, columns);
  return fail(ErrorCode::kNotFound, fmt::format("{} has no column {}{}", dataset, column,
                                                near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

}  // namespace

Result<Exit> command_lineage(const CommandContext& context, const LineageArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(graph, load_graph(platform, project));
  HAUL_TRY(start, resolve(graph, arguments.name));
  HAUL_TRY(edges, edges_of(platform, graph));
  Report report({"dataset", "column", "from_dataset", "from_column", "decides"});
  for (const Edge& edge : walk(edges, start, arguments.down)) {
    const bool rows = edge.output.column.empty();
    report.add({edge.output.dataset, rows ? std::string("*") : edge.output.column, edge.input.dataset,
                edge.input.column, std::string(rows ? "which rows" : "value")});
  }
  HAUL_TRY_VOID(print(report, context.format));
  return Exit::kDone;
}

}  // namespace haul::app
