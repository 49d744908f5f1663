// + - * / // % and unary minus over integers and floats. Integers overflow into a failed row; // and % by
// zero give NULL for integers; floats follow IEEE 754, as DuckDB does by default.
#include <cmath>
#include <limits>

#include "../allow_list.h"
#include "../row_loops.h"

namespace haul::expression {
namespace {

template <class T>
Value add_integers(const Call& call) {
  return map_overflowing<T, T, T>(call, [](T a, T b, T* out) { return __builtin_add_overflow(a, b, out); });
}
template <class T>
Value subtract_integers(const Call& call) {
  return map_overflowing<T, T, T>(call, [](T a, T b, T* out) { return __builtin_sub_overflow(a, b, out); });
}
template <class T>
Value multiply_integers(const Call& call) {
  return map_overflowing<T, T, T>(call, [](T a, T b, T* out) { return __builtin_mul_overflow(a, b, out); });
}

template <class T>
Value negate_integers(const Call& call) {
  return map_rows<T, T>(call, [](T a, T* out) {
    return __builtin_sub_overflow(T{0}, a, out) ? Outcome::kFailed : Outcome::kValue;
  });
}

/// The smallest integer by -1 overflows, and so it does in DuckDB for the remainder.
template <class T>
Outcome divisible(T a, T b) {
  if (a == std::numeric_limits<T>::min() && b == T{-1}) return Outcome::kFailed;
  return b == 0 ? Outcome::kNull : Outcome::kValue;
}

template <class T>
Value divide_integers(const Call& call) {
  return map_rows<T, T, T>(call, [](T a, T b, T* out) {
    const Outcome outcome = divisible(a, b);
    if (outcome == Outcome::kValue) *out = static_cast<T>(a / b);
    return outcome;
  });
}
template <class T>
Value remainder_integers(const Call& call) {
  return map_rows<T, T, T>(call, [](T a, T b, T* out) {
    const Outcome outcome = divisible(a, b);
    if (outcome == Outcome::kValue) *out = static_cast<T>(a % b);
    return outcome;
  });
}

template <class T>
Value add_floats(const Call& call) {
  return map_all<T, T, T>(call, [](T a, T b) { return a + b; });
}
template <class T>
Value subtract_floats(const Call& call) {
  return map_all<T, T, T>(call, [](T a, T b) { return a - b; });
}
template <class T>
Value multiply_floats(const Call& call) {
  return map_all<T, T, T>(call, [](T a, T b) { return a * b; });
}
template <class T>
Value divide_floats(const Call& call) {
  return map_all<T, T, T>(call, [](T a, T b) { return a / b; });
}
template <class T>
Value remainder_floats(const Call& call) {
  return map_all<T, T, T>(call, [](T a, T b) { return std::fmod(a, b); });
}
template <class T>
Value negate_floats(const Call& call) {
  return map_all<T, T>(call, [](T a) { return -a; });
}

/// DuckDB's // on floats: the quotient itself, and NULL for a zero divisor.
template <class T>
Value divide_floats_nonzero(const Call& call) {
  return map_rows<T, T, T>(call, [](T a, T b, T* out) {
    *out = a / b;
    return b == 0 ? Outcome::kNull : Outcome::kValue;
  });
}

Value unchanged(const Call& call) {
  Value value = call.args[0];
  value.failed = nullptr;
  return value;
}

template <class T>
void add_integer_type(AllowList& list, TypeId id) {
  list.add({.name = "+", .args = {id, id}, .result = id, .kernel = add_integers<T>});
  list.add({.name = "-", .args = {id, id}, .result = id, .kernel = subtract_integers<T>});
  list.add({.name = "*", .args = {id, id}, .result = id, .kernel = multiply_integers<T>});
  list.add({.name = "//", .args = {id, id}, .result = id, .kernel = divide_integers<T>});
  list.add({.name = "%", .args = {id, id}, .result = id, .kernel = remainder_integers<T>});
  list.add({.name = "-", .args = {id}, .result = id, .kernel = negate_integers<T>});
  list.add({.name = "+", .args = {id}, .result = id, .kernel = unchanged});
}

template <class T>
void add_float_type(AllowList& list, TypeId id) {
  list.add({.name = "+", .args = {id, id}, .result = id, .kernel = add_floats<T>});
  list.add({.name = "-", .args = {id, id}, .result = id, .kernel = subtract_floats<T>});
  list.add({.name = "*", .args = {id, id}, .result = id, .kernel = multiply_floats<T>});
  list.add({.name = "/", .args = {id, id}, .result = id, .kernel = divide_floats<T>});
  list.add({.name = "//", .args = {id, id}, .result = id, .kernel = divide_floats_nonzero<T>});
  list.add({.name = "%", .args = {id, id}, .result = id, .kernel = remainder_floats<T>});
  list.add({.name = "-", .args = {id}, .result = id, .kernel = negate_floats<T>});
  list.add({.name = "+", .args = {id}, .result = id, .kernel = unchanged});
}

}  // namespace

void add_arithmetic(AllowList& list) {
  add_integer_type<std::int8_t>(list, TypeId::kTinyInt);
  add_integer_type<std::int16_t>(list, TypeId::kSmallInt);
  add_integer_type<std::int32_t>(list, TypeId::kInteger);
  add_integer_type<std::int64_t>(list, TypeId::kBigInt);
  add_float_type<float>(list, TypeId::kFloat);
  add_float_type<double>(list, TypeId::kDouble);
}

}  // namespace haul::expression
