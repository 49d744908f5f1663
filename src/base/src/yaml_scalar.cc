#include "yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace haul {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view without_sign(std::string_view text) {
  return !text.empty() && (text.front() == '-' || text.front() == '+') ? text.substr(1) : text;
}

/// The base that a prefix of the core schema announces: 8, 16 or 10.
int base_of(std::string_view text) {
  if (text.starts_with("0o")) return 8;
  if (text.starts_with("0x")) return 16;
  return 10;
}

bool is_integer(std::string_view text) {
  switch (base_of(text)) {
    case 8:
      return text.size() > 2 && text.find_first_not_of("01234567", 2) == std::string_view::npos;
    case 16:
      return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
    default:
      return all_digits(without_sign(text));
  }
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  text = without_sign(text);
  const auto exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  if (exponent_at != std::string_view::npos && !all_digits(without_sign(text.substr(exponent_at + 1))))
    return false;
  const auto point = mantissa.find('.');
  if (point == std::string_view::npos) return all_digits(mantissa);
  const std::string_view whole = mantissa.substr(0, point);
  const std::string_view fraction = mantissa.substr(point + 1);
  return (all_digits(whole) && (fraction.empty() || all_digits(fraction))) ||
         (whole.empty() && all_digits(fraction));
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_not_finite(std::string_view text) {
  return is_one_of(without_sign(text), {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"});
}

}  // namespace

std::optional<YamlNode::ScalarType> type_of_plain(std::string_view text) {
  using Type = YamlNode::ScalarType;
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return std::nullopt;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return Type::kBoolean;
  if (is_integer(text)) return Type::kInteger;
  if (is_decimal(text) || is_not_finite(text)) return Type::kNumber;
  return Type::kText;
}

std::optional<std::int64_t> read_integer(std::string_view text) {
  const int base = base_of(text);
  std::string_view digits = base == 10 ? text : text.substr(2);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (problem != std::errc{} || rest != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> read_number(std::string_view text) {
  if (base_of(text) != 10) {
    const auto whole = read_integer(text);
    return whole ? std::optional<double>(static_cast<double>(*whole)) : std::nullopt;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read_whole = rest == text.data() + text.size();
  if (!read_whole || !std::isfinite(value)) return std::nullopt;
  if (problem == std::errc::result_out_of_range) {
    // Too small is zero; too large is refused. from_chars does not tell them apart.
    const auto exponent = text.find_first_of("eE");
    const bool small = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    return small ? std::optional<double>(0) : std::nullopt;
  }
  return value;
}

std::string json_number(std::string_view text) {
  if (is_integer(text)) {
    if (const auto whole = read_integer(text)) return std::to_string(*whole);
  }
  const auto number = read_number(text);
  return number ? fmt::format("{}", *number) : "null";
}

}  // namespace haul
