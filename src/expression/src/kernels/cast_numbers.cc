// Casts between booleans, integers, floats and decimals. A number that does not fit fails; floats round to
// even on the way to integers, decimals round away from zero.
#include <cmath>
#include <limits>
#include <type_traits>

#include "../allow_list.h"
#include "../row_loops.h"
#include "decimal_math.h"

namespace haul::expression {
namespace {

template <class From, class To>
bool convert(From from, To* to) {
  if constexpr (std::same_as<To, bool>) {
    *to = from != 0;
    return true;
  } else if constexpr (std::same_as<From, bool> || std::floating_point<To>) {
    *to = static_cast<To>(from);
    if constexpr (std::same_as<From, double> && std::same_as<To, float>) {
      return !std::isfinite(from) || std::isfinite(*to);
    }
    return true;
  } else if constexpr (std::integral<From>) {
    *to = static_cast<To>(from);
    return static_cast<From>(*to) == from;
  } else {
    constexpr auto kLow = static_cast<From>(std::numeric_limits<To>::min());
    if (!(from >= kLow && from < -kLow)) return false;
    // A value within half of the upper end rounds up past it and wraps, as it does in DuckDB.
    *to = static_cast<To>(static_cast<std::int64_t>(static_cast<Int128>(std::nearbyint(from))));
    return true;
  }
}

template <class From, class To>
Value cast_number(const Call& call) {
  return map_rows<To, From>(
      call, [](From from, To* to) { return convert(from, to) ? Outcome::kValue : Outcome::kFailed; });
}

/// Widening never fails: the loop has no branch.
template <class From, class To>
Value widen_number(const Call& call) {
  return map_all<To, From>(call, [](From from) { return static_cast<To>(from); });
}

template <class From, class To>
constexpr bool kWidens =
    std::is_arithmetic_v<To> && !std::same_as<From, bool> && !std::same_as<To, bool> &&
    ((std::integral<From> && (std::floating_point<To> || sizeof(To) >= sizeof(From))) ||
     (std::floating_point<From> && std::floating_point<To> && sizeof(To) >= sizeof(From)));

template <class From, class To>
void add_pair(AllowList& list, TypeId from, TypeId to) {
  if (from == to) return;
  if constexpr (kWidens<From, To>) {
    list.add_cast(from, to, widen_number<From, To>);
  } else {
    list.add_cast(from, to, cast_number<From, To>);
  }
}

bool fits(Int128 value, int width) {
  const Int128 limit = power_of_ten(width);
  return value < limit && value > -limit;
}

template <class From>
Value integer_to_decimal(const Call& call) {
  const Int128 unit = power_of_ten(call.type.scale);
  const int digits = call.type.width - call.type.scale;
  return map_rows<Int128, From>(call, [unit, digits](From from, Int128* to) {
    if (!fits(from, digits)) return Outcome::kFailed;
    *to = static_cast<Int128>(from) * unit;
    return Outcome::kValue;
  });
}

template <class From>
Value float_to_decimal(const Call& call) {
  const double unit = std::pow(10.0, call.type.scale);
  const double limit = std::pow(10.0, call.type.width);
  return map_rows<Int128, From>(call, [unit, limit](From from, Int128* to) {
    const double rounded = std::round(static_cast<double>(from) * unit);
    if (!(rounded > -limit && rounded < limit)) return Outcome::kFailed;
    *to = static_cast<Int128>(static_cast<From>(rounded));
    return Outcome::kValue;
  });
}

template <class To>
Value decimal_to_integer(const Call& call) {
  const Int128 unit = power_of_ten(call.args[0].type.scale);
  return map_rows<To, Int128>(call, [unit](Int128 from, To* to) {
    const Int128 half = from < 0 ? -unit / 2 : unit / 2;
    Int128 moved = 0;
    if (__builtin_add_overflow(from, half, &moved)) return Outcome::kFailed;
    moved /= unit;
    *to = static_cast<To>(moved);
    return static_cast<Int128>(*to) == moved ? Outcome::kValue : Outcome::kFailed;
  });
}

/// Integers beyond what the float holds exactly are split at the decimal point, so that each half is.
template <class To>
Value decimal_to_float(const Call& call) {
  const int scale = call.args[0].type.scale;
  const Int128 unit = power_of_ten(scale);
  const To divisor = static_cast<To>(std::pow(10.0, scale));
  const bool narrow = call.args[0].type.width <= (std::same_as<To, float> ? 4 : 9);
  constexpr Int128 kExact = std::same_as<To, float> ? Int128{1} << 24 : Int128{1} << 53;
  return map_rows<To, Int128>(call, [=](Int128 from, To* to) {
    if (narrow || scale == 0 || (from <= kExact && from >= -kExact)) {
      *to = static_cast<To>(from) / divisor;
    } else {
      *to = static_cast<To>(from / unit) + static_cast<To>(from % unit) / divisor;
    }
    return Outcome::kValue;
  });
}

Value decimal_to_boolean(const Call& call) {
  return map_all<bool, Int128>(call, [](Int128 from) { return from != 0; });
}

Outcome scale_down(Int128 from, Int128 factor, Int128* to) {
  const Int128 halves = from / (factor / 2);
  *to = (halves < 0 ? halves - 1 : halves + 1) / 2;
  return Outcome::kValue;
}

Value decimal_to_decimal(const Call& call) {
  const SqlType from_type = call.args[0].type;
  const int shift = call.type.scale - from_type.scale;
  const Int128 factor = power_of_ten(std::abs(shift));
  const int source_digits = call.type.width - shift;  // What the target holds, in the source's scale.
  const bool fits_always = from_type.width < source_digits;
  const Int128 limit = fits_always ? Int128{0} : power_of_ten(source_digits);
  return map_rows<Int128, Int128>(call, [=](Int128 from, Int128* to) {
    const Int128 size = from < 0 ? -from : from;
    if (shift >= 0) {
      if (!fits_always && size >= limit) return Outcome::kFailed;
      *to = from * factor;
      return Outcome::kValue;
    }
    const Int128 rest = size % factor;
    if (!fits_always && size + (rest >= factor / 2 ? factor : 0) >= limit) return Outcome::kFailed;
    return scale_down(from, factor, to);
  });
}

template <class From>
void add_integer(AllowList& list, TypeId from) {
  add_pair<From, bool>(list, from, TypeId::kBoolean);
  add_pair<From, std::int8_t>(list, from, TypeId::kTinyInt);
  add_pair<From, std::int16_t>(list, from, TypeId::kSmallInt);
  add_pair<From, std::int32_t>(list, from, TypeId::kInteger);
  add_pair<From, std::int64_t>(list, from, TypeId::kBigInt);
  add_pair<From, float>(list, from, TypeId::kFloat);
  add_pair<From, double>(list, from, TypeId::kDouble);
}

template <class T>
void add_decimal(AllowList& list, TypeId id) {
  list.add_cast(TypeId::kDecimal, id, decimal_to_integer<T>);
  list.add_cast(id, TypeId::kDecimal, integer_to_decimal<T>);
  list.add_cast(id, TypeId::kHugeInt, widen_number<T, Int128>);
}

}  // namespace

void add_numeric_casts(AllowList& list) {
  add_integer<std::int8_t>(list, TypeId::kTinyInt);
  add_integer<std::int16_t>(list, TypeId::kSmallInt);
  add_integer<std::int32_t>(list, TypeId::kInteger);
  add_integer<std::int64_t>(list, TypeId::kBigInt);
  add_integer<float>(list, TypeId::kFloat);
  add_integer<double>(list, TypeId::kDouble);
  add_pair<bool, std::int8_t>(list, TypeId::kBoolean, TypeId::kTinyInt);
  add_pair<bool, std::int16_t>(list, TypeId::kBoolean, TypeId::kSmallInt);
  add_pair<bool, std::int32_t>(list, TypeId::kBoolean, TypeId::kInteger);
  add_pair<bool, std::int64_t>(list, TypeId::kBoolean, TypeId::kBigInt);
  add_pair<bool, float>(list, TypeId::kBoolean, TypeId::kFloat);
  add_pair<bool, double>(list, TypeId::kBoolean, TypeId::kDouble);
  add_decimal<std::int8_t>(list, TypeId::kTinyInt);
  add_decimal<std::int16_t>(list, TypeId::kSmallInt);
  add_decimal<std::int32_t>(list, TypeId::kInteger);
  add_decimal<std::int64_t>(list, TypeId::kBigInt);
  list.add_cast(TypeId::kFloat, TypeId::kDecimal, float_to_decimal<float>);
  list.add_cast(TypeId::kDouble, TypeId::kDecimal, float_to_decimal<double>);
  list.add_cast(TypeId::kDecimal, TypeId::kFloat, decimal_to_float<float>);
  list.add_cast(TypeId::kDecimal, TypeId::kDouble, decimal_to_float<double>);
  list.add_cast(TypeId::kDecimal, TypeId::kBoolean, decimal_to_boolean);
  list.add_cast(TypeId::kDecimal, TypeId::kDecimal, decimal_to_decimal);
}

}  // namespace haul::expression
