#pragma once

#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::expression {

/// Port: DuckDB's own parser and binder, as JSON. Implemented in adapters/duckdb. Thread-safe.
class SqlParser {
 public:
  virtual ~SqlParser() = default;
  /// The syntax tree of one SELECT statement (several, or another kind, are refused).
  /// kInvalidInput: the parser's message with line and column inside `sql`.
  virtual Result<std::string> parse_select(std::string_view sql) const = 0;

  /// The bound plan of one SELECT, every name resolved and every implicit cast written out, not optimised,
  /// with TimeZone UTC: the shape of `json_serialize_plan`. Nothing is executed. A statement that does not
  /// parse or bind is an answer too: {"error": true, "error_message": ..., "position": "8", ...}.
  /// kUnavailable: the engine itself failed.
  virtual Result<std::string> plan_select(std::string_view sql) const = 0;
};

}  // namespace haul::expression
