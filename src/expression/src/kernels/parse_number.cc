#include "parse_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace haul::expression {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// What the digits of one number have come to: whole part (with its sign), fraction, and digits in the
/// fraction.
struct Digits {
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  int fraction_digits = 0;
  bool negative = false;
};

bool add_digit(bool negative, int digit, std::int64_t* whole) {
  return !__builtin_mul_overflow(*whole, std::int64_t{10}, whole) &&
         !__builtin_add_overflow(*whole, negative ? -digit : digit, whole);
}

/// One underscore between digits may be skipped. False: it is not followed by a digit.
bool skip_underscore(std::string_view text, std::size_t* at) {
  if (*at == text.size() || text[*at] != '_') return true;
  return ++*at < text.size() && is_digit(text[*at]);
}

/// Rounds by the first digit of the fraction and brings the number into T.
template <class T>
bool round_into(Digits digits, T* out) {
  if (digits.whole < std::numeric_limits<T>::min() || digits.whole > std::numeric_limits<T>::max())
    return false;
  *out = static_cast<T>(digits.whole);
  while (digits.fraction > 10) {
    digits.fraction /= 10;
    --digits.fraction_digits;
  }
  if (digits.fraction_digits != 1 || digits.fraction < 5) return true;
  return !__builtin_add_overflow(*out, static_cast<T>(digits.negative ? -1 : 1), out);
}

template <class T>
bool apply_exponent(Digits digits, int exponent, T* out) {
  if (exponent < 0) {
    for (int e = exponent; e < 0; ++e) {
      digits.fraction = digits.whole % 10;
      digits.whole /= 10;
      if (digits.whole == 0 && digits.fraction == 0) break;
    }
    digits.fraction = std::abs(digits.fraction);
    digits.fraction_digits = 1;
    return round_into(digits, out);
  }
  for (int e = exponent; digits.whole != 0 && e > 0; --e) {
    if (__builtin_mul_overflow(digits.whole, std::int64_t{10}, &digits.whole)) return false;
  }
  if (digits.fraction == 0) return round_into(digits, out);
  std::int64_t rest = 0;
  int shift = exponent - digits.fraction_digits;
  if (shift < 0) {
    if (-shift <= Limits::digits10) {
      std::int64_t power = 1;
      for (; shift < 0; ++shift) power *= 10;
      rest = digits.fraction % power;
      digits.fraction /= power;
    } else {
      digits.fraction = 0;
    }
  }
  for (; shift > 0; --shift) {
    if (__builtin_mul_overflow(digits.fraction, std::int64_t{10}, &digits.fraction)) return false;
  }
  digits.fraction_digits -= exponent;
  const std::int64_t moved = digits.negative ? -digits.fraction : digits.fraction;
  if (__builtin_add_overflow(digits.whole, moved, &digits.whole)) return false;
  digits.fraction = rest;
  return round_into(digits, out);
}

/// The digits after the point; DuckDB drops those that 64 bits do not hold.
bool read_fraction(std::string_view text, std::size_t* at, Digits* digits) {
  while (*at < text.size() && is_digit(text[*at])) {
    const int digit = text[(*at)++] - '0';
    if (digits->fraction <= (Limits::max() - digit) / 10) {
      ++digits->fraction_digits;
      digits->fraction = digits->fraction * 10 + digit;
    }
    if (!skip_underscore(text, at)) return false;
  }
  return true;
}

bool only_blanks(std::string_view text) { return skip_blanks(text).empty(); }

/// The exponent behind its "e": a sign and digits, as a 16-bit integer.
bool read_exponent(std::string_view text, int* out) {
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  std::size_t at = negative || text.front() == '+' ? 1 : 0;
  const std::size_t start = at;
  int exponent = 0;
  while (at < text.size() && is_digit(text[at])) {
    exponent = exponent * 10 + (text[at++] - '0');
    if (exponent > 32767 + (negative ? 1 : 0) || !skip_underscore(text, &at)) return false;
  }
  *out = negative ? -exponent : exponent;
  if (at < text.size() && text[at] == '.') return false;
  return at > start && only_blanks(text.substr(at));
}

