// date_part (EXTRACT), its short names year(), month(), ..., epoch and its multiples, and last_day. Infinite
// dates have no parts: NULL.
#include "../allow_list.h"
#include "../row_loops.h"
#include "date_units.h"

namespace haul::expression {
namespace {

struct Moment {
  std::int32_t date = 0;
  std::int64_t clock = 0;  ///< Microseconds of the day.
};

bool moment_of(std::int32_t date, Moment* out) {
  out->date = date;
  return true;
}
bool moment_of(std::int64_t time, Moment* out) { return split(time, &out->date, &out->clock); }

/// The n-th hundred or thousand years, counted from 1 and from -1: there is none with number 0.
std::int64_t counted_years(std::int64_t year, std::int64_t span) {
  return year > 0 ? (year - 1) / span + 1 : year / span - 1;
}

bool week_part(DateUnit unit, std::int32_t date, std::int64_t* out) {
  std::int32_t year = 0;
  std::int32_t week = 0;
  if (!iso_week(date, &year, &week)) return false;
  if (unit == DateUnit::kWeek) {
    *out = week;
  } else if (unit == DateUnit::kIsoYear) {
    *out = year;
  } else {
    *out = std::int64_t{year} * 100 + (year > 0 ? week : -week);
  }
  return true;
}

std::int64_t calendar_part(DateUnit unit, std::int32_t date) {
  const Civil civil = civil_of(date);
  switch (unit) {
    case DateUnit::kMillennium:
      return counted_years(civil.year, 1000);
    case DateUnit::kCentury:
      return counted_years(civil.year, 100);
    case DateUnit::kDecade:
      return civil.year / 10;
    case DateUnit::kYear:
      return civil.year;
    case DateUnit::kQuarter:
      return (civil.month - 1) / 3 + 1;
    case DateUnit::kMonth:
      return civil.month;
    case DateUnit::kDay:
      return civil.day;
    case DateUnit::kDayOfWeek:
      return (days_since_monday(date) + 1) % 7;
    case DateUnit::kIsoDayOfWeek:
      return days_since_monday(date) + 1;
    case DateUnit::kDayOfYear:
      return date - days_of(civil.year, 1, 1) + 1;
    case DateUnit::kEra:
      return civil.year > 0 ? 1 : 0;
    default:
      return 0;
  }
}

bool part_of(DateUnit unit, const Moment& moment, std::int64_t* out) {
  switch (unit) {
    case DateUnit::kWeek:
    case DateUnit::kIsoYear:
    case DateUnit::kYearWeek:
      return week_part(unit, moment.date, out);
    case DateUnit::kHour:
      *out = moment.clock / kMicrosPerHour;
      return true;
    case DateUnit::kMinute:
      *out = moment.clock % kMicrosPerHour / kMicrosPerMinute;
      return true;
    case DateUnit::kSecond:
      *out = moment.clock % kMicrosPerMinute / kMicrosPerSecond;
      return true;
    case DateUnit::kMillisecond:
      *out = moment.clock % kMicrosPerMinute / 1000;
      return true;
    case DateUnit::kMicrosecond:
      *out = moment.clock % kMicrosPerMinute;
      return true;
    default:
      *out = calendar_part(unit, moment.date);
      return true;
  }
}

template <Zoned zoned, class T>
Outcome extract(DateUnit unit, T time, std::int64_t* out) {
  Moment moment;
  if (!is_finite(time)) return Outcome::kNull;
  if (!in_calendar<zoned>(time)) return Outcome::kFailed;
  return moment_of(time, &moment) && part_of(unit, moment, out) ? Outcome::kValue : Outcome::kFailed;
}

template <class T, Zoned zoned>
Value date_part(const Call& call) {
  const auto unit = *static_cast<const DateUnit*>(call.prepared);
  return map_rows<std::int64_t, std::string_view, T>(
      call, [unit](std::string_view /*name*/, T time, std::int64_t* out) {
        return extract<zoned>(unit, time, out);
      });
}

template <class T, Zoned zoned, DateUnit unit>
Value fixed_part(const Call& call) {
  return map_rows<std::int64_t, T>(call,
                                   [](T time, std::int64_t* out) { return extract<zoned>(unit, time, out); });
}

Result<std::shared_ptr<const void>> prepare_part(std::span<const Value* const> args) {
  if (args[0]->is_null(0)) return fail(ErrorCode::kInvalidInput, "the part is NULL");
  const std::string name{Reader<std::string_view>(*args[0])[0]};
  const auto unit = parse_unit(name);
  if (!unit) return fail(ErrorCode::kInvalidInput, "no part of a date is called " + name);
  return std::shared_ptr<const void>(std::make_shared<const DateUnit>(*unit));
}

Value epoch_of_time(const Call& call) {
  return map_rows<double, std::int64_t>(call, [](std::int64_t time, double* out) {
    *out = static_cast<double>(time) / static_cast<double>(kMicrosPerSecond);
    return is_finite(time) ? Outcome::kValue : Outcome::kNull;
  });
}
/// Milliseconds and the rest apart, as DuckDB's calendar of TIMESTAMPTZ holds them.
Value epoch_of_instant(const Call& call) {
  return map_rows<double, std::int64_t>(call, [](std::int64_t time, double* out) {
    if (!is_finite(time)) return Outcome::kNull;
    const std::int64_t rest = (time % 1000 + 1000) % 1000;
    *out = static_cast<double>((time - rest) / 1000) / 1000 + static_cast<double>(rest) / kMicrosPerSecond;
    return in_calendar<Zoned::kUtc>(time) ? Outcome::kValue : Outcome::kFailed;
  });
}
Value epoch_of_date(const Call& call) {
  return map_rows<double, std::int32_t>(call, [](std::int32_t date, double* out) {
    *out = static_cast<double>(std::int64_t{date} * 86400);
    return is_finite(date) ? Outcome::kValue : Outcome::kNull;
  });
}
Value epoch_micros_of_time(const Call& call) {
  return map_rows<std::int64_t, std::int64_t>(call, [](std::int64_t time, std::int64_t* out) {
    *out = time;
    return is_finite(time) ? Outcome::kValue : Outcome::kNull;
  });
}

/// Cut towards 1970.
Value epoch_millis_of_time(const Call& call) {
  return map_rows<std::int64_t, std::int64_t>(call, [](std::int64_t time, std::int64_t* out) {
    *out = time / 1000;
    return is_finite(time) ? Outcome::kValue : Outcome::kNull;
  });
}

Outcome last_day_of(std::int32_t date, std::int32_t* out) {
  if (!is_finite(date)) return Outcome::kNull;
  const Civil civil = civil_of(date);
  const std::int64_t year = std::int64_t{civil.year} + civil.month / 12;
  if (!date_of(year, civil.month % 12 + 1, 1, out)) return Outcome::kFailed;
  --*out;
  return Outcome::kValue;
}

Value last_day(const Call& call) {
  return map_rows<std::int32_t, std::int32_t>(
      call, [](std::int32_t date, std::int32_t* out) { return last_day_of(date, out); });
}

template <class T, Zoned zoned, DateUnit unit>
void add_part(AllowList& list, TypeId type, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    list.add({.name = name, .args = {type}, .result = TypeId::kBigInt, .kernel = fixed_part<T, zoned, unit>});
  }
}

template <class T, Zoned zoned>
void add_type(AllowList& list, TypeId type) {
  using enum DateUnit;
  for (const std::string_view name : {"date_part", "datepart"}) {
    list.add({.name = name,
              .args = {TypeId::kVarchar, type},
              .result = TypeId::kBigInt,
              .kernel = date_part<T, zoned>,
              .prepare = prepare_part,
              .constants = 1});
  }
  add_part<T, zoned, kMillennium>(list, type, {"millennium"});
  add_part<T, zoned, kCentury>(list, type, {"century"});
  add_part<T, zoned, kDecade>(list, type, {"decade"});
  add_part<T, zoned, kYear>(list, type, {"year"});
  add_part<T, zoned, kIsoYear>(list, type, {"isoyear"});
  add_part<T, zoned, kQuarter>(list, type, {"quarter"});
  add_part<T, zoned, kMonth>(list, type, {"month"});
  add_part<T, zoned, kWeek>(list, type, {"week", "weekofyear"});
  add_part<T, zoned, kYearWeek>(list, type, {"yearweek"});
  add_part<T, zoned, kDay>(list, type, {"day", "dayofmonth"});
  add_part<T, zoned, kDayOfWeek>(list, type, {"dayofweek", "weekday"});
  add_part<T, zoned, kIsoDayOfWeek>(list, type, {"isodow"});
  add_part<T, zoned, kDayOfYear>(list, type, {"dayofyear"});
  add_part<T, zoned, kHour>(list, type, {"hour"});
  add_part<T, zoned, kMinute>(list, type, {"minute"});
  add_part<T, zoned, kSecond>(list, type, {"second"});
  add_part<T, zoned, kMillisecond>(list, type, {"millisecond"});
  add_part<T, zoned, kMicrosecond>(list, type, {"microsecond"});
  add_part<T, zoned, kEra>(list, type, {"era"});
}

}  // namespace

