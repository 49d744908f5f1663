#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/id.h"
#include "haul/base/log.h"
#include "haul/base/metrics.h"
#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/interchange_log.h"
#include "haul/ingest/source.h"
#include "haul/ingest/table_loader.h"
#include "haul/server/route.h"
#include "haul/server/server_config.h"

namespace haul::server {

/// The log's own topic of receipts: one partition.
inline constexpr std::string_view kReceiptsTopic = "haul.receipts";

/// Records [first, end) of a partition of a source's topic.
struct OffsetRange {
  PartitionId partition{0};
  Offset first{0};
  Offset end{0};
  friend bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

/// What became of rows that were accepted; what is neither valid nor quarantined was a duplicate.
struct LandedCounts {
  std::uint64_t valid = 0;
  std::uint64_t quarantined = 0;
  std::map<std::string, std::uint64_t> quarantined_by_rule;
};

/// Port: how far the flows are, and what they made of rows. Thread-safe.
class LandedRows {
 public:
  virtual ~LandedRows() = default;
  /// Per partition of a source's topic: every record before it has landed. Empty: not known yet. Cheap.
  [[nodiscard]] virtual std::vector<Offset> landed(const std::string& source) const = 0;
  /// Counts rows that have landed, in the tables. Slow. Errors as query::SqlEngine.
  virtual Result<LandedCounts> count(const std::string& source, std::span<const OffsetRange> ranges) = 0;
};

/// What the API needs from outside. The references must outlive it; the functions are thread-safe.
struct IngestContext {
  eventlog::EventLog& log;
  FileSystem& files;
  const Clock& clock;
  MetricsRegistry& metrics;
  Log& log_lines;
  LandedRows& landed;
  const std::map<std::string, ingest::Source>& sources;
  Path spool;  ///< Folder for what bodies unfold to; made when it is missing.
  /// Loads a file into the tables of a source with `deliver: table`. Errors as ingest::load_into_table().
  std::function<Result<ingest::TableLoadReport>(const ingest::Source& source,
                                                const ingest::FormatOptions& format, const Path& file,
                                                const std::string& shown_name)>
      load_table;
  /// Bytes free where the log is.
  std::function<std::uint64_t()> free_disk_bytes;
  /// Answers interchanges; null: they are taken like other rows.
  ingest::InterchangeLog* interchanges = nullptr;
};

/// `POST /v1/ingest/{source}`, `GET /v1/receipts/{id}` and the answers to interchanges (docs/http.md). Rows
/// are in the log, synced, when the client is told so. A request is recognised when it is sent again: by the
/// producer's name and the Idempotency-Key, else the SHA-256 of the body; it changes nothing then and gets
/// the same receipt.
class IngestApi {
 public:
  /// Reads the receipts of earlier runs, and looks in the log for rows that a crash left without one. Errors
  /// as EventLog.
  static Result<std::unique_ptr<IngestApi>> open(const IngestContext& context, const ServerConfig& config);
  virtual ~IngestApi() = default;

  [[nodiscard]] virtual std::vector<Route> routes() = 0;
  /// Why the last append of a source failed, e.g. a full disk; empty: all is well.
  [[nodiscard]] virtual std::string trouble() const = 0;
  /// The first record of kReceiptsTopic that is still read.
  [[nodiscard]] virtual Offset receipts_needed_from() const = 0;
  /// Removes the answers to interchanges that are kept for receipts which are remembered no more. Errors as
  /// ingest::InterchangeLog::forget_documents(); the sources before stay done.
  virtual Result<void> forget_answers() = 0;
  /// Ends what is under way; after the HTTP server has stopped.
  virtual void stop() = 0;
};

}  // namespace haul::server
