#pragma once

#include <cstdint>
#include <string>

namespace haul {

/// Port: random numbers. Thread-safe in the system implementation; a seeded one belongs to one thread.
class Rng {
 public:
  virtual ~Rng() = default;
  /// Uniform over all 64-bit values.
  virtual std::uint64_t next() = 0;
};

/// A seeded generator (SplitMix64): the same seed gives the same numbers on every machine.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

/// Uniform over [0, bound). `bound` > 0.
[[nodiscard]] std::uint64_t below(Rng& rng, std::uint64_t bound);

/// A version-4 UUID in its 36-character form.
[[nodiscard]] std::string new_uuid(Rng& rng);

}  // namespace haul
