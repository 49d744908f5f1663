#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint.h"
#include "haul/base/file_system.h"
#include "haul/eventlog/event_log.h"

namespace haul::eventlog {

/// Where a partition lives and who it is.
struct PartitionPlace {
  Path directory;
  std::string topic;
  PartitionId id{0};
  std::uint64_t stream = 0;  ///< stream_of(log id, topic, id)
};

/// One segment file. Only the last of a partition grows.
struct Segment {
  Offset first{0};
  Offset end{0};
  std::uint64_t bytes = 0;  ///< On the device.
  IngestTime last_at;       ///< Of its last batch; without meaning while it is empty.
  std::vector<IndexEntry> index;

  [[nodiscard]] bool is_empty() const { return bytes == 0; }
};

/// Takes note of a batch that lies at `position` of the segment, right behind what the segment had.
struct BatchPlace {
  Offset first;
  Offset end;
  IngestTime at;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
};
void add_batch(Segment& segment, const BatchPlace& batch);

/// Where a checkpoint stands in the last segment.
struct CheckpointPlace {
  Offset offset{0};
  std::uint64_t covered = 0;
};

/// What the files of a partition say.
struct RecoveredPartition {
  std::vector<Segment> segments;  ///< By offset; the last one is open for appends.
  ProducerTable producers;
  IngestTime last_at{Micros::min()};
  std::optional<CheckpointPlace> checkpoint;  ///< The newest one within the last segment.
  std::optional<Cut> cut;
};

/// Reads a partition back and makes what it found durable: the last segment is verified from its checkpoint
/// on, cut behind its longest valid prefix and synced. Sealed segments are taken from their checkpoints; one
/// without is walked head by head and gets one. Cost: reads the bytes appended since the last checkpoint.
/// kCorrupt: damage that a power cut cannot explain, nothing is cut; names file and position.  kUnavailable:
/// I/O.
Result<RecoveredPartition> recover_partition(FileSystem& files, const PartitionPlace& place);

}  // namespace haul::eventlog
