#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/eventlog/event_log.h"
#include "partition.h"
#include "prepared_batch.h"

namespace haul::eventlog {

/// Appends to one partition: batches are staged, then written by one gathered write and one sync. One thread
/// at a time; readers of the Partition see a batch once it is on the device.
class PartitionWriter {
 public:
  PartitionWriter(FileSystem& files, Partition& partition, std::uint64_t segment_bytes);

  /// Takes a batch into the coming commit and says where it will land; one that the partition has already is
  /// not taken, `repeated` is true. The batch must live until the commit ends. kInvalidInput: its positions
  /// overlap what its producer has sent.  kUnavailable: an earlier commit failed.
  Result<Appended> stage(const PreparedBatch& batch, IngestTime now);

  [[nodiscard]] std::size_t staged() const { return staged_.size(); }
  /// Takes back what was staged beyond the first `count` batches.
  void unstage_to(std::size_t count);

  /// Writes and syncs what is staged. kUnavailable: nothing of it stays, the file is cut back to its durable
  /// bytes so that what failed cannot be taken for durable later. After a failed write (no room) later
  /// commits may succeed; after a failed sync the partition takes nothing more.
  Result<void> commit();

  /// Writes a checkpoint, so that the next open has nothing to read. Best effort after a failed commit:
  /// nothing.
  Result<void> close();

 private:
  struct Staged {
    const PreparedBatch* batch;
    Offset first;
    IngestTime at;
    [[nodiscard]] Offset end() const { return Offset{first.raw() + batch->head.records}; }
  };

  [[nodiscard]] std::optional<std::uint64_t> last_position(std::string_view producer) const;
  Result<void> write_staged();
  Result<void> open_segment(std::uint64_t bytes_to_come);
  Result<void> begin_segment(Offset first);
  Result<void> append_staged(std::uint64_t commit_start);
  void publish_staged(std::uint64_t position);
  void keep_recovery_short();
  /// Keeps the error of a sync: after it nobody knows what is on the device.
  Result<void> checked(Result<void> synced);
  void cut_back(const Error& error);

  FileSystem& files_;
  Partition& partition_;
  std::uint64_t segment_bytes_;
  std::unique_ptr<WritableFile> file_;  // the last segment; nothing until it is needed
  std::optional<Error> poison_;         // the first failed sync

  Partition::Tail tail_;  // as it was when the first batch was staged
  std::vector<Staged> staged_;
  std::unordered_map<std::string_view, std::uint64_t> staged_positions_;
  std::vector<std::byte> heads_;  // kept for their capacity
  std::vector<std::span<const std::byte>> pieces_;
};

}  // namespace haul::eventlog
