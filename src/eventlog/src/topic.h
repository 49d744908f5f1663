#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/eventlog/event_log.h"
#include "partition.h"
#include "partition_writer.h"

namespace haul::eventlog {

/// Where a log lives and how it cuts its files; shared by all its topics.
struct LogPlace {
  Path directory;
  std::string id;
  std::uint64_t segment_bytes = 0;
};

/// The partitions of one topic, opened. Thread-safe but for the writers (see GroupCommit) and
/// drop_old_segments().
class Topic {
 public:
  /// Recovers every partition; what was cut goes behind `cuts`. Errors as open_embedded_log().
  static Result<std::unique_ptr<Topic>> open(FileSystem& files, const LogPlace& log,
                                             const TopicConfig& config, std::vector<Cut>& cuts);

  [[nodiscard]] std::size_t partitions() const { return slots_.size(); }
  [[nodiscard]] Partition& partition(std::size_t index) { return slots_[index]->partition; }
  [[nodiscard]] PartitionWriter& writer(std::size_t index) { return slots_[index]->writer; }

  /// Drops whole segments that end at or before keep_from of their partition and whose youngest batch is
  /// older than the retention's age, or that the topic is larger without; oldest first. One caller at a time.
  /// The bytes dropped.
  Result<std::uint64_t> drop_old_segments(const Retention& retention, std::span<const Offset> keep_from,
                                          IngestTime now);

 private:
  struct Slot {
    Slot(FileSystem& files, PartitionPlace place, RecoveredPartition recovered, std::uint64_t segment_bytes)
        : partition(files, std::move(place), std::move(recovered)), writer(files, partition, segment_bytes) {}
    Partition partition;
    PartitionWriter writer;
  };
  std::vector<std::unique_ptr<Slot>>
      slots_;  // by partition; on the heap because a writer refers to its partition
};

}  // namespace haul::eventlog
