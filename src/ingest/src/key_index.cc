#include "key_index.h"

#include <utility>

namespace haul::ingest {
namespace {

constexpr Hash128 kNoKey{};  // an empty slot
constexpr std::size_t kFirstSlots = 16;

}  // namespace

KeyIndex::Found KeyIndex::insert(Hash128 key) {
  if (key == kNoKey) key.low = 1;
  const std::size_t number = shard_of(key);
  Shard& shard = shards_[number];
  if (shard.size * 8 >= shard.entries.size() * 7) grow(shard);
  const std::size_t mask = shard.entries.size() - 1;
  for (std::size_t place = key.low & mask;; place = (place + 1) & mask) {
    Entry& entry = shard.entries[place];
    const std::uint64_t slot = (std::uint64_t{number} << kPlaceBits) | place;
    if (entry.key == key) return {slot, false};
    if (entry.key == kNoKey) {
      entry.key = key;
      ++shard.size;
      return {slot, true};
    }
  }
}

std::size_t KeyIndex::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) size += shard.size;
  return size;
}

void KeyIndex::grow(Shard& shard) const {
  const std::size_t slots = shard.entries.empty() ? kFirstSlots : shard.entries.size() * 2;
  const auto old_entries = std::exchange(shard.entries, std::vector<Entry>(slots));
  const auto old_versions =
      std::exchange(shard.versions, std::vector<KeyedVersion>(keep_versions_ ? slots : 0));
  const std::size_t mask = slots - 1;
  for (std::size_t old = 0; old < old_entries.size(); ++old) {
    if (old_entries[old].key == kNoKey) continue;
    std::size_t place = old_entries[old].key.low & mask;
    while (shard.entries[place].key != kNoKey) place = (place + 1) & mask;
    shard.entries[place] = old_entries[old];
    if (keep_versions_) shard.versions[place] = old_versions[old];
  }
}

}  // namespace haul::ingest