template <class T>
bool parse_decimal_integer(std::string_view text, T* out) {
  Digits digits;
  digits.negative = text.front() == '-';
  std::size_t at = digits.negative || text.front() == '+' ? 1 : 0;
  const std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) {
    if (!add_digit(digits.negative, text[at++] - '0', &digits.whole) || !skip_underscore(text, &at))
      return false;
  }
  if (at < text.size() && text[at] == '.') {
    const bool before = at > start;
    const std::size_t first = ++at;
    if (!read_fraction(text, &at, &digits) || !(before || at > first)) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    int exponent = 0;
    return at > start && read_exponent(text.substr(at + 1), &exponent) &&
           apply_exponent(digits, exponent, out);
  }
  return at > start && only_blanks(text.substr(at)) && round_into(digits, out);
}

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

/// Behind "0x" or "0b": digits and single underscores only, within T.
template <class T>
bool parse_radix(std::string_view text, int radix, T* out) {
  std::int64_t number = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const int digit = digit_value(text[at++]);
    if (digit >= radix || number > (std::numeric_limits<T>::max() - digit) / radix) return false;
    number = number * radix + digit;
    if (at < text.size() && text[at] == '_' && (++at == text.size() || digit_value(text[at]) >= radix))
      return false;
  }
  *out = static_cast<T>(number);
  return at > 0;
}

/// The text without its underscores; empty where one does not stand between digits.
std::string without_underscores(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '_') {
      plain += text[at];
    } else if (at == 0 || at + 1 == text.size() || !is_digit(text[at - 1]) || !is_digit(text[at + 1])) {
      return "";
    }
  }
  return plain;
}

}  // namespace

template <class T>
bool parse_integer(std::string_view text, T* out) {
  text = skip_blanks(text);
  if (text.empty()) return false;
  if (text.size() > 1 && text[0] == '0') {
    if (text[1] == 'x' || text[1] == 'X') return parse_radix(text.substr(2), 16, out);
    if (text[1] == 'b' || text[1] == 'B') return parse_radix(text.substr(2), 2, out);
  }
  return parse_decimal_integer(text, out);
}

template bool parse_integer(std::string_view, std::int8_t*);
template bool parse_integer(std::string_view, std::int16_t*);
template bool parse_integer(std::string_view, std::int32_t*);
template bool parse_integer(std::string_view, std::int64_t*);

template <class T>
bool parse_float(std::string_view text, T* out) {
  text = skip_blanks(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  std::string plain;
  if (text.find('_') != std::string_view::npos) {
    plain = without_underscores(text);
    text = plain;
  }
  if (text.empty()) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  const std::string_view read(text.data(), static_cast<std::size_t>(end - text.data()));
  if (error == std::errc::invalid_argument || read.ends_with(')')) return false;
  if (!only_blanks(text.substr(read.size()))) return false;
  if (error != std::errc::result_out_of_range) return true;
  const bool negative = text.front() == '-';
  const std::size_t mark = read.find_first_of("eE");
  const bool tiny = mark != std::string_view::npos && mark + 1 < read.size() && read[mark + 1] == '-';
  *out = tiny ? T{0} : std::numeric_limits<T>::infinity();
  if (negative) *out = -*out;
  return true;
}

template bool parse_float(std::string_view, float*);
template bool parse_float(std::string_view, double*);

bool parse_boolean(std::string_view text, bool* out) {
  constexpr std::array<std::pair<std::string_view, bool>, 10> kWords{{{"t", true},
                                                                      {"y", true},
                                                                      {"1", true},
                                                                      {"yes", true},
                                                                      {"true", true},
                                                                      {"f", false},
                                                                      {"n", false},
                                                                      {"0", false},
                                                                      {"no", false},
                                                                      {"false", false}}};
  for (const auto& [word, value] : kWords) {
    bool same = word.size() == text.size();
    for (std::size_t i = 0; same && i < word.size(); ++i) {
      const char lower = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
      same = lower == word[i];
    }
    if (same) {
      *out = value;
      return true;
    }
  }
  return false;
}

}  // namespace haul::expression
