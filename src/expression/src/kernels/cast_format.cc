// Casts to VARCHAR: numbers in their shortest form that reads back as the same number, dates and times in ISO
// 8601 with " (BC)" behind the date in years before 1.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "../allow_list.h"
#include "../row_loops.h"
#include "civil_time.h"
#include "decimal_math.h"

namespace haul::expression {
namespace {

template <class T>
Value format_integer(const Call& call) {
  return map_text<T>(call, [](T number, std::string* out) {
    const fmt::format_int digits(number);
    out->append(digits.data(), digits.size());
    return Outcome::kValue;
  });
}

Value format_boolean(const Call& call) {
  return map_text<bool>(call, [](bool value, std::string* out) {
    out->append(value ? "true" : "false");
    return Outcome::kValue;
  });
}

/// The digits of "d.ddde±xx" with the point where the exponent has it.
void place_point(std::string_view digits, int exponent, std::string* out) {
  const auto count = static_cast<int>(digits.size());
  if (exponent < 0) {
    out->append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  } else if (exponent + 1 >= count) {
    out->append(digits).append(static_cast<std::size_t>(exponent + 1 - count), '0').append(".0");
  } else {
    const auto point = static_cast<std::size_t>(exponent + 1);
    out->append(digits.substr(0, point)).append(".").append(digits.substr(point));
  }
}

template <class T>
void append_float(T number, std::string* out) {
  if (std::signbit(number)) *out += '-';
  if (!std::isfinite(number)) {
    out->append(std::isnan(number) ? "nan" : "inf");
    return;
  }
  char buffer[48];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), std::fabs(number), std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t mark = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(mark + 1)).c_str());
  std::string digits(1, text[0]);
  if (mark > 2) digits += text.substr(2, mark - 2);
  if (exponent >= -4 && exponent < 16) {
    place_point(digits, exponent, out);
    return;
  }
  *out += digits[0];
  if (digits.size() > 1) out->append(".").append(digits, 1);
  fmt::format_to(std::back_inserter(*out), "e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
}

template <class T>
Value format_float(const Call& call) {
  return map_text<T>(call, [](T number, std::string* out) {
    append_float(number, out);
    return Outcome::kValue;
  });
}

std::string digits_of(Int128 number) {
  std::string reversed;
  for (; number != 0; number /= 10) reversed += static_cast<char>('0' + static_cast<int>(number % 10));
  return {reversed.rbegin(), reversed.rend()};
}

Value format_decimal(const Call& call) {
  const SqlType type = call.args[0].type;
  return map_text<Int128>(call, [type](Int128 number, std::string* out) {
    if (number < 0) *out += '-';
    std::string digits = digits_of(number < 0 ? -number : number);
    const std::size_t whole = type.width > type.scale ? 1 : 0;
    if (digits.size() < type.scale + whole) digits.insert(0, type.scale + whole - digits.size(), '0');
    const std::size_t point = digits.size() - type.scale;
    out->append(digits, 0, point);
    if (type.scale > 0) out->append(".").append(digits, point);
    return Outcome::kValue;
  });
}

void append_date(std::int32_t date, std::string* out) {
  if (!is_finite(date)) {
    out->append(date > 0 ? "infinity" : "-infinity");
    return;
  }
  const Civil civil = civil_of(date);
  const int year = civil.year > 0 ? civil.year : 1 - civil.year;
  fmt::format_to(std::back_inserter(*out), "{:04}-{:02}-{:02}", year, civil.month, civil.day);
}

void append_era(std::int32_t date, std::string* out) {
  if (is_finite(date) && civil_of(date).year <= 0) out->append(" (BC)");
}

Value format_date(const Call& call) {
  return map_text<std::int32_t>(call, [](std::int32_t date, std::string* out) {
    append_date(date, out);
    append_era(date, out);
    return Outcome::kValue;
  });
}

void append_clock(std::int64_t micros, std::string* out) {
  const std::int64_t fraction = micros % kMicrosPerSecond;
  fmt::format_to(std::back_inserter(*out), "{:02}:{:02}:{:02}", micros / kMicrosPerHour,
                 micros % kMicrosPerHour / kMicrosPerMinute, micros % kMicrosPerMinute / kMicrosPerSecond);
  if (fraction == 0) return;
  fmt::format_to(std::back_inserter(*out), ".{:06}", fraction);
  out->erase(out->find_last_not_of('0') + 1);
}

template <Zoned zoned>
Value format_time(const Call& call) {
  return map_text<std::int64_t>(call, [](std::int64_t time, std::string* out) {
    std::int32_t date = to_date(time);
    std::int64_t clock = 0;
    if (!in_calendar<zoned>(time)) return Outcome::kFailed;
    if (is_finite(time) && !split(time, &date, &clock)) return Outcome::kFailed;
    append_date(date, out);
    append_era(date, out);
    if (!is_finite(time)) return Outcome::kValue;
    *out += ' ';
    append_clock(clock, out);
    if (zoned == Zoned::kUtc) out->append("+00");
    return Outcome::kValue;
  });
}

}  // namespace

void add_format_casts(AllowList& list) {
  const TypeId text = TypeId::kVarchar;
  list.add_cast(TypeId::kBoolean, text, format_boolean);
  list.add_cast(TypeId::kTinyInt, text, format_integer<std::int8_t>);
  list.add_cast(TypeId::kSmallInt, text, format_integer<std::int16_t>);
  list.add_cast(TypeId::kInteger, text, format_integer<std::int32_t>);
  list.add_cast(TypeId::kBigInt, text, format_integer<std::int64_t>);
  list.add_cast(TypeId::kFloat, text, format_float<float>);
  list.add_cast(TypeId::kDouble, text, format_float<double>);
  list.add_cast(TypeId::kDecimal, text, format_decimal);
  list.add_cast(TypeId::kDate, text, format_date);
  list.add_cast(TypeId::kTimestamp, text, format_time<Zoned::kNo>);
  list.add_cast(TypeId::kTimestampTz, text, format_time<Zoned::kUtc>);
}

}  // namespace haul::expression
