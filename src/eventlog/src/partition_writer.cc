#include "partition_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/base/check.h"

namespace haul::eventlog {
namespace {

/// Recovery after a crash verifies at most this share of a segment: 64 MiB of 256.
constexpr std::uint64_t kCheckpointsPerSegment = 4;

}  // namespace

PartitionWriter::PartitionWriter(FileSystem& files, Partition& partition, std::uint64_t segment_bytes)
    : files_(files), partition_(partition), segment_bytes_(segment_bytes) {}

std::optional<std::uint64_t> PartitionWriter::last_position(std::string_view producer) const {
  const auto staged = staged_positions_.find(producer);
  if (staged != staged_positions_.end()) return staged->second;
  return partition_.last_position(producer);
}

Result<Appended> PartitionWriter::stage(const PreparedBatch& batch, IngestTime now) {
  const auto& place = partition_.place();
  if (poison_) {
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("topic {} partition {} takes nothing more until the log is opened again, since: {}",
                    place.topic, place.id.raw(), poison_->message));
  }
  if (staged_.empty()) tail_ = partition_.tail();
  const Offset end = staged_.empty() ? tail_.end : staged_.back().end();
  const IngestTime at = std::max(now, tail_.last_at);

  const auto last = last_position(batch.head.producer);
  if (last && batch.head.last_position <= *last) return Appended{end, end, at, true};
  if (last && batch.head.first_position <= *last) {
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("topic {} partition {} has positions up to {} of producer '{}': a batch of {} to {} "
                    "overlaps them without being a repeat",
                    place.topic, place.id.raw(), *last, batch.head.producer, batch.head.first_position,
                    batch.head.last_position));
  }
  staged_.push_back({&batch, end, at});
  staged_positions_[batch.head.producer] = batch.head.last_position;
  return Appended{end, staged_.back().end(), at, false};
}

void PartitionWriter::unstage_to(std::size_t count) {
  HAUL_CHECK(count <= staged_.size(), "only what was staged is taken back");
  if (count == staged_.size()) return;
  staged_.erase(staged_.begin() + static_cast<std::ptrdiff_t>(count), staged_.end());
  staged_positions_.clear();
  for (const auto& staged : staged_)
    staged_positions_[staged.batch->head.producer] = staged.batch->head.last_position;
}

Result<void> PartitionWriter::commit() {
  if (staged_.empty()) return {};
  auto written = write_staged();
  if (written) {
    keep_recovery_short();
  } else {
    cut_back(written.error());
  }
  staged_.clear();
  staged_positions_.clear();
  return written;
}

Result<void> PartitionWriter::write_staged() {
  std::uint64_t bytes = 0;
  for (const auto& staged : staged_) bytes += staged.batch->head.batch_bytes();
  HAUL_TRY_VOID(open_segment(bytes));
  const std::uint64_t commit_start = file_->size();
  HAUL_CHECK(commit_start == partition_.tail().bytes, "everything before a commit is durable");
  HAUL_TRY_VOID(append_staged(commit_start));
  HAUL_TRY_VOID(checked(file_->sync()));
  publish_staged(commit_start);
  return {};
}

Result<void> PartitionWriter::checked(Result<void> synced) {
  if (!synced) poison_ = synced.error();
  return synced;
}

Result<void> PartitionWriter::open_segment(std::uint64_t bytes_to_come) {
  if (!tail_.segment) return begin_segment(Offset{0});
  const bool is_full = tail_.bytes > 0 && tail_.bytes + bytes_to_come > segment_bytes_;
  if (is_full) {
    Checkpoint checkpoint = partition_.checkpoint();
    checkpoint.is_sealed = true;
    HAUL_TRY_VOID(begin_segment(tail_.end));
    return partition_.write_checkpoint(std::move(checkpoint));
  }
  if (file_) return {};
  HAUL_TRY(file, files_.open_for_write(segment_path(partition_.place().directory, *tail_.segment),
                                       OpenMode::kAppend));
  file_ = std::move(file);
  return {};
}

Result<void> PartitionWriter::begin_segment(Offset first) {
  const Path& directory = partition_.place().directory;
  file_.reset();
  HAUL_TRY(file, files_.open_for_write(segment_path(directory, first), OpenMode::kCreateNew));
  HAUL_TRY_VOID(checked(files_.sync_directory(directory)));
  file_ = std::move(file);
  partition_.add_segment(first);
  return {};
}

Result<void> PartitionWriter::append_staged(std::uint64_t commit_start) {
  std::size_t head_bytes = 0;
  for (const auto& staged : staged_) head_bytes += static_cast<std::size_t>(staged.batch->head.head_bytes());
  heads_.resize(head_bytes);
  pieces_.clear();
  std::span<std::byte> room(heads_);
  for (const auto& staged : staged_) {
    BatchHead head = staged.batch->head;
    head.stream = partition_.place().stream;
    head.first = staged.first;
    head.at = staged.at;
    head.commit_start = commit_start;
    encode_head(head, room);
    const BodyPieces& body = staged.batch->body;
    const auto encoded = room.first(static_cast<std::size_t>(head.head_bytes()));
    for (const std::span<const std::byte> piece :
         {std::span<const std::byte>(encoded), body.ends, body.ends_padding, body.data, body.data_padding}) {
      if (!piece.empty()) pieces_.push_back(piece);
    }
    room = room.subspan(encoded.size());
  }
  return file_->append_all(pieces_);
}

void PartitionWriter::publish_staged(std::uint64_t position) {
  std::vector<Partition::Published> published;
  published.reserve(staged_.size());
  for (const auto& staged : staged_) {
    const BatchHead& head = staged.batch->head;
    const BatchPlace place{.first = staged.first,
                           .end = staged.end(),
                           .at = staged.at,
                           .position = position,
                           .bytes = head.batch_bytes()};
    published.push_back({place, head.producer, head.last_position});
    position += head.batch_bytes();
  }
  partition_.publish(published);
}

void PartitionWriter::cut_back(const Error& error) {
  file_.reset();
  const auto tail = partition_.tail();
  if (!tail.segment) return;
  // What a failed write left was never acknowledged. After a failed sync the kernel may even hold the lost
  // bytes as clean pages: the next open would find them, and its own sync would succeed without writing them.
  // Where they cannot be cut off, nothing may follow them; the error to report is still the first one.
  const auto cut = files_.truncate(segment_path(partition_.place().directory, *tail.segment), tail.bytes);
  if (cut) return;
  if (!poison_) poison_ = error;
  poison_->message += "; " + cut.error().message;
}

void PartitionWriter::keep_recovery_short() {
  const auto tail = partition_.tail();
  if (tail.bytes - tail.checkpointed < segment_bytes_ / kCheckpointsPerSegment) return;
  // The batches are durable whatever becomes of it; where it fails, the next commit tries again.
  static_cast<void>(partition_.write_checkpoint(partition_.checkpoint()));
}

Result<void> PartitionWriter::close() {
  HAUL_CHECK(staged_.empty(), "no append is under way");
  const auto tail = partition_.tail();
  if (poison_ || tail.bytes == tail.checkpointed) return {};
  return partition_.write_checkpoint(partition_.checkpoint());
}

}  // namespace haul::eventlog
