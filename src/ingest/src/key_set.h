#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "haul/base/hash.h"

namespace haul::ingest {

/// The keys seen so far: an open-addressing table of 128-bit identities, 16 bytes a slot, at most 7/8 full.
/// Linear probing on the low half: one cache line a lookup. One thread.
class KeySet {
 public:
  /// True where the key is new.
  bool insert(Hash128 key);
  [[nodiscard]] bool contains(Hash128 key) const;
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Brings the cache line nearer that insert() or contains() will read.
  void prefetch(Hash128 key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[key.low & (slots_.size() - 1)], 1);
  }
  /// The next new key makes the table grow to grown_bytes(); the old one stays until its keys are copied.
  [[nodiscard]] bool is_full() const { return size_ * 8 >= slots_.size() * 7; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return slots_.size() * sizeof(Hash128); }
  [[nodiscard]] std::uint64_t grown_bytes() const;

  /// Calls `visit(key)` for every key, in no order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Hash128& slot : slots_) {
      if (slot != Hash128{}) visit(slot);
    }
  }

 private:
  void grow();

  std::vector<Hash128> slots_;  // all zero: empty
  std::size_t size_ = 0;
};

}  // namespace haul::ingest
