#pragma once

#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::expression {

/// Port: DuckDB's own SQL parser, as JSON (the shape of `json_serialize_sql`). Implemented in adapters/duckdb.
/// Thread-safe.
class SqlParser {
 public:
  virtual ~SqlParser() = default;
  /// The syntax tree of one SELECT statement (several, or another kind, are refused).
  /// kInvalidInput: the parser's message with line and column inside `sql`.
  virtual Result<std::string> parse_select(std::string_view sql) const = 0;
};

}  // namespace haul::expression
