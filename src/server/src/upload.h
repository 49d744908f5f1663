#pragma once

#include <memory>
#include <optional>
#include <string>

#include "content_coding.h"
#include "haul/ingest/row_batches.h"
#include "haul/ingest/row_splitter.h"
#include "haul/server/ingest_api.h"
#include "ingest_writer.h"
#include "worker_pool.h"

namespace haul::server {

/// What a body is about, from its request.
struct UploadSpec {
  const ingest::Source& source;
  ingest::FormatOptions format;
  std::string producer;
  std::string idempotency_key = {};
  std::string coding = {};  ///< Content-Encoding.
};

/// A body that was received whole, known by its content.
struct ReceivedBody {
  std::shared_ptr<Body> body;         ///< Unfolded; shared with who reads it again for its interchanges.
  std::shared_ptr<Receipt> receipt;   ///< With all that identifies it.
  std::uint64_t failures = 0;         ///< As UploadPart.
  std::chrono::nanoseconds began{0};  ///< When a thread took it, by StageTimes::now().
};

/// Unfolds and hashes a body. A gzip or zstd file that was sent without saying so is unfolded too. Errors as
/// unfold().
Result<ReceivedBody> receive(const UploadSpec& spec, std::unique_ptr<Body> body, SpoolFolder& spool,
                             const UnfoldLimits& limits);

/// Takes over what an earlier request with the same rows has reached. kConflict: the idempotency key came
/// with other rows before. Else as ReceiptBook. Nobody else may be sending the same rows meanwhile.
Result<void> recall(Receipt& receipt, const ReceiptBook& receipts);

/// Sends the rows of a body to the topic of its source part by part, each after the one before is durable.
/// Splitting happens on the pool's threads; nothing waits for the disk there.
class Upload : public std::enable_shared_from_this<Upload> {
 public:
  /// With the receipt, complete; or why not: kInvalidInput (nothing was appended) or kUnavailable.
  using Done = std::function<void(Result<Receipt>)>;

  /// kInvalidInput: an empty CSV, or a header without a key column.
  static Result<std::shared_ptr<Upload>> open(const UploadSpec& spec, ReceivedBody received,
                                              std::uint32_t partitions, IngestWriter& writer,
                                              WorkerPool& pool, StageTimes& stages, Done done);

  /// Splits and sends the next part; on a thread of the pool.
  void step();

 private:
  Upload(ReceivedBody received, IngestWriter& writer, WorkerPool& pool, StageTimes& stages, Done done)
      : received_(std::move(received)),
        writer_(writer),
        pool_(pool),
        stages_(stages),
        done_(std::move(done)) {}
  void on_written(const Result<void>& written, bool is_last);

  ReceivedBody received_;
  IngestWriter& writer_;
  WorkerPool& pool_;
  StageTimes& stages_;
  Done done_;
  std::unique_ptr<ingest::RowSplitter> splitter_;
  std::optional<ingest::RowBatcher> batcher_;
};

}  // namespace haul::server
