#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul::governance {

/// The sum of doubles and integers without any rounding, so that it does not depend on their order: a number
/// of 70 digits of 32 bits, from 2^-1074 up. About 3 ns an addition.
class ExactSum {
 public:
  /// `value` is finite.
  void add(double value);
  void add(std::int64_t value);
  void merge(const ExactSum& other);
  /// The sum, rounded to the nearest double within one unit of its last place; infinite beyond the largest.
  [[nodiscard]] double value() const;

  [[nodiscard]] std::string encode() const;
  /// kCorrupt: not what encode() gives.
  static Result<ExactSum> decode(std::string_view bytes);

 private:
  static constexpr std::size_t kDigits = 70;
  /// Additions between two normalisations: each moves a digit by less than 2^32, so it stays below 2^63.
  static constexpr std::uint32_t kAdditionsMax = 1U << 30U;

  void add_scaled(bool negative, std::uint64_t mantissa, unsigned bit);
  void normalise();

  /// Digit i counts 2^(32 i - 1074); all but the last are in [0, 2^32) after normalise().
  std::array<std::int64_t, kDigits> digits_{};
  std::uint32_t additions_ = 0;
};

}  // namespace haul::governance
