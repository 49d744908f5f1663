#pragma once

#include <set>
#include <vector>

#include "haul/query/lineage.h"
#include "models.h"

namespace haul::app {

/// An edge of the lineage graph, column to column; `output.column` "" means which rows there are.
struct Edge {
  query::ColumnRef output;
  query::ColumnRef input;
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

/// The edges of every model. Plans each of them: about a millisecond a model. Errors as
/// query::column_lineage(), with the model's name.
Result<std::set<Edge>> edges_of(Platform& platform, const batch::Graph& graph);

enum class Direction : std::uint8_t { kUpstream, kDownstream };

/// Every edge that is reached from `start`; a dataset without a column stands for all of its columns.
[[nodiscard]] std::vector<Edge> walk(const std::set<Edge>& edges, const query::ColumnRef& start,
                                     Direction direction);

}  // namespace haul::app
