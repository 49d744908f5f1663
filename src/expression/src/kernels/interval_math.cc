#include "interval_math.h"

#include <algorithm>
#include <compare>
#include <limits>
#include <tuple>

namespace haul::expression {
namespace {

std::tuple<std::int64_t, std::int64_t, std::int64_t> normalize(const Interval& interval) {
  const std::int64_t days = interval.days + interval.micros / kMicrosPerDay;
  return {interval.months + days / 30, days % 30, interval.micros % kMicrosPerDay};
}

/// What of `number` fits 32 bits; the rest goes into `*lower`, in units of `scale`.
std::int32_t borrow(std::int64_t number, std::int64_t scale, std::int64_t* lower) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int64_t kept = std::clamp<std::int64_t>(number, Limits::min(), Limits::max());
  *lower += (number - kept) * scale;
  return static_cast<std::int32_t>(kept);
}

}  // namespace

int compare(const Interval& a, const Interval& b) {
  const auto order = normalize(a) <=> normalize(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

Interval normalized(const Interval& interval) {
  auto [months, days, micros] = normalize(interval);
  Interval result;
  result.months = borrow(months, 30, &days);
  result.days = borrow(days, kMicrosPerDay, &micros);
  result.micros = micros;
  return result;
}

bool add(const Interval& a, const Interval& b, Interval* out) {
  Interval sum;
  if (__builtin_add_overflow(a.months, b.months, &sum.months)) return false;
  if (__builtin_add_overflow(a.days, b.days, &sum.days)) return false;
  if (__builtin_add_overflow(a.micros, b.micros, &sum.micros)) return false;
  *out = sum;
  return true;
}

bool subtract(const Interval& a, const Interval& b, Interval* out) {
  Interval rest;
  if (__builtin_sub_overflow(a.months, b.months, &rest.months)) return false;
  if (__builtin_sub_overflow(a.days, b.days, &rest.days)) return false;
  if (__builtin_sub_overflow(a.micros, b.micros, &rest.micros)) return false;
  *out = rest;
  return true;
}

bool negate(const Interval& a, Interval* out) { return subtract(Interval{}, a, out); }

bool multiply(const Interval& a, std::int64_t factor, Interval* out) {
  const auto small = static_cast<std::int32_t>(factor);
  Interval product;
  if (small != factor) return false;
  if (__builtin_mul_overflow(a.months, small, &product.months)) return false;
  if (__builtin_mul_overflow(a.days, small, &product.days)) return false;
  if (__builtin_mul_overflow(a.micros, factor, &product.micros)) return false;
  *out = product;
  return true;
}

Interval inverse(const Interval& interval) {
  Interval turned;
  static_cast<void>(__builtin_sub_overflow(0, interval.months, &turned.months));
  static_cast<void>(__builtin_sub_overflow(0, interval.days, &turned.days));
  static_cast<void>(__builtin_sub_overflow(std::int64_t{0}, interval.micros, &turned.micros));
  return turned;
}

bool add(std::int32_t date, const Interval& interval, std::int32_t* out) {
  if (!is_finite(date)) {
    *out = date;
    return true;
  }
  std::int32_t moved = date;
  if (interval.months != 0) {
    const Civil civil = civil_of(date);
    const std::int32_t years = interval.months / 12;
    std::int64_t year = std::int64_t{civil.year} + years;
    std::int32_t month = civil.month + (interval.months - years * 12);
    if (month > 12) {
      ++year;
      month -= 12;
    } else if (month <= 0) {
      --year;
      month += 12;
    }
    if (!date_of(year, month, std::min(civil.day, days_in_month(year, month)), &moved)) return false;
  }
  if (__builtin_add_overflow(moved, interval.days, &moved)) return false;
  if (__builtin_add_overflow(moved, static_cast<std::int32_t>(interval.micros / kMicrosPerDay), &moved))
    return false;
  if (!is_finite(moved)) return false;
  *out = moved;
  return true;
}

bool add(std::int64_t timestamp, const Interval& interval, std::int64_t* out) {
  if (!is_finite(timestamp)) {
    *out = timestamp;
    return true;
  }
  std::int32_t date = 0;
  std::int64_t time = 0;
  if (!split(timestamp, &date, &time) || !add(date, interval, &date)) return false;
  time += interval.micros % kMicrosPerDay;
  if (time >= kMicrosPerDay) {
    time -= kMicrosPerDay;
    ++date;
  } else if (time < 0) {
    time += kMicrosPerDay;
    --date;
  }
  return join(date, time, out);
}

bool add_to_instant(std::int64_t instant, const Interval& interval, std::int64_t* out) {
  if (interval.months >= 0 && interval.days >= 0 && interval.micros >= 0) return add(instant, interval, out);
  return add(instant, {0, 0, interval.micros}, out) && add(*out, {0, interval.days, 0}, out) &&
         add(*out, {interval.months, 0, 0}, out);
}

bool difference(std::int64_t later, std::int64_t earlier, Interval* out) {
  std::int64_t micros = 0;
  if (!is_finite(later) || !is_finite(earlier)) return false;
  if (__builtin_sub_overflow(later, earlier, &micros)) return false;
  *out = {0, static_cast<std::int32_t>(micros / kMicrosPerDay), micros % kMicrosPerDay};
  return true;
}

bool total_micros(const Interval& interval, std::int64_t* out) {
  const std::int64_t days = std::int64_t{interval.months} * 30 + interval.days;
  std::int64_t micros = 0;
  return !__builtin_mul_overflow(days, kMicrosPerDay, &micros) &&
         !__builtin_add_overflow(micros, interval.micros, out);
}

}  // namespace haul::expression
