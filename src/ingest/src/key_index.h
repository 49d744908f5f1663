#pragma once

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

/// The keys seen so far, with the row of each: an open-addressing table of 128-bit identities, at most 7/8
/// full. Linear probing on the low half: one cache line a lookup. 32 bytes a slot, 48 with versions. One
/// thread.
class KeyIndex {
 public:
  explicit KeyIndex(KeepVersions versions) : keep_versions_(versions == KeepVersions::kYes) {}

  struct Found {
    std::size_t slot;
    bool is_new;
  };
  /// The slot of a key, added where it is new (then its row is all zero). Slots hold until the next insert().
  Found insert(Hash128 key);
  [[nodiscard]] KeyedRow& row(std::size_t slot) { return rows_[slot]; }
  /// Only with KeepVersions::kYes.
  [[nodiscard]] KeyedVersion& version(std::size_t slot) { return versions_[slot]; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grow();

  bool keep_versions_;
  std::vector<Hash128> slots_;
  std::vector<KeyedRow> rows_;
  std::vector<KeyedVersion> versions_;
  std::size_t size_ = 0;
};

}  // namespace haul::ingest
