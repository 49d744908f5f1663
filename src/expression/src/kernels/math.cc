// Powers, roots, logarithms, trigonometry and the tests for NaN and infinity, over DOUBLE (isnan and the like
// over FLOAT too). The functions are libm's, which is what DuckDB calls; outside their domain the row fails.
#include <cmath>
#include <numbers>

#include "../allow_list.h"
#include "../row_loops.h"

namespace haul::expression {
namespace {

using Function = double (*)(double);

template <Function function>
Value everywhere(const Call& call) {
  return map_all<double, double>(call, [](double x) { return function(x); });
}

template <Function function>
Value above_zero(const Call& call) {
  return map_rows<double, double>(call, [](double x, double* out) {
    if (x <= 0) return Outcome::kFailed;
    *out = function(x);
    return Outcome::kValue;
  });
}

/// For angles: no sine of infinity.
template <Function function>
Value below_infinity(const Call& call) {
  return map_rows<double, double>(call, [](double x, double* out) {
    if (std::isinf(x)) return Outcome::kFailed;
    *out = function(x);
    return Outcome::kValue;
  });
}

/// For their inverses: from -1 to 1.
template <Function function>
Value within_one(const Call& call) {
  return map_rows<double, double>(call, [](double x, double* out) {
    if (x < -1 || x > 1) return Outcome::kFailed;
    *out = function(x);
    return Outcome::kValue;
  });
}

Value square_root(const Call& call) {
  return map_rows<double, double>(call, [](double x, double* out) {
    if (x < 0) return Outcome::kFailed;
    *out = std::sqrt(x);
    return Outcome::kValue;
  });
}

Value logarithm_to_base(const Call& call) {
  return map_rows<double, double, double>(call, [](double base, double x, double* out) {
    if (base <= 0 || x <= 0) return Outcome::kFailed;
    const double divisor = std::log10(base);
    if (divisor == 0) return Outcome::kFailed;
    *out = std::log10(x) / divisor;
    return Outcome::kValue;
  });
}

Value power(const Call& call) {
  return map_all<double, double, double>(
      call, [](double base, double exponent) { return std::pow(base, exponent); });
}
Value angle_of(const Call& call) {
  return map_all<double, double, double>(call, [](double y, double x) { return std::atan2(y, x); });
}

double degrees(double x) { return x * (180 / std::numbers::pi); }
double radians(double x) { return x * (std::numbers::pi / 180); }

template <class T>
Value is_nan(const Call& call) {
  return map_all<bool, T>(call, [](T x) { return std::isnan(x); });
}
template <class T>
Value is_infinite(const Call& call) {
  return map_all<bool, T>(call, [](T x) { return std::isinf(x); });
}
template <class T>
Value is_number(const Call& call) {
  return map_all<bool, T>(call, [](T x) { return std::isfinite(x); });
}

template <class T>
Value sign(const Call& call) {
  return map_all<std::int8_t, T>(call, [](T x) { return static_cast<std::int8_t>((x > 0) - (x < 0)); });
}

template <class T>
Value absolute_integers(const Call& call) {
  return map_rows<T, T>(call, [](T x, T* out) {
    *out = x;
    return x < 0 && __builtin_sub_overflow(T{0}, x, out) ? Outcome::kFailed : Outcome::kValue;
  });
}
template <class T>
Value absolute_floats(const Call& call) {
  return map_all<T, T>(call, [](T x) { return std::abs(x); });
}

void add_double(AllowList& list, std::string_view name, Kernel kernel) {
  list.add({.name = name, .args = {TypeId::kDouble}, .result = TypeId::kDouble, .kernel = kernel});
}

template <class T>
void add_integer_type(AllowList& list, TypeId id) {
  list.add({.name = "sign", .args = {id}, .result = TypeId::kTinyInt, .kernel = sign<T>});
  list.add({.name = "abs", .args = {id}, .result = id, .kernel = absolute_integers<T>});
  list.add({.name = "@", .args = {id}, .result = id, .kernel = absolute_integers<T>});
}

template <class T>
void add_float_type(AllowList& list, TypeId id) {
  list.add({.name = "sign", .args = {id}, .result = TypeId::kTinyInt, .kernel = sign<T>});
  list.add({.name = "abs", .args = {id}, .result = id, .kernel = absolute_floats<T>});
  list.add({.name = "@", .args = {id}, .result = id, .kernel = absolute_floats<T>});
  list.add({.name = "isnan", .args = {id}, .kernel = is_nan<T>});
  list.add({.name = "isinf", .args = {id}, .kernel = is_infinite<T>});
  list.add({.name = "isfinite", .args = {id}, .kernel = is_number<T>});
}

}  // namespace

void add_math(AllowList& list) {
  add_double(list, "sqrt", square_root);
  add_double(list, "cbrt", everywhere<std::cbrt>);
  add_double(list, "exp", everywhere<std::exp>);
  add_double(list, "ln", above_zero<std::log>);
  add_double(list, "log", above_zero<std::log10>);
  add_double(list, "log10", above_zero<std::log10>);
  add_double(list, "log2", above_zero<std::log2>);
  add_double(list, "sin", below_infinity<std::sin>);
  add_double(list, "cos", below_infinity<std::cos>);
  add_double(list, "tan", below_infinity<std::tan>);
  add_double(list, "asin", within_one<std::asin>);
  add_double(list, "acos", within_one<std::acos>);
  add_double(list, "atan", everywhere<std::atan>);
  add_double(list, "degrees", everywhere<degrees>);
  add_double(list, "radians", everywhere<radians>);
  const std::vector<TypeId> two{TypeId::kDouble, TypeId::kDouble};
  list.add({.name = "atan2", .args = two, .result = TypeId::kDouble, .kernel = angle_of});
  list.add({.name = "log", .args = two, .result = TypeId::kDouble, .kernel = logarithm_to_base});
  for (const std::string_view name : {"pow", "power", "^", "**"}) {
    list.add({.name = name, .args = two, .result = TypeId::kDouble, .kernel = power});
  }
  add_integer_type<std::int8_t>(list, TypeId::kTinyInt);
  add_integer_type<std::int16_t>(list, TypeId::kSmallInt);
  add_integer_type<std::int32_t>(list, TypeId::kInteger);
  add_integer_type<std::int64_t>(list, TypeId::kBigInt);
  add_float_type<float>(list, TypeId::kFloat);
  add_float_type<double>(list, TypeId::kDouble);
}

}  // namespace haul::expression
