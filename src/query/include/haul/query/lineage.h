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
/// kInvalidInput: does not parse, or names a table without a schema (the message says which and where).
Result<std::vector<DatasetName>> datasets_of(SqlEngine& engine, std::string_view sql);

/// For each output column of `request.sql`: the input columns its value is computed from, sorted. Columns
/// that only filter, join or group are under the key "" (they decide which rows there are).
Result<std::map<std::string, std::vector<ColumnRef>>> column_lineage(SqlEngine& engine,
                                                                     const QueryRequest& request);

}  // namespace haul::query
