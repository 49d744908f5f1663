#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "haul/base/hash.h"
#include "haul/eventlog/event_log.h"
#include "haul/server/ingest_api.h"

namespace haul::server {

/// What a producer is told about rows that were accepted, and what is needed to go on with an upload that was
/// cut off.
struct Receipt {
  std::string id;
  std::string source;
  std::string producer;
  std::string sha256;           ///< Of the body after Content-Encoding.
  std::string idempotency_key;  ///< As sent; may be empty.
  IngestTime at;
  bool is_complete = false;  ///< Acknowledged: every row is in the log. Else the first rows are.
  std::uint64_t accepted = 0;
  std::uint64_t undecodable = 0;
  std::vector<OffsetRange> ranges;
  std::vector<std::optional<std::uint64_t>> lines;  ///< Per partition: the last line that is in the log.
  std::optional<LandedCounts> landed;               ///< Known at once where rows go straight to tables.
  std::uint64_t position = 0;  ///< Of the source's writer: batches up to it have receipts.
  std::vector<Offset> ends;    ///< Per partition of the topic, at that position.
};

/// "r_" and 32 hex digits: the same for the same rows from the same producer.
[[nodiscard]] std::string receipt_id(std::string_view source, std::string_view producer,
                                     std::string_view idempotency_key, std::string_view sha256);

[[nodiscard]] std::string encode_receipt(const Receipt& receipt);
/// kCorrupt: not what encode_receipt() writes.
Result<Receipt> decode_receipt(std::string_view json);

/// The newest receipts, by id and by idempotency key. Receipts are records of a topic; in memory is where
/// each stands. The newest one of each source is always among them: where a source is quiet it is written
/// again before it would be forgotten. Thread-safe. Memory: about 100 bytes a receipt.
class ReceiptBook {
 public:
  /// Reads the topic, which is made where it is missing: the newest `receipts_max`, which is 2 or more.
  /// Errors as EventLog.
  static Result<std::unique_ptr<ReceiptBook>> open(eventlog::EventLog& log, std::size_t receipts_max);

  /// Whether find() has it. Cheap: nothing is read.
  [[nodiscard]] bool remembers(std::string_view id) const;
  /// Nothing: unknown, or too old.
  Result<std::optional<Receipt>> find(std::string_view id) const;
  Result<std::optional<Receipt>> find_by_key(std::string_view source, std::string_view producer,
                                             std::string_view idempotency_key) const;
  /// The newest of a source: from there on its writer may have left rows without a receipt.
  Result<std::optional<Receipt>> newest_of(const std::string& source) const;
  /// Durable on return. Errors as EventLog::append().
  Result<void> append(std::span<const Receipt> receipts);
  /// The first record of the topic that is remembered; retention may drop those before it.
  [[nodiscard]] Offset needed_from() const;

 private:
  struct HashOf {
    std::size_t operator()(const Hash128& hash) const noexcept { return hash.low; }
  };
  ReceiptBook(eventlog::EventLog& log, std::size_t receipts_max) : log_(log), receipts_max_(receipts_max) {}
  Result<void> read();
  void remember(const Receipt& receipt, Offset at);
  Result<std::vector<Receipt>> fading() const;
  Result<std::optional<Receipt>> read_at(const Hash128& place) const;
  /// Nothing: it was forgotten, and retention has dropped it.
  Result<std::optional<Receipt>> record(Offset at) const;

  eventlog::EventLog& log_;
  const std::size_t receipts_max_;
  std::mutex append_mutex_;  // one append at a time: positions grow

  mutable std::mutex mutex_;  // guards everything below
  std::uint64_t position_ = 0;
  Offset end_{0};
  std::unordered_map<Hash128, Offset, HashOf> places_;
  std::deque<std::pair<Hash128, Offset>> order_;  ///< By offset.
  std::map<std::string, Offset> newest_;
};

}  // namespace haul::server
