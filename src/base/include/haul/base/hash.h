#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace haul {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), hardware where the CPU has it; above 10 GB/s.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes);
/// CRC of a ++ b from the CRC of a and the bytes of b.
[[nodiscard]] std::uint32_t extend_crc32c(std::uint32_t crc, std::span<const std::byte> bytes);

/// XXH3 64-bit: for partitioning and tables in memory. Stable across machines and versions: it decides which
/// partition a key lives in.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes);

/// XXH3 128-bit: identity of a key where a collision would drop a row (2^-64 at 2^32 keys).
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
  friend bool operator==(const Hash128& a, const Hash128& b) { return a.low == b.low && a.high == b.high; }
};
[[nodiscard]] Hash128 hash128(std::string_view bytes);

/// SHA-256 of a stream: identity of files. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::span<const std::byte> bytes);
  /// Lower-case hexadecimal, 64 characters. The object is used up.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haul
