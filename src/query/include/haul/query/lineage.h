#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/query/sql_engine.h"

namespace haul::query {

/// "silver.flights": always with its schema.
using DatasetName = std::string;

struct ColumnRef {
  DatasetName dataset;
  std::string column;
  friend auto operator<=>(const ColumnRef&, const ColumnRef&) = default;
};

/// The datasets a query reads, sorted, from its syntax tree alone (CTE names and aliases are not datasets).
/// Names are as the query writes them. kInvalidInput as SqlEngine::parse() and sources_in().
Result<std::vector<DatasetName>> datasets_of(SqlEngine& engine, std::string_view sql);

/// For each output column of `request.sql`: the input columns its value is computed from, sorted; a window's
/// partition and order belong to its value. Columns that only filter, join, group, order or limit are under
/// the key "": they decide which rows there are. A repeated output name gets "_1", "_2", as in a table made
/// from the query. Nothing is read. kInvalidInput: as SqlEngine::plan(), and where a construct of the query
/// is not known (named): there is no guess.
Result<std::map<std::string, std::vector<ColumnRef>>> column_lineage(SqlEngine& engine,
                                                                     const QueryRequest& request);

}  // namespace haul::query
