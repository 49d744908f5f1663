#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace haul::ingest {

/// Sixteen bytes looked at together: bit i of a mask answers for byte i. SSE2 where the machine has it (all
/// x86-64), plain loops elsewhere.
class ByteBlock {
 public:
  static constexpr std::size_t kBytes = 16;

#if defined(__SSE2__)
  explicit ByteBlock(const char* bytes) : bytes_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))) {}

  [[nodiscard]] std::uint32_t equal_to(char byte) const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes_, _mm_set1_epi8(byte))));
  }
  [[nodiscard]] std::uint32_t same_as(const ByteBlock& other) const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes_, other.bytes_)));
  }
  [[nodiscard]] std::uint32_t control() const {  // bytes below 0x20
    const auto limit = _mm_set1_epi8(0x1F);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes_, limit), bytes_)));
  }
  [[nodiscard]] std::uint32_t not_ascii() const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes_));
  }
  void store(char* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes_); }

 private:
  __m128i bytes_;
#else
  explicit ByteBlock(const char* bytes) { __builtin_memcpy(bytes_, bytes, kBytes); }

  [[nodiscard]] std::uint32_t equal_to(char byte) const {
    return mask([byte](unsigned char c) { return c == static_cast<unsigned char>(byte); });
  }
  [[nodiscard]] std::uint32_t same_as(const ByteBlock& other) const {
    std::uint32_t bits = 0;
    for (std::size_t at = 0; at < kBytes; ++at) bits |= std::uint32_t{bytes_[at] == other.bytes_[at]} << at;
    return bits;
  }
  [[nodiscard]] std::uint32_t control() const {
    return mask([](unsigned char c) { return c < 0x20; });
  }
  [[nodiscard]] std::uint32_t not_ascii() const {
    return mask([](unsigned char c) { return c >= 0x80; });
  }
  void store(char* to) const { __builtin_memcpy(to, bytes_, kBytes); }

 private:
  template <class Condition>
  [[nodiscard]] std::uint32_t mask(Condition condition) const {
    std::uint32_t bits = 0;
    for (std::size_t index = 0; index < kBytes; ++index)
      bits |= std::uint32_t{condition(bytes_[index])} << index;
    return bits;
  }
  unsigned char bytes_[kBytes];
#endif
};

}  // namespace haul::ingest
