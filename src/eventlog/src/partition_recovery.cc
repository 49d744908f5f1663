#include "partition_recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "segment_cursor.h"

namespace haul::eventlog {
namespace {

/// One recovery: the files found, then the state after each segment in turn.
class Recovery {
 public:
  Recovery(FileSystem& files, const PartitionPlace& place) : files_(files), place_(place) {}

  Result<RecoveredPartition> run() {
    HAUL_TRY_VOID(list_files());
    HAUL_TRY_VOID(refuse_missing_segments());
    if (!segments_.empty()) begin_at(segments_.front().first);
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const auto [first, bytes] = segments_[i];
      if (first != next_) {
        return fail(ErrorCode::kCorrupt, fmt::format("{}: offsets {} to {} are missing before this segment",
                                                     path_of(first).string(), next_.raw(), first.raw()));
      }
      Segment segment{.first = first, .end = first, .bytes = 0, .last_at = {}, .index = {}};
      if (i + 1 < segments_.size()) {
        HAUL_TRY_VOID(recover_sealed(segment, bytes, segments_[i + 1].first));
      } else {
        HAUL_TRY_VOID(recover_last(segment, bytes));
      }
      next_ = segment.end;
      result_.segments.push_back(std::move(segment));
    }
    return std::move(result_);
  }

 private:
  struct FoundSegment {
    Offset first;
    std::uint64_t bytes;
  };

  [[nodiscard]] Path path_of(Offset first) const { return segment_path(place_.directory, first); }

  Result<void> list_files() {
    const auto entries = files_.list(place_.directory);
    if (!entries && entries.error().code == ErrorCode::kNotFound) {
      return fail(ErrorCode::kCorrupt, entries.error().message + ", though the topic has this partition");
    }
    if (!entries) return fail(entries.error());
    for (const auto& entry : *entries) {
      const auto file = classify(entry.name);
      if (file.kind == PartitionFile::Kind::kSegment) segments_.push_back({file.offset, entry.bytes});
      if (file.kind == PartitionFile::Kind::kCheckpoint) HAUL_TRY_VOID(load_checkpoint(file.offset));
    }
    std::sort(segments_.begin(), segments_.end(),
              [](const FoundSegment& a, const FoundSegment& b) { return a.first < b.first; });
    return {};
  }

  /// A damaged checkpoint is as good as none: everything in it can be read from the segments.
  Result<void> load_checkpoint(Offset offset) {
    HAUL_TRY(text, read_file(files_, checkpoint_path(place_.directory, offset)));
    auto checkpoint = parse_checkpoint(as_bytes(text));
    const bool belongs_here =
        checkpoint && checkpoint->stream == place_.stream && checkpoint->offset == offset;
    if (belongs_here) checkpoints_.emplace(offset, std::move(*checkpoint));
    return {};
  }

  Result<void> refuse_missing_segments() {
    for (const auto& [offset, checkpoint] : checkpoints_) {
      const Offset needed = checkpoint.is_sealed ? offset : checkpoint.segment;
      const bool is_dropped = !segments_.empty() && needed < segments_.front().first;
      const bool is_there = std::any_of(segments_.begin(), segments_.end(),
                                        [&](const FoundSegment& found) { return found.first == needed; });
      if (!is_there && !is_dropped) {
        return fail(ErrorCode::kCorrupt,
                    fmt::format("{} is missing: the checkpoint at offset {} says that it exists",
                                path_of(needed).string(), offset.raw()));
      }
    }
    return {};
  }

  void begin_at(Offset first) {
    next_ = first;
    const auto checkpoint = checkpoints_.find(first);
    if (checkpoint != checkpoints_.end()) adopt(checkpoint->second);
  }

  void adopt(const Checkpoint& checkpoint) {
    result_.producers = checkpoint.producers;
    result_.last_at = checkpoint.last_at;
  }

  /// The segment up to where the checkpoint stood. kCorrupt: the file has become shorter since.
  Result<void> resume(Segment& segment, std::uint64_t bytes, const Checkpoint& checkpoint) {
    if (bytes < checkpoint.covered) {
      return fail(
          ErrorCode::kCorrupt,
          at_place(path_of(segment.first), bytes,
                   fmt::format("the file ends, though {} bytes of it were durable", checkpoint.covered)));
    }
    adopt(checkpoint);
    segment.end = checkpoint.offset;
    segment.bytes = checkpoint.covered;
    segment.last_at = checkpoint.last_at;
    segment.index = checkpoint.index;
    return {};
  }

