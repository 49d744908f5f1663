#include <fmt/format.h>

#include "command.h"
#include "console.h"
#include "lineage.h"

namespace haul::app {
namespace {

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
  const Direction direction = arguments.down ? Direction::kDownstream : Direction::kUpstream;
  for (const Edge& edge : walk(edges, start, direction)) {
    const bool rows = edge.output.column.empty();
    report.add({edge.output.dataset, rows ? std::string("*") : edge.output.column, edge.input.dataset,
                edge.input.column, std::string(rows ? "which rows" : "value")});
  }
  HAUL_TRY_VOID(print(report, context.format));
  return Exit::kDone;
}

}  // namespace haul::app
