#pragma once

#include <arrow/type_fwd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::query {

/// A Parquet file of a pinned snapshot; the rows in `deleted_rows` (sorted) are not part of it.
struct ScanFile {
  Path path;
  std::vector<std::uint64_t> deleted_rows = {};
  /// Columns that the file itself does not hold, as text (Delta partition values); nothing: null.
  std::map<std::string, std::optional<std::string>> partition_values = {};
};

/// A table that a query can name: "silver.flights" -> schema "silver", name "flights".
struct Scan {
  std::string schema;
  std::string name;
  columnar::Schema columns = {};
  std::vector<ScanFile> files = {};
  /// In-memory rows instead of files: for model tests and system tables. Used where set.
  std::shared_ptr<arrow::Table> rows = nullptr;
  /// A condition over the columns, SQL of ours and never a user's: the query sees only the rows for which it
  /// holds. Empty: every row.
  std::string where = {};
};

struct QueryLimits {
  std::optional<std::uint64_t> rows_max = {};  ///< Stops after so many rows; `QuerySummary::cut` says so.
  std::optional<std::chrono::milliseconds> time_max = {};
  std::uint64_t memory_bytes = 1'000'000'000;  ///< Spills beyond.
  int threads = 2;
};

struct QueryRequest {
  std::string sql;  ///< One SELECT (WITH, VALUES, DESCRIBE and SUMMARIZE included).
  std::vector<Scan> scans = {};
  QueryLimits limits = {};
  std::function<bool()> interrupted = {};  ///< Polled about every 50 ms; true ends the query. May be empty.
};

struct QuerySummary {
  std::uint64_t rows = 0;
  bool cut = false;  ///< There were more rows than `QueryLimits::rows_max`.
};

/// What a query computes and how, before any optimisation.
struct QueryPlan {
  std::vector<std::string> columns;  ///< The result's names in order, as the query gives them.
  std::string json;                  ///< As `json_serialize_plan` gives it; tables by schema and name.
};

/// Takes the result batch by batch; an error ends the query with that error. The schema arrives first, also
/// for an empty result.
class ResultConsumer {
 public:
  virtual ~ResultConsumer() = default;
  virtual Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) = 0;
  virtual Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) = 0;
};

/// Port: SQL over pinned snapshots. DuckDB in adapters/duckdb. Thread-safe; each call is a session of its
/// own, with TimeZone UTC, no access to files or the network other than the scans, and no state left behind.
class SqlEngine {
 public:
  virtual ~SqlEngine() = default;

  /// kInvalidInput: does not parse or bind, or is not a query (named with its kind).  kCancelled: time limit
  /// or interrupt.  kCorrupt / kUnavailable: a file cannot be read.
  virtual Result<QuerySummary> run(const QueryRequest& request, ResultConsumer& consumer) = 0;

  /// The syntax tree as `json_serialize_sql` gives it. kInvalidInput with line and column.
  virtual Result<std::string> parse(std::string_view sql) = 0;

  /// Result columns of a query over scans, nothing read. kInvalidInput as run(), and where a result column
  /// has no name of its own or a type that datasets do not hold (named).
  virtual Result<columnar::Schema> describe(const QueryRequest& request) = 0;

  /// The bound logical plan without optimisation, for lineage; nothing is read. Errors as run().
  virtual Result<QueryPlan> plan(const QueryRequest& request) = 0;
};

/// Collects a whole result; for small ones (tests, summaries).
Result<std::shared_ptr<arrow::Table>> run_to_table(SqlEngine& engine, const QueryRequest& request);

}  // namespace haul::query
