#pragma once

#include <memory>

#include "haul/base/file_system.h"
#include "haul/query/sql_engine.h"

namespace haul::adapters::duckdb {

struct DuckDbOptions {
  /// Where a query that needs more than its memory puts its rows; made when first needed. Empty: such a query
  /// fails with kUnavailable.
  Path spill_directory;
};

/// SqlEngine over DuckDB's C library. Each run() opens an in-memory database of its own (about 15 ms), so
/// that nothing of one query is seen by another. Before user SQL runs, the database is closed to everything
/// but the scans' files, extensions cannot be loaded and no setting can be changed; only functions that read
/// no file may stand in FROM. parse(), describe() and plan() share one database that never holds a row, one
/// call at a time.
std::unique_ptr<query::SqlEngine> make_duckdb_engine(DuckDbOptions options);

}  // namespace haul::adapters::duckdb
