#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace haul::governance {

/// 64 bits, lowest byte first.
inline void append_number(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) {
    out.push_back(static_cast<char>(number & 0xFFU));
    number >>= 8U;
  }
}

/// Reads what append_number() wrote; 0 beyond the end, which at_end() then denies.
class NumberReader {
 public:
  explicit NumberReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t next() {
    if (bytes_.size() < at_ + 8) {
      cut_ = true;
      return 0;
    }
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) number = (number << 8U) | static_cast<std::uint8_t>(bytes_[at_ + i]);
    at_ += 8;
    return number;
  }
  /// The next `size` bytes; empty beyond the end.
  std::string_view bytes(std::uint64_t size) {
    if (size > bytes_.size() - at_) {
      cut_ = true;
      return {};
    }
    const std::string_view out = bytes_.substr(at_, size);
    at_ += size;
    return out;
  }
  /// Whole numbers that are left.
  [[nodiscard]] std::uint64_t left() const { return (bytes_.size() - at_) / 8; }
  [[nodiscard]] bool at_end() const { return !cut_ && at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool cut_ = false;
};

}  // namespace haul::governance
