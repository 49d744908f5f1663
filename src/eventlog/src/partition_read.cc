#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "partition.h"
#include "segment_cursor.h"

namespace haul::eventlog {
namespace {

constexpr std::size_t kOpenFilesMax = 4;

/// Bytes of a file from `position` on, in memory such that every batch in them lies at a multiple of 64.
class AlignedBytes {
 public:
  /// kUnavailable: I/O, or the file is shorter than its durable bytes.
  static Result<AlignedBytes> read(const ReadableFile& file, std::uint64_t position, std::uint64_t size) {
    AlignedBytes result;
    const auto wanted = static_cast<std::size_t>(size);
    result.storage_ = std::make_shared<std::vector<std::byte>>(wanted + kBatchAlignment);
    const auto address = reinterpret_cast<std::uintptr_t>(result.storage_->data());
    const auto start = static_cast<std::size_t>(aligned(address) - address);
    const auto into = std::span(*result.storage_).subspan(start, wanted);
    HAUL_TRY(got, file.read_at(position, into));
    if (got != wanted) {
      return fail(ErrorCode::kCorrupt, fmt::format("the file ends {} bytes early", wanted - got));
    }
    result.bytes_ = into;
    return result;
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] const std::shared_ptr<std::vector<std::byte>>& storage() const { return storage_; }

 private:
  std::shared_ptr<std::vector<std::byte>> storage_;  // shared: with the batches that are returned
  std::span<const std::byte> bytes_;
};

StoredBatch stored_batch(const BatchHead& head, const Records& records,
                         std::shared_ptr<const std::vector<std::byte>> storage) {
  return {.first = head.first,
          .at = head.at,
          .producer = std::string(head.producer),
          .first_position = head.first_position,
          .last_position = head.last_position,
          .attributes = std::string(head.attributes),
          .storage = std::move(storage),
          .records = records};
}

struct Taken {
  std::vector<StoredBatch> batches;
  std::uint64_t bytes = 0;
};

/// Reads batches that follow each other in one segment, a large piece of the file at a time.
class BatchRun {
 public:
  struct Range {
    std::uint64_t stream = 0;
    std::uint64_t position = 0;
    std::uint64_t limit = 0;
    Offset expected{0};
  };
  BatchRun(const ReadableFile& file, const Path& path, Range range)
      : file_(file), path_(path), range_(range) {}

  /// Skips the batches that end at or before `from`, then takes whole ones while they fit `bytes_max`, and
  /// one that does not where nothing was taken yet.
  Result<void> take(Offset from, std::uint64_t bytes_max, Taken& taken) {
    const std::uint64_t ahead = std::min(bytes_max - taken.bytes, kBatchBytesMax) + kIndexIntervalBytes;
    const std::size_t taken_before = taken.batches.size();
    while (range_.position < range_.limit) {
      const bool may_load =
          taken.batches.size() == taken_before;  // one large read, no second for a small rest
      if (!may_load && !has(kFixedHeadBytes)) return {};
      HAUL_TRY_VOID(ensure(kFixedHeadBytes, ahead));
      const auto extent = parse_extent(rest());
      if (!extent) return corrupt(extent.error().message);
      const std::uint64_t size = extent->batch_bytes;
      const bool has_room = taken.batches.empty() || size <= bytes_max - std::min(bytes_max, taken.bytes);
      if (!may_load && (!has_room || !has(size))) return {};
      HAUL_TRY_VOID(ensure(extent->head_bytes, ahead));
      HAUL_TRY(head, checked_head(extent->head_bytes));
      if (head.end() > from) {
        if (!has_room) return {};
        HAUL_TRY_VOID(ensure(size, ahead));
        HAUL_TRY(batch, batch_here(*extent));
        taken.batches.push_back(std::move(batch));
        taken.bytes += size;
      }
      range_.position += size;
      range_.expected = head_end_;
    }
    is_at_limit_ = true;
    return {};
  }

  [[nodiscard]] bool is_at_limit() const { return is_at_limit_; }

 private:
  [[nodiscard]] bool has(std::uint64_t size) const { return rest().size() >= size; }
  [[nodiscard]] std::span<const std::byte> rest() const {
    const auto bytes = buffer_.bytes();
    const std::uint64_t skipped = range_.position - buffer_at_;
    return skipped >= bytes.size() ? std::span<const std::byte>()
                                   : bytes.subspan(static_cast<std::size_t>(skipped));
  }

  /// At least `size` bytes from the position on, with `ahead` more where the file has them.
  Result<void> ensure(std::uint64_t size, std::uint64_t ahead) {
    if (has(size)) return {};
    const std::uint64_t available = range_.limit - range_.position;
    if (available < size) return corrupt("the batch is cut short");
    auto bytes = AlignedBytes::read(file_, range_.position, std::min(available, std::max(size, ahead)));
    if (!bytes) return fail(with_context(bytes.error(), at_place(path_, range_.position, "read")));
    buffer_ = std::move(*bytes);
    buffer_at_ = range_.position;
    return {};
  }

