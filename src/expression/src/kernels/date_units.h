#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "civil_time.h"

namespace haul::expression {

enum class DateUnit : std::uint8_t {
  kMillennium,
  kCentury,
  kDecade,
  kYear,
  kIsoYear,
  kQuarter,
  kMonth,
  kWeek,
  kYearWeek,
  kDay,
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kEra,
};

/// Reads DuckDB's names of a unit in any case: "hour", "hours", "hr", "h", ... Nothing for what is not one of
/// these.
[[nodiscard]] std::optional<DateUnit> parse_unit(std::string_view name);

/// ISO 8601 week and the year it belongs to. False where DuckDB's own computation leaves the calendar.
[[nodiscard]] bool iso_week(std::int32_t date, std::int32_t* year, std::int32_t* week);

}  // namespace haul::expression
