#include "segment_cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/base/check.h"
#include "haul/base/hash.h"

namespace haul::eventlog {
namespace {

constexpr std::size_t kHeadWindow = 4096;
constexpr std::size_t kBodyWindow = 1 << 20;

/// Reads exactly `into.size()` bytes or says how the file ended. kUnavailable: I/O or a file that shrank.
Result<void> read_fully(const ReadableFile& file, std::uint64_t position, std::span<std::byte> into) {
  HAUL_TRY(bytes, file.read_at(position, into));
  if (bytes == into.size()) return {};
  return fail(ErrorCode::kUnavailable, fmt::format("the file ended {} bytes early", into.size() - bytes));
}

}  // namespace

std::string at_place(const Path& path, std::uint64_t position, std::string_view what) {
  return fmt::format("{} at byte {}: {}", path.string(), position, what);
}

SegmentCursor::SegmentCursor(const ReadableFile& file, Path path, Start start)
    : file_(&file),
      path_(std::move(path)),
      stream_(start.stream),
      position_(start.position),
      limit_(start.limit),
      expected_(start.expected) {
  HAUL_CHECK(start.position <= start.limit, "a walk begins inside the file");
}

tl::unexpected<Error> SegmentCursor::corrupt(const std::string& what) const {
  return fail(ErrorCode::kCorrupt, at_place(path_, position_, what));
}

Result<std::span<const std::byte>> SegmentCursor::window(std::uint64_t position, std::size_t size,
                                                         std::size_t read_ahead) {
  HAUL_CHECK(position + size <= limit_, "reads stay below the limit");
  const bool is_buffered = position >= buffer_at_ && position + size <= buffer_at_ + buffer_.size();
  if (!is_buffered) {
    const std::uint64_t available = limit_ - position;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(available, std::max(size, read_ahead))));
    buffer_at_ = position;
    const auto read = read_fully(*file_, position, buffer_);
    if (!read) {
      buffer_.clear();
      return fail(with_context(read.error(), at_place(path_, position, "read")));
    }
  }
  return std::span<const std::byte>(buffer_).subspan(static_cast<std::size_t>(position - buffer_at_), size);
}

Result<std::optional<BatchHead>> SegmentCursor::next_head() {
  current_.reset();
  if (position_ == limit_) return std::optional<BatchHead>();
  if (limit_ - position_ < kFixedHeadBytes) return corrupt("the head is cut short");

  HAUL_TRY(fixed, window(position_, kFixedHeadBytes, kHeadWindow));
  const auto extent = parse_extent(fixed);
  if (!extent) return corrupt(extent.error().message);
  if (extent->batch_bytes > limit_ - position_) return corrupt("the batch is cut short");

  HAUL_TRY(bytes, window(position_, extent->head_bytes, kHeadWindow));
  const auto head = parse_head(bytes);
  if (!head) return corrupt(head.error().message);
  if (head->stream != stream_) return corrupt("a batch of another log, topic or partition lies here");
  if (head->first != expected_) {
    return corrupt(fmt::format("offset {} where {} must follow", head->first.raw(), expected_.raw()));
  }
  if (head->commit_start > position_) return corrupt("the batch claims to be of a later commit");
  current_ = *head;
  return current_;
}

Result<void> SegmentCursor::verify_body() {
  HAUL_CHECK(current_.has_value(), "a head was returned");
  const std::uint32_t stored_crc = current_->body_crc;
  const std::uint64_t end = position_ + current_->batch_bytes();
  std::uint32_t crc = crc32c({});
  for (std::uint64_t at = position_ + current_->head_bytes(); at < end;) {
    const std::uint64_t buffered_end = buffer_at_ + buffer_.size();
    const std::uint64_t piece_end =
        at >= buffer_at_ && at < buffered_end ? std::min(end, buffered_end) : std::min(end, at + kBodyWindow);
    HAUL_TRY(piece, window(at, static_cast<std::size_t>(piece_end - at), kBodyWindow));
    crc = extend_crc32c(crc, piece);
    at = piece_end;
  }
  if (crc != stored_crc) return corrupt("the body fails its checksum");
  return {};
}

void SegmentCursor::step_over() {
  HAUL_CHECK(current_.has_value(), "a head was returned");
  position_ += current_->batch_bytes();
  expected_ = current_->end();
  current_.reset();
}

Result<bool> is_damage_in_durable_bytes(const ReadableFile& file, std::uint64_t stream,
                                        std::uint64_t position, Offset expected) {
  const std::uint64_t size = file.size();
  std::vector<std::byte> buffer;
  for (std::uint64_t at = position / kBatchAlignment * kBatchAlignment; at < size; at += kBodyWindow) {
    // Each window reads one longest head beyond its last start, so that no head falls between two windows.
    buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kBodyWindow + kHeadBytesMax)));
    HAUL_TRY_VOID(read_fully(file, at, buffer));
    const std::span<const std::byte> bytes(buffer);
    for (std::size_t start = 0; start < kBodyWindow && start + kFixedHeadBytes <= bytes.size();
         start += kBatchAlignment) {
      const auto candidate = bytes.subspan(start);
      if (!begins_a_batch(candidate)) continue;
      const auto extent = parse_extent(candidate);
      if (!extent || extent->head_bytes > candidate.size()) continue;
      const auto head_bytes = candidate.first(extent->head_bytes);
      if (!is_head_intact(head_bytes)) continue;
      const auto head = parse_head(head_bytes);
      const bool belongs_here = head && head->stream == stream;
      // A whole head at the place of damage is not torn: it is of a newer format, another stream or out of
      // order.
      if (at + start == position && (!belongs_here || head->first != expected)) return true;
      if (belongs_here && head->commit_start > position) return true;
    }
  }
  return false;
}

}  // namespace haul::eventlog