  Result<BatchHead> checked_head(std::uint64_t head_bytes) {
    auto head = parse_head(rest().first(static_cast<std::size_t>(head_bytes)));
    if (!head) return corrupt(head.error().message);
    if (head->stream != range_.stream) return corrupt("a batch of another log, topic or partition lies here");
    if (head->first != range_.expected) {
      return corrupt(fmt::format("offset {} where {} must follow", head->first.raw(), range_.expected.raw()));
    }
    head_end_ = head->end();
    return head;
  }

  Result<StoredBatch> batch_here(const BatchExtent& extent) {
    HAUL_TRY(head, checked_head(extent.head_bytes));
    const auto records = parse_body(head, rest().first(extent.batch_bytes).subspan(extent.head_bytes));
    if (!records) return corrupt(records.error().message);
    return stored_batch(head, *records, buffer_.storage());
  }

  [[nodiscard]] tl::unexpected<Error> corrupt(std::string_view what) const {
    return fail(ErrorCode::kCorrupt, at_place(path_, range_.position, what));
  }

  const ReadableFile& file_;
  const Path& path_;
  Range range_;
  Offset head_end_{0};
  AlignedBytes buffer_;
  std::uint64_t buffer_at_ = 0;
  bool is_at_limit_ = false;
};

}  // namespace

Result<std::shared_ptr<const ReadableFile>> Partition::open(Offset segment) const {
  const auto known = std::find_if(open_files_.begin(), open_files_.end(),
                                  [segment](const auto& open) { return open.first == segment; });
  if (known != open_files_.end()) return known->second;
  HAUL_TRY(file, files_.open_for_read(segment_path(place_.directory, segment)));
  if (open_files_.size() == kOpenFilesMax) open_files_.erase(open_files_.begin());
  open_files_.emplace_back(segment, std::move(file));
  return open_files_.back().second;
}

Result<Partition::ReadPlace> Partition::place_of(const Segment& segment, const IndexEntry& entry) const {
  HAUL_TRY(file, open(segment.first));
  return ReadPlace{.file = file,
                   .path = segment_path(place_.directory, segment.first),
                   .position = entry.position,
                   .limit = segment.bytes,
                   .expected = entry.first};
}

Result<std::optional<Partition::ReadPlace>> Partition::find(Offset from) const {
  const std::lock_guard lock(mutex_);
  const auto range = locked_range();
  if (from < range.start || from > range.end) {
    return fail(ErrorCode::kNotFound,
                fmt::format("topic {} partition {} has offsets {} to {}, not {}", place_.topic,
                            place_.id.raw(), range.start.raw(), range.end.raw(), from.raw()));
  }
  if (from == range.end) return std::optional<ReadPlace>();
  const auto segment = std::partition_point(segments_.begin(), segments_.end(),
                                            [from](const Segment& s) { return s.end <= from; });
  const auto after = std::partition_point(segment->index.begin(), segment->index.end(),
                                          [from](const IndexEntry& entry) { return entry.first <= from; });
  HAUL_TRY(place, place_of(*segment, *std::prev(after)));
  return std::optional<ReadPlace>(std::move(place));
}

Result<std::vector<StoredBatch>> Partition::read(Offset from, std::uint64_t bytes_max) const {
  Taken taken;
  while (true) {
    auto place = find(from);
    const bool was_dropped_meanwhile = !place && !taken.batches.empty();
    if (was_dropped_meanwhile) return std::move(taken.batches);
    if (!place) return fail(place.error());
    if (!*place) return std::move(taken.batches);
    const ReadPlace& here = **place;
    BatchRun run(
        *here.file, here.path,
        {.stream = place_.stream, .position = here.position, .limit = here.limit, .expected = here.expected});
    HAUL_TRY_VOID(run.take(from, bytes_max, taken));
    if (!run.is_at_limit() || taken.bytes >= bytes_max) return std::move(taken.batches);
    if (taken.batches.empty()) {
      return fail(ErrorCode::kCorrupt,
                  at_place(here.path, here.limit, fmt::format("offset {} is missing", from.raw())));
    }
    from = taken.batches.back().end();
  }
}

Result<Offset> Partition::offset_at(IngestTime at) const {
  ReadPlace place;
  {
    const std::lock_guard lock(mutex_);
    const auto segment = std::find_if(segments_.begin(), segments_.end(),
                                      [at](const Segment& s) { return !s.is_empty() && s.last_at >= at; });
    if (segment == segments_.end()) return locked_range().end;
    const auto after = std::partition_point(segment->index.begin(), segment->index.end(),
                                            [at](const IndexEntry& entry) { return entry.at < at; });
    if (after == segment->index.begin()) return segment->first;
    HAUL_TRY(found, place_of(*segment, *std::prev(after)));
    place = std::move(found);
  }
  SegmentCursor cursor(*place.file, place.path,
                       {.stream = place_.stream,
                        .position = place.position,
                        .limit = place.limit,
                        .expected = place.expected});
  while (true) {
    HAUL_TRY(head, cursor.next_head());
    if (!head) return cursor.expected();
    if (head->at >= at) return head->first;
    cursor.step_over();
  }
}

}  // namespace haul::eventlog
