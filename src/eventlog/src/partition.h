#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint.h"
#include "haul/base/file_system.h"
#include "haul/eventlog/event_log.h"
#include "partition_recovery.h"

namespace haul::eventlog {

/// What of one partition is durable, and reading it. Thread-safe; a reader holds the lock for a look-up only,
/// never while it reads, so readers and the writer do not wait for each other. The writer is a
/// PartitionWriter.
class Partition {
 public:
  Partition(FileSystem& files, PartitionPlace place, RecoveredPartition recovered);

  [[nodiscard]] const PartitionPlace& place() const { return place_; }
  [[nodiscard]] EventLog::Range range() const;
  [[nodiscard]] std::optional<std::uint64_t> last_position(std::string_view producer) const;

  /// As EventLog::read() and EventLog::offset_at().
  Result<std::vector<StoredBatch>> read(Offset from, std::uint64_t bytes_max) const;
  Result<Offset> offset_at(IngestTime at) const;

  /// Where the next batch goes. `segment` is nothing before the first append.
  struct Tail {
    std::optional<Offset> segment;
    Offset end{0};
    std::uint64_t bytes = 0;  ///< Of that segment.
    IngestTime last_at;
    std::uint64_t checkpointed = 0;  ///< How many of these bytes a checkpoint covers.
  };
  [[nodiscard]] Tail tail() const;

  /// A synced batch for readers to see; the writer alone calls these.
  struct Published {
    BatchPlace place;
    std::string_view producer;
    std::uint64_t last_position = 0;
  };
  void publish(std::span<const Published> batches);
  void add_segment(Offset first);
  /// The state at the end of the last segment, to be written to checkpoint_path(place().directory, offset).
  [[nodiscard]] Checkpoint checkpoint() const;
  /// Writes it and removes the one before it in the same segment. kUnavailable: I/O; the one before stays.
  Result<void> write_checkpoint(Checkpoint checkpoint);

  /// The segment that retention would drop next: the oldest of two or more that hold anything.
  struct Oldest {
    Offset end{0};
    std::uint64_t bytes = 0;
    IngestTime last_at;
  };
  [[nodiscard]] std::optional<Oldest> oldest() const;
  [[nodiscard]] std::uint64_t stored_bytes() const;
  /// Drops that segment with its files; one caller at a time. Returns when it is gone for good. kUnavailable:
  /// I/O; it is still there, or comes back when the log is opened again.
  Result<void> drop_oldest();
  /// Forgets producers whose last batch was dropped and is older than `horizon`.
  void forget_producers(IngestTime horizon);

 private:
  /// Where in a file to read; the file outlives retention.
  struct ReadPlace {
    std::shared_ptr<const ReadableFile> file;  // shared: with the cache and other reads
    Path path;
    std::uint64_t position = 0;
    std::uint64_t limit = 0;
    Offset expected{0};
  };
  /// Where to read on from an offset; nothing at the end.
  [[nodiscard]] Result<std::optional<ReadPlace>> find(Offset from) const;
  [[nodiscard]] Result<ReadPlace> place_of(const Segment& segment, const IndexEntry& entry) const;
  [[nodiscard]] Result<std::shared_ptr<const ReadableFile>> open(Offset segment) const;
  [[nodiscard]] EventLog::Range locked_range() const;
  [[nodiscard]] Segment take_oldest();
  Result<void> sync_removal();

  FileSystem& files_;
  const PartitionPlace place_;
  bool is_removal_unsynced_ = false;  // of drop_oldest() alone

  mutable std::mutex mutex_;  // guards everything below
  std::vector<Segment> segments_;
  ProducerTable producers_;
  IngestTime last_at_;
  std::optional<CheckpointPlace> checkpoint_;  // the newest one within the last segment
  mutable std::vector<std::pair<Offset, std::shared_ptr<const ReadableFile>>> open_files_;
};

}  // namespace haul::eventlog
