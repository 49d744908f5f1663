#include "text_values.h"

#include <arrow/util/decimal.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "haul/base/time.h"

namespace haul::ingest {
namespace {

constexpr std::size_t kShownCharacters = 64;
constexpr std::int64_t kMicrosPerMinute = 60'000'000;
constexpr std::int64_t kMicrosPerDay = 1440 * kMicrosPerMinute;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_folded(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

/// std::from_chars also reads "inf" and "nan": a number of ours starts with a digit or a point.
bool starts_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && (is_digit(text.front()) || text.front() == '.');
}

/// Whether a number that no floating-point type holds is too large; it is too near zero otherwise.
bool is_too_large(std::string_view number) {
  const std::size_t mantissa_end = std::min(number.find_first_of("eE"), number.size());
  const std::size_t point = std::min(number.find('.'), mantissa_end);
  const std::size_t first = number.find_first_of("123456789");
  std::int64_t exponent = 0;
  if (mantissa_end < number.size()) {
    std::string_view digits = number.substr(mantissa_end + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error == std::errc::result_out_of_range) return digits.front() != '-';
  }
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent > 0;
}

template <class Float>
bool parse_slowly(std::string_view text, Float* out) {
  if (!starts_number(text)) return false;
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return false;
  if (error == std::errc::result_out_of_range) {  // what is too near zero is zero
    if (is_too_large(text)) return false;
    value = text.front() == '-' ? -Float{0} : Float{0};
  } else if (error != std::errc()) {
    return false;
  }
  *out = value;
  return true;
}

/// Whether a time text carries a zone: a final Z, or a sign behind the date.
bool has_zone(std::string_view text) {
  if (text.empty()) return false;
  constexpr std::size_t kDateLength = 10;
  return lower(text.back()) == 'z' || text.find_first_of("+-", kDateLength) != std::string_view::npos;
}

/// The characters of bytes 0x80 to 0x9F in windows-1252.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

void append_character(std::uint32_t point, std::string& text) {
  if (point < 0x80) {
    text.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    text.push_back(static_cast<char>(0xC0 | (point >> 6)));
    text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    text.push_back(static_cast<char>(0xE0 | (point >> 12)));
    text.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
}

}  // namespace

bool parse_integer(std::string_view text, std::int64_t* out) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const digits = at;
  std::uint64_t value = 0;
  constexpr std::ptrdiff_t kSafeDigits = 18;
  while (at != end && is_digit(*at) && at - digits < kSafeDigits) {
    value = value * 10 + static_cast<std::uint64_t>(*at++ - '0');
  }
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::uint64_t limit = kMax + (negative ? 1 : 0);
  while (at != end && is_digit(*at)) {
    const auto digit = static_cast<std::uint64_t>(*at++ - '0');
    if (value > (limit - digit) / 10) return false;
    value = value * 10 + digit;
  }
  if (at == digits) return false;
  if (at != end) {
    if (*at++ != '.' || at == end) return false;
    if (!std::all_of(at, end, [](char c) { return c == '0'; })) return false;
  }
  *out = static_cast<std::int64_t>(negative ? 0 - value : value);
  return true;
}

bool parse_double(std::string_view text, double* out) {
  // Clinger's fast path: up to 15 digits and a power of ten that a double holds exactly give the nearest
  // double.
  static constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  constexpr std::ptrdiff_t kExactDigits = 15;
  if (at == end || !is_digit(*at) || end - at > kExactDigits + 1) return parse_slowly(text, out);
  std::uint64_t digits = 0;
  while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  std::ptrdiff_t fraction = 0;
  if (at != end) {
    if (*at++ != '.') return parse_slowly(text, out);
    const char* const point = at;
    while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    fraction = at - point;
    if (at != end || fraction == 0) return parse_slowly(text, out);
  } else if (end - text.data() - (negative ? 1 : 0) > kExactDigits) {
    return parse_slowly(text, out);
  }
  const double value = static_cast<double>(digits) / kPowers[fraction];
  *out = negative ? -value : value;
  return true;
}

bool parse_float(std::string_view text, float* out) { return parse_slowly(text, out); }

bool parse_decimal(std::string_view text, std::int32_t precision, std::int32_t scale,
                   arrow::Decimal128* out) {
  if (!starts_number(text)) return false;
  arrow::Decimal128 value;
  std::int32_t text_precision = 0;
  std::int32_t text_scale = 0;
  if (!arrow::Decimal128::FromString(text, &value, &text_precision, &text_scale).ok()) return false;
  const auto rescaled =
      text_scale == scale ? arrow::Result<arrow::Decimal128>(value) : value.Rescale(text_scale, scale);
  if (!rescaled.ok() || !rescaled->FitsInPrecision(precision)) return false;
  *out = *rescaled;
  return true;
}

bool parse_boolean(std::string_view text, bool* out) {
  if (equals_folded(text, "true") || equals_folded(text, "t")) {
    *out = true;
    return true;
  }
  if (equals_folded(text, "false") || equals_folded(text, "f")) {
    *out = false;
    return true;
  }
  return false;
}

bool parse_date(std::string_view text, std::int32_t* out) {
  constexpr std::size_t kDateLength = 10;
  std::int64_t micros = 0;
  if (text.size() != kDateLength || !try_parse_utc(text, &micros)) return false;
  *out = static_cast<std::int32_t>(micros / kMicrosPerDay);  // a midnight: divides without a rest
  return true;
}

bool parse_instant(std::string_view text, std::int64_t offset_micros, std::int64_t* out) {
  std::int64_t micros = 0;
  if (!try_parse_utc(text, &micros)) return false;
  *out = offset_micros == 0 || has_zone(text) ? micros : micros - offset_micros;
  return true;
}

bool parse_local_time(std::string_view text, std::int64_t* out) {
  return !has_zone(text) && try_parse_utc(text, out);
}

bool is_json_number(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto skip_digits = [&] {
    const char* const first = at;
    while (at != end && is_digit(*at)) ++at;
    return at != first;
  };
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0') {
    ++at;
  } else if (!skip_digits()) {
    return false;
  }
  if (at != end && *at == '.') {
    ++at;
    if (!skip_digits()) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!skip_digits()) return false;
  }
  return at == end;
}

