#pragma once

#include <string>
#include <vector>

#include "haul/query/sql_engine.h"

namespace haul::adapters::duckdb {

struct TpcQuery {
  int number = 0;
  std::string sql;
};

/// The text of a file in src/query/test/data.
[[nodiscard]] std::string test_data(const std::string& name);

/// "tpch" (22) or "tpcds" (99).
[[nodiscard]] std::vector<TpcQuery> tpc_queries(const std::string& suite);

/// The tables of the suite, without rows.
[[nodiscard]] std::vector<query::Scan> tpc_scans(const std::string& suite);

}  // namespace haul::adapters::duckdb
