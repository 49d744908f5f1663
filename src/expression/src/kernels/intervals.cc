// INTERVAL: what INTERVAL 5 MINUTE is made of (to_minutes and the like), sums, multiples and EPOCH.
#include <cmath>

#include "../allow_list.h"
#include "../row_loops.h"
#include "interval_math.h"

namespace haul::expression {
namespace {

template <std::int32_t months>
Value of_months(const Call& call) {
  return map_rows<Interval, std::int32_t>(call, [](std::int32_t count, Interval* out) {
    return __builtin_mul_overflow(count, months, &out->months) ? Outcome::kFailed : Outcome::kValue;
  });
}
template <std::int32_t days>
Value of_days(const Call& call) {
  return map_rows<Interval, std::int32_t>(call, [](std::int32_t count, Interval* out) {
    return __builtin_mul_overflow(count, days, &out->days) ? Outcome::kFailed : Outcome::kValue;
  });
}
template <std::int64_t micros>
Value of_micros(const Call& call) {
  return map_rows<Interval, std::int64_t>(call, [](std::int64_t count, Interval* out) {
    return __builtin_mul_overflow(count, micros, &out->micros) ? Outcome::kFailed : Outcome::kValue;
  });
}
/// Fractions count, rounded to the microsecond with ties to even.
template <std::int64_t micros>
Value of_fraction(const Call& call) {
  return map_rows<Interval, double>(call, [](double count, Interval* out) {
    const double total = std::nearbyint(count * static_cast<double>(micros));
    if (!(total >= -0x1p63 && total < 0x1p63)) return Outcome::kFailed;
    out->micros = static_cast<std::int64_t>(total);
    return Outcome::kValue;
  });
}

template <bool (*operation)(const Interval&, const Interval&, Interval*)>
Value combine(const Call& call) {
  return map_rows<Interval, Interval, Interval>(
      call, [](const Interval& a, const Interval& b, Interval* out) {
        return operation(a, b, out) ? Outcome::kValue : Outcome::kFailed;
      });
}
Value negated(const Call& call) {
  return map_rows<Interval, Interval>(call, [](const Interval& a, Interval* out) {
    return negate(a, out) ? Outcome::kValue : Outcome::kFailed;
  });
}
Value normalize(const Call& call) {
  return map_all<Interval, Interval>(call, [](const Interval& a) { return normalized(a); });
}
Value times_number(const Call& call) {
  return map_rows<Interval, Interval, std::int64_t>(
      call, [](const Interval& a, std::int64_t factor, Interval* out) {
        return multiply(a, factor, out) ? Outcome::kValue : Outcome::kFailed;
      });
}
Value number_times(const Call& call) {
  return map_rows<Interval, std::int64_t, Interval>(
      call, [](std::int64_t factor, const Interval& a, Interval* out) {
        return multiply(a, factor, out) ? Outcome::kValue : Outcome::kFailed;
      });
}

void add_maker(AllowList& list, std::string_view name, TypeId argument, Kernel kernel) {
  list.add({.name = name, .args = {argument}, .result = TypeId::kInterval, .kernel = kernel});
}

}  // namespace

void add_intervals(AllowList& list) {
  const TypeId interval = TypeId::kInterval;
  add_maker(list, "to_years", TypeId::kInteger, of_months<12>);
  add_maker(list, "to_quarters", TypeId::kInteger, of_months<3>);
  add_maker(list, "to_months", TypeId::kInteger, of_months<1>);
  add_maker(list, "to_weeks", TypeId::kInteger, of_days<7>);
  add_maker(list, "to_days", TypeId::kInteger, of_days<1>);
  add_maker(list, "to_hours", TypeId::kBigInt, of_micros<kMicrosPerHour>);
  add_maker(list, "to_minutes", TypeId::kBigInt, of_micros<kMicrosPerMinute>);
  add_maker(list, "to_seconds", TypeId::kDouble, of_fraction<kMicrosPerSecond>);
  add_maker(list, "to_milliseconds", TypeId::kDouble, of_fraction<1000>);
  add_maker(list, "to_microseconds", TypeId::kBigInt, of_micros<1>);
  list.add({.name = "+", .args = {interval, interval}, .result = interval, .kernel = combine<add>});
  list.add({.name = "-", .args = {interval, interval}, .result = interval, .kernel = combine<subtract>});
  list.add({.name = "-", .args = {interval}, .result = interval, .kernel = negated});
  list.add({.name = "normalized_interval", .args = {interval}, .result = interval, .kernel = normalize});
  list.add({.name = "*", .args = {interval, TypeId::kBigInt}, .result = interval, .kernel = times_number});
  list.add({.name = "*", .args = {TypeId::kBigInt, interval}, .result = interval, .kernel = number_times});
}

}  // namespace haul::expression
