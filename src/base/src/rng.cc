#include "haul/base/rng.h"

#include <fmt/format.h>

#include "haul/base/check.h"

namespace haul {

std::uint64_t SeededRng::next() {
  // SplitMix64 (Steele, Lea, Flood 2014): passes BigCrush, any seed is good.
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::uint64_t below(Rng& rng, std::uint64_t bound) {
  HAUL_CHECK(bound > 0, "a range has at least one number");
  const std::uint64_t unfair =
      (0 - bound) % bound;  // 2^64 mod bound: draws below it would favour small results
  std::uint64_t draw = rng.next();
  while (draw < unfair) draw = rng.next();
  return draw % bound;
}

std::string new_uuid(Rng& rng) {
  const std::uint64_t high = (rng.next() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;             // version 4
  const std::uint64_t low = (rng.next() & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;  // RFC 4122 variant
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

}  // namespace haul
