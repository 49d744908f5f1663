#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "byte_block.h"

namespace haul::ingest {

/// Small scanners over one JSON value. `at` may be read up to 64 bytes past the end of the row; a scanner may
/// run past the end too, and the caller then drops what it gave.

/// A number of at most 15 digits without an exponent, which a double holds exactly scaled by a power of ten.
struct SimpleNumber {
  std::int64_t digits = 0;  ///< Signed, the point left out.
  int fraction = 0;         ///< Digits behind the point.
  bool negative_zero = false;
};

[[nodiscard]] inline bool is_json_digit(char c) { return c >= '0' && c <= '9'; }

/// The place behind the number; null where there is no number of this simple kind.
[[nodiscard]] inline const char* scan_simple_number(const char* at, SimpleNumber* number) {
  constexpr std::ptrdiff_t kDigitsMax = 15;
  const bool negative = *at == '-';
  if (negative) ++at;
  const char* const first = at;
  std::uint64_t digits = 0;
  while (is_json_digit(*at) && at - first <= kDigitsMax)
    digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  const std::ptrdiff_t whole = at - first;
  if (whole == 0 || (*first == '0' && whole > 1)) return nullptr;
  std::ptrdiff_t fraction = 0;
  if (*at == '.') {
    const char* const point = ++at;
    while (is_json_digit(*at) && at - point <= kDigitsMax) {
      digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    }
    fraction = at - point;
    if (fraction == 0) return nullptr;
  }
  if (whole + fraction > kDigitsMax || *at == 'e' || *at == 'E') return nullptr;
  number->digits = negative ? -static_cast<std::int64_t>(digits) : static_cast<std::int64_t>(digits);
  number->fraction = static_cast<int>(fraction);
  number->negative_zero = negative && digits == 0;
  return at;
}

[[nodiscard]] inline bool is_number_byte(char c) {
  return is_json_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// The place behind the bytes that may belong to a number.
[[nodiscard]] inline const char* scan_number_bytes(const char* at) {
  while (is_number_byte(*at)) ++at;
  return at;
}

/// The closing quote of a plain string, from behind its opening one; null where an escape or a control
/// character comes first. `not_ascii` is set where a byte above 0x7F was passed.
[[nodiscard]] inline const char* scan_plain_string(const char* at, const char* end, bool* not_ascii) {
  std::uint32_t high = 0;
  for (; at < end; at += ByteBlock::kBytes) {
    const ByteBlock block(at);
    const std::uint32_t quotes = block.equal_to('"');
    const std::uint32_t stops = quotes | block.equal_to('\\') | block.control();
    if (stops == 0) {
      high |= block.not_ascii();
      continue;
    }
    const int first = std::countr_zero(stops);
    if (((quotes >> first) & 1U) == 0) return nullptr;
    high |= block.not_ascii() & ((1U << first) - 1);
    *not_ascii = high != 0;
    return at + first;
  }
  return nullptr;
}

[[nodiscard]] inline bool starts_with_null(const char* at) { return std::memcmp(at, "null", 4) == 0; }
[[nodiscard]] inline bool starts_with_true(const char* at) { return std::memcmp(at, "true", 4) == 0; }
[[nodiscard]] inline bool starts_with_false(const char* at) { return std::memcmp(at, "false", 5) == 0; }

/// The place behind a string without escapes, a number, true, false or null that lies before `end`; null
/// otherwise. Strings are checked to be UTF-8, numbers by the grammar of RFC 8259.
[[nodiscard]] const char* skip_scalar(const char* at, const char* end);

}  // namespace haul::ingest