  Result<void> recover_sealed(Segment& segment, std::uint64_t bytes, Offset end) {
    const auto checkpoint = checkpoints_.find(end);
    if (checkpoint != checkpoints_.end() && checkpoint->second.segment == segment.first) {
      HAUL_TRY_VOID(resume(segment, bytes, checkpoint->second));
    } else {
      HAUL_TRY(file, files_.open_for_read(path_of(segment.first)));
      SegmentCursor cursor(*file, path_of(segment.first), start_of(segment, bytes));
      HAUL_TRY_VOID(walk(segment, cursor, Check::kHeads));
    }
    if (segment.end != end || segment.bytes != bytes) {
      return fail(ErrorCode::kCorrupt,
                  at_place(path_of(segment.first), segment.bytes,
                           fmt::format("the segment holds offsets up to {}, the next one begins at {}",
                                       segment.end.raw(), end.raw())));
    }
    if (checkpoint != checkpoints_.end()) return {};
    // The process died between the new segment and the checkpoint of this one, or the checkpoint was damaged.
    const Checkpoint rebuilt{.stream = place_.stream,
                             .offset = end,
                             .segment = segment.first,
                             .covered = segment.bytes,
                             .last_at = segment.last_at,
                             .is_sealed = true,
                             .index = segment.index,
                             .producers = result_.producers};
    return write_file_atomically(files_, checkpoint_path(place_.directory, end), encode_checkpoint(rebuilt));
  }

  Result<void> recover_last(Segment& segment, std::uint64_t bytes) {
    for (auto it = checkpoints_.rbegin(); it != checkpoints_.rend(); ++it) {
      if (it->second.is_sealed || it->second.segment != segment.first) continue;
      HAUL_TRY_VOID(resume(segment, bytes, it->second));
      result_.checkpoint = {it->first, it->second.covered};
      break;
    }
    HAUL_TRY(file, files_.open_for_read(path_of(segment.first)));
    SegmentCursor cursor(*file, path_of(segment.first), start_of(segment, bytes));
    const auto walked = walk(segment, cursor, Check::kEverything);
    if (!walked) HAUL_TRY_VOID(cut_tail(segment, *file, walked.error()));
    return make_durable(segment);
  }

  [[nodiscard]] SegmentCursor::Start start_of(const Segment& segment, std::uint64_t limit) const {
    return {.stream = place_.stream, .position = segment.bytes, .limit = limit, .expected = segment.end};
  }

  enum class Check : std::uint8_t { kHeads, kEverything };

  Result<void> walk(Segment& segment, SegmentCursor& cursor, Check check) {
    while (true) {
      HAUL_TRY(head, cursor.next_head());
      if (!head) return {};
      const BatchPlace batch{.first = head->first,
                             .end = head->end(),
                             .at = head->at,
                             .position = cursor.position(),
                             .bytes = head->batch_bytes()};
      const ProducerState state{head->last_position, head->first, head->at};
      const std::string producer(head->producer);  // the head's views end with the next read
      if (check == Check::kEverything) HAUL_TRY_VOID(cursor.verify_body());
      add_batch(segment, batch);
      result_.producers.insert_or_assign(producer, state);
      result_.last_at = batch.at;
      cursor.step_over();
    }
  }

  Result<void> cut_tail(const Segment& segment, const ReadableFile& file, const Error& damage) {
    if (damage.code != ErrorCode::kCorrupt) return fail(damage);
    HAUL_TRY(is_in_durable_bytes,
             is_damage_in_durable_bytes(file, place_.stream, segment.bytes, segment.end));
    if (is_in_durable_bytes) {
      return fail(
          ErrorCode::kCorrupt,
          damage.message + "; it was durable before, so nothing was cut: restore the file from a copy");
    }
    const Path path = path_of(segment.first);
    result_.cut = Cut{.topic = place_.topic,
                      .partition = place_.id,
                      .end = segment.end,
                      .bytes = file.size() - segment.bytes,
                      .file = path.string()};
    return files_.truncate(path, segment.bytes);
  }

  /// What was found may be in the page cache only (the process died, not the machine): sync before anyone
  /// sees it.
  Result<void> make_durable(const Segment& segment) {
    HAUL_TRY(file, files_.open_for_write(path_of(segment.first), OpenMode::kAppend));
    HAUL_TRY_VOID(file->sync());
    return files_.sync_directory(place_.directory);
  }

  FileSystem& files_;
  const PartitionPlace& place_;
  std::vector<FoundSegment> segments_;
  std::map<Offset, Checkpoint> checkpoints_;
  Offset next_{0};
  RecoveredPartition result_;
};

}  // namespace

void add_batch(Segment& segment, const BatchPlace& batch) {
  const bool is_due =
      segment.index.empty() || batch.position - segment.index.back().position >= kIndexIntervalBytes;
  if (is_due) segment.index.push_back({batch.first, batch.at, batch.position});
  segment.end = batch.end;
  segment.bytes = batch.position + batch.bytes;
  segment.last_at = batch.at;
}

Result<RecoveredPartition> recover_partition(FileSystem& files, const PartitionPlace& place) {
  auto recovered = Recovery(files, place).run();
  if (recovered) return recovered;
  return fail(
      with_context(recovered.error(), fmt::format("topic {} partition {}", place.topic, place.id.raw())));
}

}  // namespace haul::eventlog
