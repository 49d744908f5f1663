#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "haul/base/result.h"
#include "haul/ingest/database_table.h"

namespace haul::adapters {

/// Which table is read, and how long that may take.
struct PostgresRequest {
  /// As libpq takes it: postgres://user@host:5432/database, or host=... dbname=...; what it leaves open comes
  /// from the environment (PGPASSWORD, PGHOST, ...) and ~/.pgpass.
  std::string address;
  std::string table;  ///< As SQL names it: "shipments", "tms.shipments", "\"TMS\".\"Legs\"".
  std::uint64_t rows_max = 1'000'000;
  std::chrono::milliseconds statement_max{300'000};  ///< For each statement; the server ends it after that.
  std::function<bool()> is_stopped = [] { return false; };  ///< Asked often; true ends what runs.
};

/// DatabaseTable over libpq, for PostgreSQL 12 and newer: tables, partitioned and foreign ones, views and
/// materialized views. Everything is read in one READ ONLY transaction at one snapshot; nothing is written,
/// locks last no longer than the object lives. Of a table of more than `rows_max` rows the pages that are
/// read are chosen by TABLESAMPLE; a view gives its first rows.
///
/// kNotFound: no such table (with the nearest name).  kInvalidInput: the address, the name, the password or
/// the right to read is wrong; it is an index or the like.  kUnavailable: no server, too slow, gone.
/// Each says what to do next; a password is in no message.
Result<std::unique_ptr<ingest::DatabaseTable>> open_postgres_table(const PostgresRequest& request);

}  // namespace haul::adapters
