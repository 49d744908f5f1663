#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handles.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "query_text.h"

namespace haul::adapters::duckdb {

struct SessionLimits {
  int threads = 1;
  std::uint64_t memory_bytes = 256'000'000;
  Path spill_directory;  ///< Empty: no spilling.
};

/// One in-memory database with one connection, in UTC, whose errors are JSON objects with positions. It
/// starts open; close_doors() must come before user SQL. One thread at a time (interrupt() of the connection
/// from any).
class Session {
 public:
  /// kUnavailable: DuckDB did not start (e.g. no memory).
  static Result<Session> open(const SessionLimits& limits);

  /// From here on the session reads exactly `readable` files and no others, reaches no network, loads no
  /// extension, and no setting can be changed. `readable` are absolute paths.
  Result<void> close_doors(const std::vector<Path>& readable);

  /// Runs a statement of ours. Errors as to_error().
  Result<void> execute(const std::string& sql);

  /// The single text that a statement of ours gives for $1 = `argument`. kInvalidInput where it is null.
  Result<std::string> text_of(const std::string& sql, std::string_view argument);

  /// Parses and binds. Errors as to_error(), with places in the query.
  Result<PreparedHandle> prepare(const QueryText& query, const std::vector<Path>& files);

  [[nodiscard]] duckdb_connection connection() const { return connection_.get(); }

 private:
  DatabaseHandle database_;
  ConnectionHandle connection_;  ///< Goes before its database.
};

}  // namespace haul::adapters::duckdb
