#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// UTF-8 by code point, for text that is valid (as every utf8 column is).
namespace haul::expression {

/// True for the first byte of a code point.
[[nodiscard]] constexpr bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

[[nodiscard]] inline std::int64_t count_characters(std::string_view text) {
  std::int64_t count = 0;
  for (const char byte : text) count += starts_character(byte);
  return count;
}

/// The code point at `*at`, which moves behind it. A cut sequence ends at the end of the text.
[[nodiscard]] inline std::int32_t next_character(std::string_view text, std::size_t* at) {
  const auto lead = static_cast<unsigned char>(text[(*at)++]);
  if (lead < 0x80) return lead;
  std::int32_t code = lead >= 0xf0 ? lead & 0x07 : (lead >= 0xe0 ? lead & 0x0f : lead & 0x1f);
  while (*at < text.size() && !starts_character(text[*at])) {
    code = (code << 6) | (static_cast<unsigned char>(text[(*at)++]) & 0x3f);
  }
  return code;
}

inline void append_character(std::int32_t code, std::string* out) {
  const auto tail = [&](int shift) { *out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xe0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    *out += static_cast<char>(0xf0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace haul::expression
