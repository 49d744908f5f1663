#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/base/time.h"

namespace haul::eventlog {

/// Records in Arrow's binary layout: record i is bytes[ends[i] .. ends[i + 1]). `ends` has one entry more
/// than there are records, starts at any value and never decreases; so a batch becomes an Arrow column
/// without a copy.
struct Records {
  std::span<const std::int32_t> ends;
  std::span<const std::byte> bytes;

  [[nodiscard]] std::size_t size() const { return ends.empty() ? 0 : ends.size() - 1; }
};

/// A batch on its way into one partition. Borrowed until append() returns.
struct AppendRequest {
  PartitionId partition;
  /// Who sends, e.g. "legs/<sha256 of the file>". Positions of one producer strictly increase within a
  /// partition.
  std::string_view producer;
  std::uint64_t first_position = 0;  ///< Of the first record, e.g. its row in the file.
  std::uint64_t last_position = 0;   ///< Of the last record; gaps are normal (rows spread over partitions).
  /// What all records of the batch share, opaque to the log, e.g. format and CSV header. At most 64 KiB.
  std::string_view attributes = {};
  Records records;
};

/// Where a batch landed. A repeat (last_position at or below what the log has of this producer) is not stored
/// again: `repeated` is true and the offsets are those of the partition's end, both equal.
struct Appended {
  Offset first;
  Offset end;
  IngestTime at;
  bool repeated = false;
};

/// One stored batch. Owns its bytes.
struct StoredBatch {
  Offset first;
  IngestTime at;
  std::string producer;
  std::uint64_t first_position = 0;
  std::uint64_t last_position = 0;
  std::string attributes;
  std::shared_ptr<const std::vector<std::byte>> storage;  // shared: Arrow columns keep slices of it alive
  Records records;                                        ///< Into `storage`.

  [[nodiscard]] Offset end() const { return Offset{first.raw() + records.size()}; }
};

struct Retention {
  Micros age = std::chrono::days{7};
  std::uint64_t bytes = 10'000'000'000;
};

struct TopicConfig {
  std::string name;  ///< [a-z0-9_.-]{1,200}
  std::uint32_t partitions = 4;
  Retention retention;
};

/// What recovery cut from the end of a partition when the log was opened: bytes after the longest valid
/// prefix.
struct Cut {
  std::string topic;
  PartitionId partition;
  Offset end;  ///< Of what stayed.
  std::uint64_t bytes = 0;
  std::string file;
};

/// Port: topics of partitions of records, durable and ordered. Implementations: the embedded segment log
/// (embedded_log.h); every implementation passes testing/event_log_contract.h. Thread-safe.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// The log's own id, made when it was created: part of every sink's txn appId (correctness rule 10).
  [[nodiscard]] virtual std::string id() const = 0;

  /// Makes the topic; where it exists with as many partitions, takes over the retention.
  /// kConflict: it has other partitions.
  /// kInvalidInput: a name, number of partitions or retention that no topic may have.
  virtual Result<void> create_topic(const TopicConfig& config) = 0;
  /// kNotFound: no such topic; the message lists those there are.
  virtual Result<TopicConfig> topic(std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<std::string> topics() const = 0;

  /// Returns when every batch is on the device, in request order: one group commit, shared with concurrent
  /// callers. Record bytes are not copied. All batches of a call are checked before any is written.
  /// kInvalidInput: positions that overlap what is stored without being a repeat, no producer, an empty or
  /// too large batch (64 MiB as stored); nothing of the call is stored. kNotFound: topic or partition.
  /// kUnavailable: a write failed (no room): nothing of that partition is stored, try later. Or a sync failed:
  /// it takes no more until the log is opened again, and the batch may be found then (repeats are recognised).
  virtual Result<std::vector<Appended>> append(std::string_view topic,
                                               std::span<const AppendRequest> requests) = 0;

  /// Whole batches from `from` on, at most `bytes_max` as stored (at least one batch where there is one);
  /// empty at the end. The first batch may begin before `from`. Never waits for appends, never shows an
  /// unsynced one. kNotFound: `from` lies before the retained start or after the end. kCorrupt: a batch fails
  /// its checksum; the message names file and position.
  virtual Result<std::vector<StoredBatch>> read(std::string_view topic, PartitionId partition, Offset from,
                                                std::uint64_t bytes_max) const = 0;

  /// Offsets [start, end) that can be read.
  struct Range {
    Offset start;
    Offset end;
  };
  virtual Result<Range> range(std::string_view topic, PartitionId partition) const = 0;

  /// The first offset whose ingest time is at or after `at` (the end where there is none).
  virtual Result<Offset> offset_at(std::string_view topic, PartitionId partition, IngestTime at) const = 0;

  /// The last position stored of a producer; nothing where it never sent, or so long ago that retention
  /// dropped it.
  virtual Result<std::optional<std::uint64_t>> last_position(std::string_view topic, PartitionId partition,
                                                             std::string_view producer) const = 0;

  /// Drops whole segments older or beyond the topic's retention, never at or after `keep_from` (one per
  /// partition: the slowest sink, correctness rule 9). Returns the bytes dropped.
  virtual Result<std::uint64_t> apply_retention(std::string_view topic,
                                                std::span<const Offset> keep_from) = 0;
};

/// The partition of a key: hash64(key) mod partitions. Part of the format: it never changes.
[[nodiscard]] PartitionId partition_of(std::string_view key, std::uint32_t partitions);

}  // namespace haul::eventlog
