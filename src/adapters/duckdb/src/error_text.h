#pragma once

#include <string_view>
#include <vector>

#include "haul/base/error.h"
#include "haul/base/file_system.h"
#include "query_text.h"

namespace haul::adapters::duckdb {

/// What DuckDB said (a JSON object, as sessions ask for, or plain text) as one sentence, with its place in
/// the query where it is about one. kCancelled: interrupted.  kUnavailable: I/O or out of memory.  kCorrupt:
/// one of `files` cannot be decoded. kInvalidInput: everything else, since it is then the SQL.
[[nodiscard]] Error to_error(std::string_view said, const QueryText* query = nullptr,
                             const std::vector<Path>& files = {});

}  // namespace haul::adapters::duckdb
