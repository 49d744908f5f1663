#include "topic.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "batch_format.h"
#include "haul/base/check.h"
#include "topic_files.h"

namespace haul::eventlog {
namespace {

constexpr std::uint64_t kSegmentsKept = 4;
constexpr std::uint64_t kSegmentBytesMin = 1ULL << 20U;

/// Retention drops whole segments, so a topic that is to stay small has small ones: at most a quarter of what
/// it may keep.
std::uint64_t segment_bytes_of(const LogPlace& log, const TopicConfig& config) {
  const std::uint64_t share = config.retention.bytes / kSegmentsKept / config.partitions;
  return std::min(log.segment_bytes, std::max(share, kSegmentBytesMin));
}

}  // namespace

Result<std::unique_ptr<Topic>> Topic::open(FileSystem& files, const LogPlace& log, const TopicConfig& config,
                                           std::vector<Cut>& cuts) {
  auto topic = std::make_unique<Topic>();
  for (std::uint32_t i = 0; i < config.partitions; ++i) {
    const PartitionId id{i};
    PartitionPlace place{.directory = partition_path(log.directory, config.name, id),
                         .topic = config.name,
                         .id = id,
                         .stream = stream_of(log.id, config.name, id)};
    HAUL_TRY(recovered, recover_partition(files, place));
    if (recovered.cut) cuts.push_back(*recovered.cut);
    topic->slots_.push_back(
        std::make_unique<Slot>(files, std::move(place), std::move(recovered), segment_bytes_of(log, config)));
  }
  return topic;
}

Result<std::uint64_t> Topic::drop_old_segments(const Retention& retention, std::span<const Offset> keep_from,
                                               IngestTime now) {
  HAUL_CHECK(keep_from.size() == slots_.size(), "one offset per partition");
  const IngestTime horizon = now - retention.age;
  std::uint64_t stored = 0;
  for (const auto& slot : slots_) stored += slot->partition.stored_bytes();

  std::uint64_t dropped = 0;
  while (true) {
    Partition* next = nullptr;
    std::optional<Partition::Oldest> oldest;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const auto candidate = slots_[i]->partition.oldest();
      if (!candidate || candidate->end > keep_from[i]) continue;
      if (oldest && oldest->last_at <= candidate->last_at) continue;
      next = &slots_[i]->partition;
      oldest = candidate;
    }
    const bool is_due = oldest && (oldest->last_at < horizon || stored - dropped > retention.bytes);
    if (!is_due) break;
    HAUL_TRY_VOID(next->drop_oldest());
    dropped += oldest->bytes;
  }
  for (const auto& slot : slots_) slot->partition.forget_producers(horizon);
  return dropped;
}

}  // namespace haul::eventlog
