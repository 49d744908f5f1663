#include "key_set.h"

namespace haul::ingest {
namespace {

constexpr Hash128 kNoKey{};  // an empty slot
constexpr std::size_t kFirstSlots = 64;

}  // namespace

bool KeySet::insert(Hash128 key) {
  if (key == kNoKey) key.low = 1;
  if (is_full()) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.low & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == key) return false;
    if (slots_[slot] == kNoKey) {
      slots_[slot] = key;
      ++size_;
      return true;
    }
  }
}

bool KeySet::contains(Hash128 key) const {
  if (slots_.empty()) return false;
  if (key == kNoKey) key.low = 1;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.low & mask; slots_[slot] != kNoKey; slot = (slot + 1) & mask) {
    if (slots_[slot] == key) return true;
  }
  return false;
}

std::uint64_t KeySet::grown_bytes() const {
  return (slots_.empty() ? kFirstSlots : slots_.size() * 2) * sizeof(Hash128);
}

void KeySet::grow() {
  std::vector<Hash128> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Hash128& key : old) {
    if (key == kNoKey) continue;
    std::size_t slot = key.low & mask;
    while (slots_[slot] != kNoKey) slot = (slot + 1) & mask;
    slots_[slot] = key;
  }
}

}  // namespace haul::ingest
