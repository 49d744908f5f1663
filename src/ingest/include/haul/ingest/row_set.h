#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace haul::ingest {

/// Rows of a file or a topic by their number, from 0. Memory: one bit for each row up to the last one in it.
class RowSet {
 public:
  /// True where the row is new.
  bool insert(std::uint64_t row) {
    const std::uint64_t word = row / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    if ((words_[word] & bit) != 0) return false;
    words_[word] |= bit;
    ++size_;
    return true;
  }
  [[nodiscard]] bool contains(std::uint64_t row) const {
    const std::uint64_t word = row / 64;
    return word < words_.size() && (words_[word] >> (row % 64) & 1U) != 0;
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Calls `visit(row)` for every row, ascending.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint64_t word = 0; word < words_.size(); ++word) {
      for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
        visit(word * 64 + static_cast<std::uint64_t>(std::countr_zero(bits)));
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_;
  std::uint64_t size_ = 0;
};

}  // namespace haul::ingest