Result<Encoding> encoding_named(std::string_view name) {
  for (const auto known : {"utf-8", "utf8"}) {
    if (equals_folded(name, known)) return Encoding::kUtf8;
  }
  for (const auto known : {"latin-1", "latin1", "iso-8859-1"}) {
    if (equals_folded(name, known)) return Encoding::kLatin1;
  }
  for (const auto known : {"windows-1252", "cp1252"}) {
    if (equals_folded(name, known)) return Encoding::kWindows1252;
  }
  return fail(ErrorCode::kInvalidInput,
              fmt::format("unknown encoding {}: use utf-8, latin-1 or windows-1252", quoted_value(name)));
}

void append_as_utf8(std::string_view bytes, Encoding encoding, std::string& text) {
  if (encoding == Encoding::kUtf8) {
    text.append(bytes);
    return;
  }
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    const bool mapped = encoding == Encoding::kWindows1252 && code >= 0x80 && code < 0xA0;
    append_character(mapped ? kWindows1252[code - 0x80] : code, text);
  }
}

Result<std::int64_t> offset_named(std::string_view name) {
  if (name == "UTC" || name == "Z") return 0;
  const auto refused = [name] {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("unknown time offset {}: use UTC or one such as +02:00", quoted_value(name)));
  };
  std::string digits(name);
  std::erase(digits, ':');
  constexpr std::size_t kSignAndDigits = 5;
  if (digits.size() != kSignAndDigits || (digits[0] != '+' && digits[0] != '-')) return refused();
  if (!std::all_of(digits.begin() + 1, digits.end(), is_digit)) return refused();
  const int hours = (digits[1] - '0') * 10 + (digits[2] - '0');
  const int minutes = (digits[3] - '0') * 10 + (digits[4] - '0');
  if (hours > 14 || minutes > 59) return refused();
  const auto micros = (hours * 60 + minutes) * kMicrosPerMinute;
  return digits[0] == '-' ? -micros : micros;
}

std::string quoted_value(std::string_view value) {
  std::string shown = "`";
  std::size_t characters = 0;
  std::size_t at = 0;
  for (; at < value.size() && characters < kShownCharacters; ++characters) {
    std::size_t width = 1;
    const auto lead = static_cast<unsigned char>(value[at]);
    if (lead >= 0xC2) width = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4);
    const std::string_view character = value.substr(at, width);
    const bool is_text =
        lead >= 0x20 && lead != 0x7F && simdjson::validate_utf8(character.data(), character.size());
    shown += is_text ? character : "?";
    at += is_text ? width : 1;
  }
  return shown + (at < value.size() ? "...`" : "`");
}

}  // namespace haul::ingest
