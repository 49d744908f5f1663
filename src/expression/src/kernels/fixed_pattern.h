#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace haul::expression {

/// A regular expression that says of every byte of a text which ones may stand there, and nothing else:
/// "^SH[0-9]{8}$". Most patterns of codes and numbers are of this kind, and need no engine.
class FixedPattern {
 public:
  /// Of a pattern in RE2's syntax, searched for in the text. Nothing where it is not of this kind: without ^
  /// and $, above 64 bytes, or with any sign whose meaning is more than a set of ASCII bytes.
  static std::optional<FixedPattern> of(std::string_view pattern);

  [[nodiscard]] bool matches(std::string_view text) const {
    if (text.size() != length_) return false;
    std::uint64_t fits = ~std::uint64_t{0};
    for (std::size_t at = 0; at < text.size(); ++at) fits &= places_of_[byte(text[at])] >> at;
    return (fits & 1) != 0;
  }

 private:
  static constexpr std::size_t kLengthMax = 64;
  static unsigned char byte(char c) { return static_cast<unsigned char>(c); }

  std::array<std::uint64_t, 256> places_of_{};  // bit i: the byte may stand at place i
  std::size_t length_ = 0;
};

}  // namespace haul::expression
