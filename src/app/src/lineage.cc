#include "lineage.h"

namespace haul::app {
namespace {

/// Whether an edge starts where the walk stands; a dataset alone stands for all of its columns.
bool touches(const query::ColumnRef& at, const query::ColumnRef& end) {
  return at.dataset == end.dataset && (at.column.empty() || at.column == end.column);
}

}  // namespace

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

std::vector<Edge> walk(const std::set<Edge>& edges, const query::ColumnRef& start, Direction direction) {
  const bool down = direction == Direction::kDownstream;
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

}  // namespace haul::app
