#pragma once

#include <memory>

#include "haul/expression/sql_parser.h"

namespace haul::adapters::duckdb {

/// SqlParser over DuckDB's C library: one in-memory database, opened at the first call (about 15 ms) and
/// kept; a call then takes about a millisecond. It reaches no file and no network, and nothing that it is
/// given is executed. Thread-safe; calls of several threads run one after the other. It must not outlive
/// main(): DuckDB frees what belongs to the main thread before statics go.
std::unique_ptr<expression::SqlParser> make_duckdb_sql_parser();

}  // namespace haul::adapters::duckdb
