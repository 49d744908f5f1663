#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul {

/// A quantity in one unit that converts to nothing; unwrap with value() where a formula needs the number.
template <class Unit>
class Quantity {
 public:
  explicit constexpr Quantity(double value) : value_(value) {}
  [[nodiscard]] constexpr double value() const { return value_; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }

 private:
  double value_;
};
using Metres = Quantity<struct MetresUnit>;
using Kilograms = Quantity<struct KilogramsUnit>;

/// "64MB", "10GB", "512KiB", "100" (bytes): decimal and binary suffixes as written. kInvalidInput otherwise.
Result<std::uint64_t> parse_bytes(std::string_view text);
/// "1.5 MB": decimal units, at most one decimal.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// "336,776".
[[nodiscard]] std::string format_count(std::uint64_t count);

}  // namespace haul
