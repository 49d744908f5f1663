#include "partition.h"

#include <algorithm>
#include <string>

#include "haul/base/check.h"

namespace haul::eventlog {

Partition::Partition(FileSystem& files, PartitionPlace place, RecoveredPartition recovered)
    : files_(files),
      place_(std::move(place)),
      segments_(std::move(recovered.segments)),
      producers_(std::move(recovered.producers)),
      last_at_(recovered.last_at),
      checkpoint_(recovered.checkpoint) {}

EventLog::Range Partition::range() const {
  const std::lock_guard lock(mutex_);
  return locked_range();
}

EventLog::Range Partition::locked_range() const {
  if (segments_.empty()) return {Offset{0}, Offset{0}};
  return {segments_.front().first, segments_.back().end};
}

std::optional<std::uint64_t> Partition::last_position(std::string_view producer) const {
  const std::lock_guard lock(mutex_);
  const auto found = producers_.find(producer);
  if (found == producers_.end()) return std::nullopt;
  return found->second.last_position;
}

Partition::Tail Partition::tail() const {
  const std::lock_guard lock(mutex_);
  Tail tail;
  tail.last_at = last_at_;
  if (segments_.empty()) return tail;
  const Segment& last = segments_.back();
  tail.segment = last.first;
  tail.end = last.end;
  tail.bytes = last.bytes;
  if (checkpoint_) tail.checkpointed = checkpoint_->covered;
  return tail;
}

void Partition::publish(std::span<const Published> batches) {
  const std::lock_guard lock(mutex_);
  HAUL_CHECK(!segments_.empty(), "batches lie in a segment");
  for (const auto& batch : batches) {
    HAUL_CHECK(batch.place.first == segments_.back().end, "offsets are dense");
    HAUL_CHECK(batch.place.at >= last_at_, "ingest time never decreases");
    add_batch(segments_.back(), batch.place);
    last_at_ = batch.place.at;
    const ProducerState state{batch.last_position, batch.place.first, batch.place.at};
    const auto known = producers_.find(batch.producer);
    if (known != producers_.end()) {
      known->second = state;
    } else {
      producers_.emplace(batch.producer, state);
    }
  }
}

void Partition::add_segment(Offset first) {
  const std::lock_guard lock(mutex_);
  HAUL_CHECK(segments_.empty() || segments_.back().end == first, "segments follow each other without a gap");
  segments_.push_back({.first = first, .end = first, .bytes = 0, .last_at = {}, .index = {}});
}

Checkpoint Partition::checkpoint() const {
  const std::lock_guard lock(mutex_);
  HAUL_CHECK(!segments_.empty(), "a checkpoint is of a segment");
  const Segment& last = segments_.back();
  return {.stream = place_.stream,
          .offset = last.end,
          .segment = last.first,
          .covered = last.bytes,
          .last_at = last_at_,
          .is_sealed = false,
          .index = last.index,
          .producers = producers_};
}

Result<void> Partition::write_checkpoint(Checkpoint checkpoint) {
  std::optional<CheckpointPlace> previous;
  {
    const std::lock_guard lock(mutex_);
    previous = checkpoint_;
  }
  const Path path = checkpoint_path(place_.directory, checkpoint.offset);
  HAUL_TRY_VOID(write_file_atomically(files_, path, encode_checkpoint(checkpoint)));
  if (previous && previous->offset != checkpoint.offset) {
    HAUL_TRY_VOID(files_.remove(checkpoint_path(place_.directory, previous->offset)));
  }
  const std::lock_guard lock(mutex_);
  checkpoint_.reset();
  if (!checkpoint.is_sealed) checkpoint_ = {checkpoint.offset, checkpoint.covered};
  return {};
}

std::optional<Partition::Oldest> Partition::oldest() const {
  const std::lock_guard lock(mutex_);
  const auto filled =
      std::count_if(segments_.begin(), segments_.end(), [](const Segment& s) { return !s.is_empty(); });
  if (filled < 2) return std::nullopt;
  const Segment& oldest = segments_.front();
  return Oldest{oldest.end, oldest.bytes, oldest.last_at};
}

std::uint64_t Partition::stored_bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = 0;
  for (const auto& segment : segments_) bytes += segment.bytes;
  return bytes;
}

Result<void> Partition::drop_oldest() {
  // Oldest first, each removal synced before the next: a crash in between leaves no hole in the partition.
  if (is_removal_unsynced_) HAUL_TRY_VOID(sync_removal());
  const auto oldest = take_oldest();
  const auto removed = files_.remove(segment_path(place_.directory, oldest.first));
  if (!removed) {
    const std::lock_guard lock(mutex_);
    segments_.insert(segments_.begin(), oldest);
    return removed;
  }
  is_removal_unsynced_ = true;
  HAUL_TRY_VOID(sync_removal());
  HAUL_TRY(entries, files_.list(place_.directory));
  for (const auto& entry : entries) {
    const auto file = classify(entry.name);
    if (file.kind == PartitionFile::Kind::kCheckpoint && file.offset < oldest.end) {
      HAUL_TRY_VOID(files_.remove(place_.directory / entry.name));
    }
  }
  return {};
}

Segment Partition::take_oldest() {
  const std::lock_guard lock(mutex_);
  HAUL_CHECK(segments_.size() > 1, "the segment that grows is never dropped");
  Segment oldest = std::move(segments_.front());
  segments_.erase(segments_.begin());
  std::erase_if(open_files_, [&oldest](const auto& open) { return open.first == oldest.first; });
  return oldest;
}

Result<void> Partition::sync_removal() {
  HAUL_TRY_VOID(files_.sync_directory(place_.directory));
  is_removal_unsynced_ = false;
  return {};
}

void Partition::forget_producers(IngestTime horizon) {
  const std::lock_guard lock(mutex_);
  const Offset start = locked_range().start;
  std::erase_if(producers_, [&](const auto& producer) {
    return producer.second.last_offset < start && producer.second.last_at < horizon;
  });
}

}  // namespace haul::eventlog
