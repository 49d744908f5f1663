#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/rng.h"

namespace haul::governance {

/// Where values lie, about: the KLL sketch (Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation
/// in streams", FOCS 2016) with k = 200: the rank of any value is right within 2 % of the count with a
/// probability above 99 %. About 600 numbers, however many were added. Its coins come from a seed, so the
/// same values in the same order give the same sketch on every machine; the order and the division into parts
/// change answers only within that error. merge() is commutative to the bit.
class QuantileSketch {
 public:
  /// `value` is finite.
  void add(double value) {
    levels_[0].push_back(value);
    ++count_;
    if (levels_[0].size() >= kBuffer) compress();
  }
  void merge(const QuantileSketch& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The smallest value that at least `share` (0 to 1) of all values do not exceed, about. NaN where nothing
  /// was added.
  [[nodiscard]] double quantile(double share) const;
  /// The share of values at or below `value`, about; 0 where nothing was added.
  [[nodiscard]] double rank(double value) const;

  [[nodiscard]] std::string encode() const;
  /// kCorrupt: not what encode() gives.
  static Result<QuantileSketch> decode(std::string_view bytes);

 private:
  struct Weighted {
    double value;
    std::uint64_t weight;
  };
  static constexpr std::size_t kWidth = 200;   ///< k of the paper.
  static constexpr std::size_t kBuffer = 512;  ///< Values of weight 1 that wait to be sorted together.

  void compress();
  void halve(std::size_t level);
  [[nodiscard]] std::size_t room(std::size_t level) const;
  [[nodiscard]] std::vector<Weighted> in_order() const;

  std::uint64_t count_ = 0;
  std::uint64_t coins_ = 0x6861756C;  ///< State of the coins.
  /// A value of level n stands for 2^n values.
  std::vector<std::vector<double>> levels_ = std::vector<std::vector<double>>(1);
};

}  // namespace haul::governance
