#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "haul/base/hash.h"
#include "haul/ingest/key_identities.h"

namespace haul::ingest {

/// What is known of the row that stands for a key.
struct KeyedRow {
  std::uint64_t content = 0;  ///< As content_hashes(); 0: not read yet.
  std::uint64_t source = 0;   ///< Its partition and offset, see SourcePlace.
};

/// The same for tables whose rows have versions.
struct KeyedVersion {
  std::int64_t version = 0;
  std::uint64_t place = 0;  ///< Where silver has the row, see SilverPlace.
};

/// Partition and offset in 64 bits: 16 for the one, 48 for the other.
struct SourcePlace {
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  static constexpr int kOffsetBits = 48;
  [[nodiscard]] std::uint64_t packed() const {
    return (static_cast<std::uint64_t>(partition) << kOffsetBits) | static_cast<std::uint64_t>(offset);
  }
  static SourcePlace unpacked(std::uint64_t bits) {
    constexpr std::uint64_t kOffsets = (std::uint64_t{1} << kOffsetBits) - 1;
    return {static_cast<std::int32_t>(bits >> kOffsetBits), static_cast<std::int64_t>(bits & kOffsets)};
  }
};

enum class KeepVersions : std::uint8_t { kNo, kYes };

/// The keys seen so far, with the row of each: open addressing with linear probing, at most 7/8 full, in
/// shards that grow one by one, so that growing never holds two copies of everything. One cache line a
/// lookup; prefetch() hides its miss. 32 bytes a slot, 48 with versions. One thread.
class KeyIndex {
 public:
  explicit KeyIndex(KeepVersions versions) : keep_versions_(versions == KeepVersions::kYes) {}

  struct Found {
    std::uint64_t slot;
    bool is_new;
  };
  /// The slot of a key, added where it is new (then its row is all zero). Slots hold until the next insert().
  Found insert(Hash128 key);
  /// Asks for the memory of a key that is looked for soon.
  void prefetch(Hash128 key) const {
    const Shard& shard = shards_[shard_of(key)];
    if (!shard.entries.empty()) __builtin_prefetch(&shard.entries[key.low & (shard.entries.size() - 1)]);
  }
  [[nodiscard]] KeyedRow& row(std::uint64_t slot) {
    return shards_[slot >> kPlaceBits].entries[slot & kPlaceMask].row;
  }
  /// Only with KeepVersions::kYes.
  [[nodiscard]] KeyedVersion& version(std::uint64_t slot) {
    return shards_[slot >> kPlaceBits].versions[slot & kPlaceMask];
  }
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 64;
  static constexpr int kPlaceBits = 48;
  static constexpr std::uint64_t kPlaceMask = (std::uint64_t{1} << kPlaceBits) - 1;

  struct Entry {
    Hash128 key;
    KeyedRow row;
  };
  struct Shard {
    std::vector<Entry> entries;  // as many as a power of two
    std::vector<KeyedVersion> versions;
    std::size_t size = 0;
  };

  static std::size_t shard_of(Hash128 key) { return key.high % kShards; }
  void grow(Shard& shard) const;

  bool keep_versions_;
  std::array<Shard, kShards> shards_;
};

}  // namespace haul::ingest
