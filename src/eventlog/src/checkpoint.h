#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/base/time.h"

// What a partition knew at one offset, so that opening it need not read what came before:
// docs/formats/eventlog.md, section "Checkpoint". Derived from the batches: a lost or damaged checkpoint is
// rebuilt from them.
namespace haul::eventlog {

/// Where a batch begins; one entry for about every 64 KiB of a segment.
struct IndexEntry {
  Offset first;
  IngestTime at;
  std::uint64_t position = 0;
};
inline constexpr std::uint64_t kIndexIntervalBytes = 64ULL << 10;

/// The last batch of one producer.
struct ProducerState {
  std::uint64_t last_position = 0;
  Offset last_offset{0};
  IngestTime last_at;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using ProducerTable = std::unordered_map<std::string, ProducerState, TextHash, std::equal_to<>>;

struct Checkpoint {
  std::uint64_t stream = 0;
  Offset offset{0};           ///< The state is that before the record of this offset.
  Offset segment{0};          ///< The first offset of the segment that ends, or stood, here.
  std::uint64_t covered = 0;  ///< Bytes of that segment before `offset`.
  IngestTime last_at;         ///< Of the last batch before `offset`.
  /// True: the segment is full and one that begins at `offset` exists.
  bool is_sealed = false;
  std::vector<IndexEntry> index;  ///< Of that segment.
  ProducerTable producers;        ///< Of the partition.
};

[[nodiscard]] std::string encode_checkpoint(const Checkpoint& checkpoint);

/// kCorrupt: checksum, version or lengths are wrong.
Result<Checkpoint> parse_checkpoint(std::span<const std::byte> bytes);

/// "00000000000000000042.log" and ".checkpoint": both sort by offset.
[[nodiscard]] Path segment_path(const Path& directory, Offset first);
[[nodiscard]] Path checkpoint_path(const Path& directory, Offset offset);

/// What one file of a partition's directory is.
struct PartitionFile {
  enum class Kind : std::uint8_t { kSegment, kCheckpoint, kForeign };
  Kind kind = Kind::kForeign;
  Offset offset{0};
};
[[nodiscard]] PartitionFile classify(std::string_view file_name);

}  // namespace haul::eventlog
