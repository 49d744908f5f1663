#include "key_index.h"

namespace haul::ingest {
namespace {

constexpr Hash128 kNoKey{};  // an empty slot

}  // namespace

KeyIndex::Found KeyIndex::insert(Hash128 key) {
  if (key == kNoKey) key.low = 1;
  if (size_ * 8 >= slots_.size() * 7) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.low & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == key) return {slot, false};
    if (slots_[slot] == kNoKey) {
      slots_[slot] = key;
      ++size_;
      return {slot, true};
    }
  }
}

void KeyIndex::grow() {
  const std::size_t slots = slots_.empty() ? 1024 : slots_.size() * 2;
  std::vector<Hash128> old_slots(slots);
  std::vector<KeyedRow> old_rows(slots);
  std::vector<KeyedVersion> old_versions(keep_versions_ ? slots : 0);
  old_slots.swap(slots_);
  old_rows.swap(rows_);
  old_versions.swap(versions_);
  const std::size_t mask = slots - 1;
  for (std::size_t old = 0; old < old_slots.size(); ++old) {
    if (old_slots[old] == kNoKey) continue;
    std::size_t slot = old_slots[old].low & mask;
    while (slots_[slot] != kNoKey) slot = (slot + 1) & mask;
    slots_[slot] = old_slots[old];
    rows_[slot] = old_rows[old];
    if (keep_versions_) versions_[slot] = old_versions[old];
  }
}

}  // namespace haul::ingest
