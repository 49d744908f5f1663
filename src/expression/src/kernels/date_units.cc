#include "date_units.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace haul::expression {
namespace {

using enum DateUnit;

constexpr std::array<std::pair<std::string_view, DateUnit>, 62> kUnits{{
    {"year", kYear},
    {"yr", kYear},
    {"y", kYear},
    {"years", kYear},
    {"yrs", kYear},
    {"month", kMonth},
    {"mon", kMonth},
    {"months", kMonth},
    {"mons", kMonth},
    {"day", kDay},
    {"days", kDay},
    {"d", kDay},
    {"dayofmonth", kDay},
    {"decade", kDecade},
    {"decades", kDecade},
    {"dec", kDecade},
    {"century", kCentury},
    {"centuries", kCentury},
    {"cent", kCentury},
    {"millennium", kMillennium},
    {"millennia", kMillennium},
    {"microsecond", kMicrosecond},
    {"microseconds", kMicrosecond},
    {"us", kMicrosecond},
    {"usec", kMicrosecond},
    {"millisecond", kMillisecond},
    {"milliseconds", kMillisecond},
    {"ms", kMillisecond},
    {"msec", kMillisecond},
    {"second", kSecond},
    {"seconds", kSecond},
    {"sec", kSecond},
    {"secs", kSecond},
    {"s", kSecond},
    {"minute", kMinute},
    {"minutes", kMinute},
    {"min", kMinute},
    {"mins", kMinute},
    {"m", kMinute},
    {"hour", kHour},
    {"hours", kHour},
    {"hr", kHour},
    {"hrs", kHour},
    {"h", kHour},
    {"dow", kDayOfWeek},
    {"dayofweek", kDayOfWeek},
    {"weekday", kDayOfWeek},
    {"isodow", kIsoDayOfWeek},
    {"week", kWeek},
    {"weeks", kWeek},
    {"w", kWeek},
    {"weekofyear", kWeek},
    {"doy", kDayOfYear},
    {"dayofyear", kDayOfYear},
    {"quarter", kQuarter},
    {"quarters", kQuarter},
    {"yearweek", kYearWeek},
    {"isoyear", kIsoYear},
    {"era", kEra},
    {"usecs", kMicrosecond},
    {"msecs", kMillisecond},
    {"c", kCentury},
}};

/// The Monday on which the ISO year begins.
bool first_week(std::int64_t year, std::int32_t* monday) {
  std::int32_t first_day = 0;
  if (!date_of(year, 1, 1, &first_day)) return false;
  const std::int32_t weekday = days_since_monday(first_day);
  *monday = first_day - weekday + (weekday > 3 ? 7 : 0);
  return true;
}

std::int64_t floor_weeks(std::int64_t days) { return days >= 0 ? days / 7 : (days - 6) / 7; }

}  // namespace

std::optional<DateUnit> parse_unit(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  const auto* found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& unit) { return unit.first == lower; });
  if (found == kUnits.end()) return std::nullopt;
  return found->second;
}

bool iso_week(std::int32_t date, std::int32_t* year, std::int32_t* week) {
  *year = civil_of(date).year;
  std::int32_t monday = 0;
  if (!first_week(*year, &monday)) return false;
  std::int64_t weeks = floor_weeks(std::int64_t{date} - monday);
  if (weeks < 0) {
    if (!first_week(--*year, &monday)) return false;
    weeks = floor_weeks(std::int64_t{date} - monday);
  } else if (weeks >= 52) {
    std::int32_t next = 0;
    if (!first_week(std::int64_t{*year} + 1, &next)) return false;
    if (date >= next) {
      ++*year;
      weeks = 0;
    }
  }
  *week = static_cast<std::int32_t>(weeks + 1);
  return true;
}

}  // namespace haul::expression