void add_date_parts(AllowList& list) {
  add_type<std::int32_t, Zoned::kNo>(list, TypeId::kDate);
  add_type<std::int64_t, Zoned::kNo>(list, TypeId::kTimestamp);
  add_type<std::int64_t, Zoned::kUtc>(list, TypeId::kTimestampTz);
  for (const TypeId time : {TypeId::kTimestamp, TypeId::kTimestampTz}) {
    list.add({.name = "epoch_us", .args = {time}, .result = TypeId::kBigInt, .kernel = epoch_micros_of_time});
    list.add({.name = "epoch_ms", .args = {time}, .result = TypeId::kBigInt, .kernel = epoch_millis_of_time});
  }
  const TypeId number = TypeId::kDouble;
  list.add({.name = "epoch", .args = {TypeId::kTimestamp}, .result = number, .kernel = epoch_of_time});
  list.add({.name = "epoch", .args = {TypeId::kTimestampTz}, .result = number, .kernel = epoch_of_instant});
  list.add({.name = "epoch", .args = {TypeId::kDate}, .result = TypeId::kDouble, .kernel = epoch_of_date});
  list.add({.name = "last_day", .args = {TypeId::kDate}, .result = TypeId::kDate, .kernel = last_day});
}

}  // namespace haul::expression
