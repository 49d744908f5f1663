#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/ingest/replay.h"
#include "haul/lake/table.h"

namespace haul::ingest {

/// What became of one quarantined row.
struct RowOutcome {
  enum class Kind : std::uint8_t {
    kLanded,
    kDuplicate,
    kSuperseded,
    kStillBad,
    kDropped
  } kind = Kind::kLanded;
  std::vector<std::string> rules = {};  ///< kStillBad: what it breaks now.
  std::string reason = {};
};

/// Where the bytes of the judged rows came from: a correction's are kept with its outcome.
enum class JudgedBytes : std::uint8_t { kQuarantined, kCorrected };

/// Writes outcomes to system.replays and counts them. One thread.
class OutcomeSink {
 public:
  /// Opens or creates system.replays. `request` must outlive the sink.
  static Result<OutcomeSink> open(const LandingContext& context, const ReplayRequest& request);

  [[nodiscard]] lake::Table& table() { return *table_; }

  /// One outcome per row; `rows` has _partition, _offset, _ingest_time and, for corrected bytes, payload.
  Result<void> write(const arrow::RecordBatch& rows, const std::vector<RowOutcome>& outcomes,
                     JudgedBytes bytes);

  /// Publishes what was written. Errors as lake::Table::commit().
  Result<void> commit();

  [[nodiscard]] const ReplayReport& report() const { return report_; }

 private:
  explicit OutcomeSink(const ReplayRequest& request) : request_(&request) {}
  void count(const RowOutcome& outcome);

  const ReplayRequest* request_;
  std::unique_ptr<lake::Table> table_;
  std::unique_ptr<lake::StagedWriter> writer_;
  IngestTime at_;
  ReplayReport report_;
};

}  // namespace haul::ingest
