#pragma once

#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "haul/query/sql_engine.h"

namespace haul::adapters::duckdb {

/// The tables that random_query() reads: g.a (x, y, z, t) and g.b (x, v, w), integers and texts (t, w).
[[nodiscard]] std::vector<query::Scan> random_query_tables();

/// A query with joins, subqueries, CTEs, groups, windows, set operations and limits in random places; its
/// result columns are c0, c1, ...
[[nodiscard]] std::string random_query(Rng& rng);

}  // namespace haul::adapters::duckdb
