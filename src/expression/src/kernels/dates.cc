// Arithmetic on dates and timestamps, date_trunc and time_bucket. The calendar of TIMESTAMPTZ is UTC's, so it
// shares the kernels of TIMESTAMP; it only ends earlier.
#include "../allow_list.h"
#include "../row_loops.h"
#include "date_units.h"
#include "interval_math.h"

namespace haul::expression {
namespace {

Outcome outcome(bool in_range) { return in_range ? Outcome::kValue : Outcome::kFailed; }

bool add_days(std::int32_t date, std::int64_t days, std::int32_t* out) {
  const std::int64_t moved = date + days;
  *out = is_finite(date) ? static_cast<std::int32_t>(moved) : date;
  return !is_finite(date) || (*out == moved && is_finite(*out));
}

Value date_plus_days(const Call& call) {
  return map_rows<std::int32_t, std::int32_t, std::int32_t>(
      call, [](std::int32_t date, std::int32_t days, std::int32_t* out) {
        return outcome(add_days(date, days, out));
      });
}
Value days_plus_date(const Call& call) {
  return map_rows<std::int32_t, std::int32_t, std::int32_t>(
      call, [](std::int32_t days, std::int32_t date, std::int32_t* out) {
        return outcome(add_days(date, days, out));
      });
}
Value date_minus_days(const Call& call) {
  return map_rows<std::int32_t, std::int32_t, std::int32_t>(
      call, [](std::int32_t date, std::int32_t days, std::int32_t* out) {
        return outcome(add_days(date, -std::int64_t{days}, out));
      });
}
Value date_minus_date(const Call& call) {
  return map_all<std::int64_t, std::int32_t, std::int32_t>(
      call, [](std::int32_t a, std::int32_t b) { return std::int64_t{a} - std::int64_t{b}; });
}

bool date_plus(std::int32_t date, const Interval& interval, std::int64_t* out) {
  std::int64_t midnight = 0;
  return to_timestamp(date, &midnight) && add(midnight, interval, out);
}

Value date_plus_interval(const Call& call) {
  return map_rows<std::int64_t, std::int32_t, Interval>(
      call,
      [](std::int32_t a, const Interval& b, std::int64_t* out) { return outcome(date_plus(a, b, out)); });
}
Value interval_plus_date(const Call& call) {
  return map_rows<std::int64_t, Interval, std::int32_t>(
      call,
      [](const Interval& a, std::int32_t b, std::int64_t* out) { return outcome(date_plus(b, a, out)); });
}
Value date_minus_interval(const Call& call) {
  return map_rows<std::int64_t, std::int32_t, Interval>(
      call, [](std::int32_t a, const Interval& b, std::int64_t* out) {
        return outcome(date_plus(a, inverse(b), out));
      });
}

template <Zoned zoned>
bool time_plus(std::int64_t time, const Interval& interval, std::int64_t* out) {
  if (!in_calendar<zoned>(time)) return false;
  if (zoned == Zoned::kNo) return add(time, interval, out);
  return add_to_instant(time, interval, out) && in_calendar<zoned>(*out);
}

template <Zoned zoned>
Value time_plus_interval(const Call& call) {
  return map_rows<std::int64_t, std::int64_t, Interval>(
      call, [](std::int64_t a, const Interval& b, std::int64_t* out) {
        return outcome(time_plus<zoned>(a, b, out));
      });
}
template <Zoned zoned>
Value interval_plus_time(const Call& call) {
  return map_rows<std::int64_t, Interval, std::int64_t>(
      call, [](const Interval& a, std::int64_t b, std::int64_t* out) {
        return outcome(time_plus<zoned>(b, a, out));
      });
}
template <Zoned zoned>
Value time_minus_interval(const Call& call) {
  return map_rows<std::int64_t, std::int64_t, Interval>(
      call, [](std::int64_t a, const Interval& b, std::int64_t* out) {
        return outcome(time_plus<zoned>(a, inverse(b), out));
      });
}
template <Zoned zoned>
Value time_minus_time(const Call& call) {
  return map_rows<Interval, std::int64_t, std::int64_t>(
      call, [](std::int64_t a, std::int64_t b, Interval* out) {
        return outcome(in_calendar<zoned>(a) && in_calendar<zoned>(b) && difference(a, b, out));
      });
}

Result<std::shared_ptr<const void>> prepare_unit(std::span<const Value* const> args) {
  if (args[0]->is_null(0)) return fail(ErrorCode::kInvalidInput, "the unit is NULL");
  const std::string name{Reader<std::string_view>(*args[0])[0]};
  const auto unit = parse_unit(name);
  if (!unit || *unit == DateUnit::kEra)
    return fail(ErrorCode::kInvalidInput, "no unit of time is called " + name);
  return std::shared_ptr<const void>(std::make_shared<const DateUnit>(*unit));
}

/// The first day of the unit that holds `date`.
bool first_day(DateUnit unit, std::int32_t date, std::int32_t* out) {
  const Civil civil = civil_of(date);
  std::int32_t week = 0;
  std::int32_t year = 0;
  switch (unit) {
    case DateUnit::kMillennium:
      return date_of(civil.year / 1000 * 1000, 1, 1, out);
    case DateUnit::kCentury:
      return date_of(civil.year / 100 * 100, 1, 1, out);
    case DateUnit::kDecade:
      return date_of(civil.year / 10 * 10, 1, 1, out);
    case DateUnit::kYear:
      return date_of(civil.year, 1, 1, out);
    case DateUnit::kQuarter:
      return date_of(civil.year, 1 + (civil.month - 1) / 3 * 3, 1, out);
    case DateUnit::kMonth:
      return date_of(civil.year, civil.month, 1, out);
    case DateUnit::kWeek:
    case DateUnit::kYearWeek:
      return add_days(date, -days_since_monday(date), out);
    case DateUnit::kIsoYear:
      if (!add_days(date, -days_since_monday(date), out) || !iso_week(*out, &year, &week)) return false;
      return add_days(*out, -7 * (week - 1), out);
    default:
      *out = date;
      return true;
  }
}

std::int64_t clock_unit(DateUnit unit) {
  switch (unit) {
    case DateUnit::kHour:
      return kMicrosPerHour;
    case DateUnit::kMinute:
      return kMicrosPerMinute;
    case DateUnit::kSecond:
      return kMicrosPerSecond;
    case DateUnit::kMillisecond:
      return 1000;
    case DateUnit::kMicrosecond:
      return 1;
    default:
      return 0;
  }
}

template <Zoned zoned>
Value truncate_time(const Call& call) {
  const auto unit = *static_cast<const DateUnit*>(call.prepared);
  const std::int64_t micros = clock_unit(unit);
  return map_rows<std::int64_t, std::string_view, std::int64_t>(
      call, [unit, micros](std::string_view /*name*/, std::int64_t time, std::int64_t* out) {
        std::int32_t date = 0;
        std::int64_t clock = 0;
        *out = time;
        if (!in_calendar<zoned>(time)) return Outcome::kFailed;
        if (!is_finite(time) || micros == 1) return Outcome::kValue;
        if (!split(time, &date, &clock)) return Outcome::kFailed;
        if (micros != 0) return outcome(join(date, clock - clock % micros, out));
        return outcome(first_day(unit, date, &date) && join(date, 0, out) && in_calendar<zoned>(*out));
      });
}

Value truncate_date(const Call& call) {
  const auto unit = *static_cast<const DateUnit*>(call.prepared);
  return map_rows<std::int64_t, std::string_view, std::int32_t>(
      call, [unit](std::string_view /*name*/, std::int32_t date, std::int64_t* out) {
        if (!is_finite(date)) return outcome(to_timestamp(date, out));
        return outcome(first_day(unit, date, &date) && join(date, 0, out));
      });
}

/// Buckets of days and shorter start on Monday 2000-01-03, buckets of months on 2000-01-01, as in
/// TimescaleDB.
constexpr std::int64_t kBucketOrigin = 10959 * kMicrosPerDay;
constexpr std::int64_t kBucketOriginMonths = 360;

std::int64_t floor_to(std::int64_t number, std::int64_t width) {
  return number / width * width - (number < 0 && number % width != 0 ? width : 0);
}

bool bucket_of_months(std::int32_t width, std::int32_t date, std::int32_t* out) {
  const Civil civil = civil_of(date);
  const std::int64_t origin = kBucketOriginMonths % width;
  const std::int64_t months = (std::int64_t{civil.year} - 1970) * 12 + civil.month - 1 - origin;
  const std::int64_t start = floor_to(months, width) + origin;
  const std::int64_t year = floor_to(start, 12) / 12;
  return date_of(1970 + year, static_cast<std::int32_t>(start - year * 12) + 1, 1, out);
}

bool bucket_of(const Interval& width, std::int64_t time, std::int64_t* out) {
  if (!is_finite(time)) {
    *out = time;
    return true;
  }
  std::int32_t date = date_part_of(time);
  if (width.months != 0) return bucket_of_months(width.months, date, &date) && join(date, 0, out);
  std::int64_t micros = 0;
  if (!total_micros(width, &micros) || micros <= 0) return false;
  const std::int64_t origin = kBucketOrigin % micros;
  std::int64_t shifted = 0;
  if (__builtin_sub_overflow(time, origin, &shifted)) return false;
  std::int64_t start = shifted / micros * micros;
  if (shifted < 0 && shifted % micros != 0 && __builtin_sub_overflow(start, micros, &start)) return false;
  return !__builtin_add_overflow(start, origin, out);
}

Result<std::shared_ptr<const void>> prepare_bucket(std::span<const Value* const> args) {
  if (args[0]->is_null(0)) return fail(ErrorCode::kInvalidInput, "the width is NULL");
  const Interval width = Reader<Interval>(*args[0])[0];
  std::int64_t micros = 0;
  const bool months = width.months > 0 && width.days == 0 && width.micros == 0;
  const bool shorter = width.months == 0 && total_micros(width, &micros) && micros > 0;
  if (!months && !shorter) {
    return fail(ErrorCode::kInvalidInput, "the width must be above zero, and months must not mix with days");
  }
  return std::shared_ptr<const void>();
}

template <Zoned zoned>
Value bucket_times(const Call& call) {
  return map_rows<std::int64_t, Interval, std::int64_t>(
      call, [](const Interval& width, std::int64_t time, std::int64_t* out) {
        return outcome(in_calendar<zoned>(time) && bucket_of(width, time, out) && in_calendar<zoned>(*out));
      });
}
Value bucket_dates(const Call& call) {
  return map_rows<std::int32_t, Interval, std::int32_t>(
      call, [](const Interval& width, std::int32_t date, std::int32_t* out) {
        std::int64_t time = 0;
        if (width.months != 0 && is_finite(date)) return outcome(bucket_of_months(width.months, date, out));
        if (!to_timestamp(date, &time) || !bucket_of(width, time, &time)) return Outcome::kFailed;
        *out = to_date(time);
        return Outcome::kValue;
      });
}

template <Zoned zoned>
void add_time(AllowList& list, TypeId time) {
  const TypeId interval = TypeId::kInterval;
  list.add({.name = "+", .args = {time, interval}, .result = time, .kernel = time_plus_interval<zoned>});
  list.add({.name = "+", .args = {interval, time}, .result = time, .kernel = interval_plus_time<zoned>});
  list.add({.name = "-", .args = {time, interval}, .result = time, .kernel = time_minus_interval<zoned>});
  list.add({.name = "-", .args = {time, time}, .result = interval, .kernel = time_minus_time<zoned>});
  list.add({.name = "time_bucket",
            .args = {interval, time},
            .result = time,
            .kernel = bucket_times<zoned>,
            .prepare = prepare_bucket,
            .constants = 1});
  for (const std::string_view name : {"date_trunc", "datetrunc"}) {
    list.add({.name = name,
              .args = {TypeId::kVarchar, time},
              .result = time,
              .kernel = truncate_time<zoned>,
              .prepare = prepare_unit,
              .constants = 1});
  }
}

}  // namespace

void add_dates(AllowList& list) {
  const TypeId date = TypeId::kDate;
  const TypeId time = TypeId::kTimestamp;
  const TypeId interval = TypeId::kInterval;
  add_time<Zoned::kNo>(list, time);
  add_time<Zoned::kUtc>(list, TypeId::kTimestampTz);
  list.add({.name = "+", .args = {date, TypeId::kInteger}, .result = date, .kernel = date_plus_days});
  list.add({.name = "+", .args = {TypeId::kInteger, date}, .result = date, .kernel = days_plus_date});
  list.add({.name = "-", .args = {date, TypeId::kInteger}, .result = date, .kernel = date_minus_days});
  list.add({.name = "-", .args = {date, date}, .result = TypeId::kBigInt, .kernel = date_minus_date});
  list.add({.name = "+", .args = {date, interval}, .result = time, .kernel = date_plus_interval});
  list.add({.name = "+", .args = {interval, date}, .result = time, .kernel = interval_plus_date});
  list.add({.name = "-", .args = {date, interval}, .result = time, .kernel = date_minus_interval});
  list.add({.name = "time_bucket",
            .args = {interval, date},
            .result = date,
            .kernel = bucket_dates,
            .prepare = prepare_bucket,
            .constants = 1});
  for (const std::string_view name : {"date_trunc", "datetrunc"}) {
    list.add({.name = name,
              .args = {TypeId::kVarchar, date},
              .result = time,
              .kernel = truncate_date,
              .prepare = prepare_unit,
              .constants = 1});
  }
}

}  // namespace haul::expression
