#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/query/sql_engine.h"
#include "session.h"

namespace haul::adapters::duckdb {

/// Makes `scan` readable as schema.name: its in-memory rows as a table, or a view over exactly its files
/// without their deleted rows. Columns that a file lacks are null. kInvalidInput: a column type that datasets
/// do not hold, rows with other columns than the scan says, or a path that DuckDB would take for a pattern.
/// kUnavailable: a file is not there.  kCorrupt: a file cannot be read.
Result<void> add_scan(Session& session, const query::Scan& scan);

/// The same name and columns without rows; no file is opened.
Result<void> add_empty_scan(Session& session, const query::Scan& scan);

/// The absolute paths of the files of the scans.
[[nodiscard]] std::vector<Path> files_of(const std::vector<const query::Scan*>& scans);

}  // namespace haul::adapters::duckdb
