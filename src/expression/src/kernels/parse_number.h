#pragma once

#include <cstdint>
#include <string_view>

namespace haul::expression {

/// DuckDB's reading of an integer in text: spaces around it, a sign, underscores between digits, 0x and 0b, a
/// fraction (rounded) and an exponent. False: no such number, or outside T. T: std::int8_t to std::int64_t.
template <class T>
[[nodiscard]] bool parse_integer(std::string_view text, T* out);

/// DuckDB's reading of a floating-point number: also "inf", "nan" in any case. T: float, double.
template <class T>
[[nodiscard]] bool parse_float(std::string_view text, T* out);

/// "t", "true", "yes", "y", "1" and their opposites, in any case.
[[nodiscard]] bool parse_boolean(std::string_view text, bool* out);

/// Space, tab, line feed, vertical tab, form feed, carriage return.
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace haul::expression
