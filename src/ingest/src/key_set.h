#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "haul/base/hash.h"
#include "haul/base/result.h"

namespace haul::ingest {

/// Row by row, the identity of the key that `columns` form: the hash of their values, null being a value of
/// its own. The same values give the same identity whichever batch, file or engine they come from.
/// kInvalidInput: a column is missing or nested.
Result<void> key_identities(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                            std::vector<Hash128>& identities);

/// The keys seen so far: an open-addressing table of 128-bit identities, 16 bytes a slot, at most 7/8 full.
/// Linear probing on the low half: one cache line a lookup. One thread.
class KeySet {
 public:
  /// True where the key is new.
  bool insert(Hash128 key);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grow();

  std::vector<Hash128> slots_;
  std::size_t size_ = 0;
};

}  // namespace haul::ingest
