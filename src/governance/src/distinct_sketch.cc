#include "distinct_sketch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace haul::governance {
namespace {

/// Ertl's sigma: what the registers that no value has reached stand for.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; z != before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/// Ertl's tau: what the registers that are full stand for.
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

void DistinctSketch::merge(const DistinctSketch& other) {
  for (std::size_t i = 0; i < kRegisters; ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
}

double DistinctSketch::estimate() const {
  constexpr std::size_t kHighest = kRestBits + 1;  // the rank of a value whose other bits are all zero
  constexpr auto kCount = static_cast<double>(kRegisters);
  std::array<double, kHighest + 1> of_rank{};
  for (const std::uint8_t rank : registers_) ++of_rank.at(rank);
  double z = kCount * tau(1 - of_rank[kHighest] / kCount);
  for (std::size_t rank = kHighest - 1; rank >= 1; --rank) z = 0.5 * (z + of_rank.at(rank));
  z += kCount * sigma(of_rank[0] / kCount);
  return kCount * kCount / (2 * std::numbers::ln2 * z);
}

std::string_view DistinctSketch::bytes() const {
  return {reinterpret_cast<const char*>(registers_.data()), registers_.size()};  // NOLINT: bytes as bytes
}

Result<DistinctSketch> DistinctSketch::from_bytes(std::string_view bytes) {
  const auto fits = [](char c) { return static_cast<std::uint8_t>(c) <= kRestBits + 1; };
  if (bytes.size() != kRegisters || !std::all_of(bytes.begin(), bytes.end(), fits)) {
    return fail(ErrorCode::kCorrupt, "a distinct sketch has 4,096 registers of at most 53");
  }
  DistinctSketch sketch;
  std::copy(bytes.begin(), bytes.end(), sketch.registers_.begin());
  return sketch;
}

}  // namespace haul::governance
