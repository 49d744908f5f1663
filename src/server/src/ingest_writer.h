#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "haul/eventlog/event_log.h"
#include "haul/ingest/row_batches.h"
#include "receipts.h"
#include "stage_times.h"

namespace haul::server {

/// Some rows of an upload, on their way into the topic.
struct UploadPart {
  std::shared_ptr<Receipt> receipt;  ///< Of the whole upload: the writer adds to it, from submit to `done`.
  std::vector<ingest::RowBatch> batches;
  ingest::FormatOptions format;
  std::string header;
  std::uint64_t rows_too_long = 0;
  bool is_last = false;                    ///< The receipt is complete with this part.
  std::chrono::nanoseconds queued_at{0};   ///< StageTimes::now().
  std::uint64_t failures = 0;              ///< IngestWriter::failures() before the receipt was looked up.
  std::function<void(Result<void>)> done;  ///< Called once, on the writer's thread: it must return soon.
};

/// Appends what HTTP brings for one source: one thread, one append for all that waits, then one append of
/// their receipts, then the answers. So there is only ever one append whose rows may lack receipts after a
/// crash or a failure, and recover() finds those: the producer of every batch is "http", its positions grow,
/// and a receipt says up to which position all rows have theirs. After a failed append (a full disk) the
/// writer refuses what comes, until it has recovered: it tries at once at first, every
/// five seconds when it keeps failing.
class IngestWriter {
 public:
  /// Finds rows that a crash left without a receipt and writes incomplete receipts for them. Errors as
  /// EventLog.
  static Result<std::unique_ptr<IngestWriter>> open(eventlog::EventLog& log, ReceiptBook& receipts,
                                                    std::string source, Counter& rows, StageTimes& stages);
  ~IngestWriter();
  IngestWriter(const IngestWriter&) = delete;
  IngestWriter& operator=(const IngestWriter&) = delete;

  /// True where new uploads should be told to come later: enough waits already.
  [[nodiscard]] bool is_full() const;
  /// Why the last append failed; empty once one succeeded again.
  [[nodiscard]] std::string trouble() const;
  /// True from a failed append until the writer has recovered.
  [[nodiscard]] bool is_refusing() const;
  /// Appends that failed. Each may have left rows of an upload that its receipt tells of only later.
  [[nodiscard]] std::uint64_t failures() const;
  /// Never waits. `done` gets kUnavailable after stop(), while it refuses, and where an append has failed
  /// since the part's receipt was looked up.
  void submit(UploadPart part);
  /// Appends what waits and ends. A second call does nothing.
  void stop();

 private:
  IngestWriter(eventlog::EventLog& log, ReceiptBook& receipts, std::string source, Counter& rows,
               StageTimes& stages)
      : log_(log), receipts_(receipts), source_(std::move(source)), rows_(rows), stages_(stages) {}

  Result<void> recover();
  Result<void> collect(PartitionId partition, Offset from, std::vector<Receipt>& found) const;
  void run();
  void write(std::vector<UploadPart>& group);
  /// Waits, then recovers, again and again; under the lock. False: stop() was called.
  bool try_until_recovered(std::unique_lock<std::mutex>& lock);
  Result<void> append(std::vector<UploadPart>& group);

  eventlog::EventLog& log_;
  ReceiptBook& receipts_;
  const std::string source_;
  Counter& rows_;
  StageTimes& stages_;
  std::uint64_t position_ = 0;  // the writer's thread alone
  std::vector<Offset> ends_;    // the writer's thread alone
  std::thread thread_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<UploadPart> waiting_;
  std::uint64_t waiting_bytes_ = 0;
  std::string trouble_;
  bool refusing_ = false;
  std::uint64_t failures_ = 0;
  std::chrono::milliseconds rest_{0};  ///< Before the next try to recover.
  bool stopping_ = false;
};

/// How rows that came over HTTP are called in bronze and quarantine: "http/PRODUCER/RECEIPT".
[[nodiscard]] std::string shown_name(const Receipt& receipt);

}  // namespace haul::server
