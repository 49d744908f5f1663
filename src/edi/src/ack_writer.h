#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "haul/base/time.h"
#include "haul/edi/syntax.h"

namespace haul::edi {

/// Writes segments and counts them.
class SegmentWriter {
 public:
  explicit SegmentWriter(const Syntax& syntax) : syntax_(syntax) {}

  /// Elements go out as they are; empty ones at the end are left out.
  void add(std::string_view tag, std::initializer_list<std::string_view> elements);
  /// An ISA keeps all of its elements.
  void add_whole(std::string_view tag, std::initializer_list<std::string_view> elements);
  void append(std::string_view text) { text_ += text; }

  [[nodiscard]] std::uint32_t count() const { return count_; }
  void restart_count() { count_ = 0; }
  [[nodiscard]] const Syntax& syntax() const { return syntax_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  Syntax syntax_;
  std::string text_;
  std::uint32_t count_ = 0;
};

/// "20240131" and "1405", UTC.
struct AckTime {
  explicit AckTime(Micros at);
  std::string date;
  std::string time;
};

/// `text` with the service characters of `syntax` and control characters left out, cut to `most`: a value
/// that goes back to its sender.
[[nodiscard]] std::string safe_value(std::string_view text, const Syntax& syntax, std::size_t most);

}  // namespace haul::edi
