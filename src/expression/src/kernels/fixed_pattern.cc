#include "fixed_pattern.h"

#include <bitset>

namespace haul::expression {
namespace {

using Bytes = std::bitset<128>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// Printable ASCII that means itself outside brackets.
bool is_plain(char c) {
  constexpr std::string_view kSigns = R"(\.+*?()|[]{}^$)";
  return c >= ' ' && c <= '~' && kSigns.find(c) == std::string_view::npos;
}

Bytes range(char first, char last) {
  Bytes bytes;
  for (int c = first; c <= last; ++c) bytes.set(static_cast<std::size_t>(c));
  return bytes;
}

/// Reads a pattern from its front; each function takes what it understood off it.
class PatternText {
 public:
  explicit PatternText(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// The bytes of one place: a letter, an escape or a class.
  std::optional<Bytes> place() {
    if (take('\\')) return escape();
    if (take('[')) return brackets();
    if (text_.empty() || !is_plain(text_.front())) return std::nullopt;
    const char c = text_.front();
    text_.remove_prefix(1);
    return range(c, c);
  }

  /// How often the place before repeats: "{8}", else once.
  std::optional<std::size_t> repeats() {
    if (!take('{')) return 1;
    std::size_t count = 0;
    std::size_t digits = 0;
    for (; !text_.empty() && is_digit(text_.front()) && digits < 2; ++digits) {
      count = count * 10 + static_cast<std::size_t>(text_.front() - '0');
      text_.remove_prefix(1);
    }
    if (digits == 0 || count == 0 || !take('}')) return std::nullopt;
    return count;
  }

 private:
  /// Behind a backslash: a digit, or a sign that means itself.
  std::optional<Bytes> escape() {
    if (text_.empty()) return std::nullopt;
    const char c = text_.front();
    text_.remove_prefix(1);
    if (c == 'd') return range('0', '9');
    if (c <= ' ' || c > '~' || is_digit(c) || is_letter(c)) return std::nullopt;
    return range(c, c);
  }

  /// Behind "[": single bytes and ranges of digits or letters.
  std::optional<Bytes> brackets() {
    Bytes bytes;
    while (!take(']')) {
      if (take('\\')) {
        const auto escaped = escape();
        if (!escaped) return std::nullopt;
        bytes |= *escaped;
        continue;
      }
      if (text_.size() < 2) return std::nullopt;
      const char first = text_.front();
      if (!is_digit(first) && !is_letter(first) && first != '_' && first != '/' && first != ' ' &&
          first != '.') {
        return std::nullopt;
      }
      text_.remove_prefix(1);
      char last = first;
      if (text_.size() >= 2 && text_[0] == '-' && text_[1] != ']') {
        last = text_[1];
        if (last < first || !(is_digit(last) || is_letter(last))) return std::nullopt;
        text_.remove_prefix(2);
      } else if (text_.size() >= 2 && text_[0] == '-' && text_[1] == ']') {
        bytes |= range('-', '-');
        text_.remove_prefix(1);
      }
      bytes |= range(first, last);
    }
    return bytes.none() ? std::nullopt : std::optional(bytes);
  }

  std::string_view text_;
};

}  // namespace

std::optional<FixedPattern> FixedPattern::of(std::string_view pattern) {
  if (!pattern.starts_with('^') || !pattern.ends_with('$') || pattern.ends_with("\\$")) return std::nullopt;
  if (pattern.size() < 2) return std::nullopt;
  FixedPattern fixed;
  for (PatternText rest(pattern.substr(1, pattern.size() - 2)); !rest.at_end();) {
    const auto bytes = rest.place();
    const auto repeats = bytes ? rest.repeats() : std::nullopt;
    if (!repeats || fixed.length_ + *repeats > kLengthMax) return std::nullopt;
    for (std::size_t again = 0; again < *repeats; ++again, ++fixed.length_) {
      for (std::size_t c = 0; c < bytes->size(); ++c) {
        if (bytes->test(c)) fixed.places_of_.at(c) |= std::uint64_t{1} << fixed.length_;
      }
    }
  }
  return fixed;
}

}  // namespace haul::expression
