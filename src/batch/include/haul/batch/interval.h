#pragma once

#include <chrono>
#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"

namespace haul::batch {

/// A UTC day of event time: the interval of batch work.
using Day = std::chrono::time_point<EventTimeline, std::chrono::days>;

/// The days from <= day < to.
struct DayRange {
  Day from;
  Day to;
  friend auto operator<=>(const DayRange&, const DayRange&) = default;
};

/// The day that holds an instant.
[[nodiscard]] inline Day day_of(EventTime at) { return std::chrono::floor<std::chrono::days>(at); }

/// Months since 1970 of the day; equal for all days of one calendar month.
[[nodiscard]] int month_of(Day day);

/// "2013-01-31".
[[nodiscard]] std::string format_day(Day day);

/// Reads "2013-01-31". kInvalidInput: no such day.
Result<Day> parse_day(std::string_view text);

/// The least ranges that hold exactly these days, ascending.
[[nodiscard]] std::vector<DayRange> to_ranges(const std::set<Day>& days);

/// "2013-01-01..2013-01-31, 2013-03-10": ranges with both ends included, for people.
[[nodiscard]] std::string format_ranges(const std::vector<DayRange>& ranges);

/// A literal for SQL: TIMESTAMPTZ '2013-01-31 00:00:00+00'.
[[nodiscard]] std::string sql_literal(Day day);

}  // namespace haul::batch
