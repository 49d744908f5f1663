#include "haul/batch/interval.h"

#include <fmt/format.h>

namespace haul::batch {
namespace {

std::chrono::year_month_day calendar(Day day) { return std::chrono::sys_days(day.time_since_epoch()); }

}  // namespace

int month_of(Day day) {
  const auto date = calendar(day);
  return (static_cast<int>(date.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) -
         1;
}

std::string format_day(Day day) {
  const auto date = calendar(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Result<Day> parse_day(std::string_view text) {
  const auto at = parse_utc(text);
  if (!at || text.size() != 10) {
    return fail(ErrorCode::kInvalidInput, fmt::format("`{}` is no day: write it as 2013-01-31", text));
  }
  return day_of(EventTime(*at));
}

std::vector<DayRange> to_ranges(const std::set<Day>& days) {
  std::vector<DayRange> out;
  for (const Day day : days) {
    if (out.empty() || out.back().to != day) out.push_back({day, day});
    out.back().to = day + std::chrono::days(1);
  }
  return out;
}

std::string format_ranges(const std::vector<DayRange>& ranges) {
  std::string out;
  for (const DayRange& range : ranges) {
    const Day last = range.to - std::chrono::days(1);
    out += (out.empty() ? "" : ", ") + format_day(range.from);
    if (last != range.from) out += ".." + format_day(last);
  }
  return out;
}

std::string sql_literal(Day day) { return fmt::format("TIMESTAMPTZ '{} 00:00:00+00'", format_day(day)); }

}  // namespace haul::batch
