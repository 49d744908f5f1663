#pragma once

#include <cstdint>
#include <limits>

/// Calendar arithmetic over DuckDB's dates (days) and timestamps (microseconds) since 1970-01-01, proleptic
/// Gregorian. The two extreme values on each side are -infinity and infinity.
namespace haul::expression {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

inline constexpr std::int32_t kDateInfinity = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kTimestampInfinity = std::numeric_limits<std::int64_t>::max();

[[nodiscard]] constexpr bool is_finite(std::int32_t date) {
  return date != kDateInfinity && date != -kDateInfinity;
}
[[nodiscard]] constexpr bool is_finite(std::int64_t timestamp) {
  return timestamp != kTimestampInfinity && timestamp != -kTimestampInfinity;
}

struct Civil {
  std::int32_t year = 1970;
  std::int32_t month = 1;
  std::int32_t day = 1;
};

[[nodiscard]] constexpr bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

[[nodiscard]] constexpr std::int32_t days_in_month(std::int64_t year, std::int32_t month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil.
[[nodiscard]] constexpr std::int64_t days_of(std::int64_t year, std::int32_t month, std::int32_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/// The same source: civil_from_days.
[[nodiscard]] constexpr Civil civil_of(std::int32_t date) {
  const std::int64_t days = std::int64_t{date} + 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const auto month = static_cast<std::int32_t>(shifted + (shifted < 10 ? 3 : -9));
  return {static_cast<std::int32_t>(year_of_era + era * 400 + (month <= 2)), month,
          static_cast<std::int32_t>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

/// False where DuckDB has no such date.
[[nodiscard]] constexpr bool date_of(std::int64_t year, std::int32_t month, std::int32_t day,
                                     std::int32_t* out) {
  if (month < 1 || month > 12 || day < 1 || year < -5877641 || year > 5881580) return false;
  if (day > days_in_month(year, month)) return false;
  if (year == -5877641 && (month < 6 || (month == 6 && day < 25))) return false;
  if (year == 5881580 && (month > 7 || (month == 7 && day > 10))) return false;
  *out = static_cast<std::int32_t>(days_of(year, month, day));
  return true;
}

/// The date of a finite timestamp, rounded towards the past.
[[nodiscard]] constexpr std::int32_t date_part_of(std::int64_t timestamp) {
  const std::int64_t early = timestamp < 0 ? 1 : 0;
  return static_cast<std::int32_t>((timestamp + early) / kMicrosPerDay - early);
}

/// Date and microseconds of the day. False where the date's midnight is no timestamp.
[[nodiscard]] inline bool split(std::int64_t timestamp, std::int32_t* date, std::int64_t* time) {
  *date = date_part_of(timestamp);
  std::int64_t midnight = 0;
  if (__builtin_mul_overflow(std::int64_t{*date}, kMicrosPerDay, &midnight)) return false;
  *time = timestamp - midnight;
  return true;
}

/// False where there is no such finite timestamp.
[[nodiscard]] inline bool join(std::int32_t date, std::int64_t time, std::int64_t* timestamp) {
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(std::int64_t{date}, kMicrosPerDay, &micros)) return false;
  if (__builtin_add_overflow(micros, time, &micros) || !is_finite(micros)) return false;
  *timestamp = micros;
  return true;
}

/// Infinities stay infinite. False: out of range.
[[nodiscard]] inline bool to_timestamp(std::int32_t date, std::int64_t* timestamp) {
  if (!is_finite(date)) {
    *timestamp = date > 0 ? kTimestampInfinity : -kTimestampInfinity;
    return true;
  }
  return join(date, 0, timestamp);
}

[[nodiscard]] constexpr std::int32_t to_date(std::int64_t timestamp) {
  if (!is_finite(timestamp)) return timestamp > 0 ? kDateInfinity : -kDateInfinity;
  return date_part_of(timestamp);
}

/// The calendar of TIMESTAMPTZ runs from year 1 to about 287,000: beyond, DuckDB's (ICU's) counts years by
/// era, loses microseconds and wraps around. A row that leaves it fails.
inline constexpr std::int64_t kInstantMin = -719162 * kMicrosPerDay;
inline constexpr std::int64_t kInstantMax = 9'000'000'000'000'000'000;

enum class Zoned : bool { kNo, kUtc };

/// False where the calendar of the type does not reach.
template <Zoned zoned>
[[nodiscard]] constexpr bool in_calendar(std::int64_t time) {
  return zoned == Zoned::kNo || !is_finite(time) || (time >= kInstantMin && time <= kInstantMax);
}

/// Days since the Monday of its week.
[[nodiscard]] constexpr std::int32_t days_since_monday(std::int32_t date) {
  const auto shifted = static_cast<std::int32_t>((std::int64_t{date} + 3) % 7);
  return shifted < 0 ? shifted + 7 : shifted;
}

}  // namespace haul::expression
