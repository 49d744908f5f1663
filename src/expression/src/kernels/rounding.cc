// round, floor, ceil and trunc over floats, decimals and integers. Ties go away from zero.
#include <cmath>

#include "../allow_list.h"
#include "../row_loops.h"
#include "decimal_math.h"

namespace haul::expression {
namespace {

template <class T>
Value floor_floats(const Call& call) {
  return map_all<T, T>(call, [](T x) { return std::floor(x); });
}
template <class T>
Value ceil_floats(const Call& call) {
  return map_all<T, T>(call, [](T x) { return std::ceil(x); });
}
template <class T>
Value truncate_floats(const Call& call) {
  return map_all<T, T>(call, [](T x) { return std::trunc(x); });
}
template <class T>
Value round_floats(const Call& call) {
  return map_all<T, T>(call, [](T x) { return std::round(x); });
}

/// DuckDB scales with a power of ten in double precision and gives the number itself (0 for negative digits)
/// where that leaves the finite numbers.
template <class T>
Value round_to_digits(const Call& call) {
  return map_all<T, T, std::int32_t>(call, [](T x, std::int32_t digits) -> T {
    const auto wide = static_cast<double>(static_cast<T>(digits));
    const double scale = std::pow(10, digits < 0 ? -wide : wide);
    const double rounded = digits < 0 ? std::round(x / scale) * scale : std::round(x * scale) / scale;
    if (!std::isfinite(rounded)) return digits < 0 ? T{0} : x;
    return static_cast<T>(rounded);
  });
}

Value floor_decimals(const Call& call) {
  const Int128 one = power_of_ten(call.args[0].type.scale);
  return map_all<Int128, Int128>(call, [one](Int128 x) { return x < 0 ? (x + 1) / one - 1 : x / one; });
}
Value ceil_decimals(const Call& call) {
  const Int128 one = power_of_ten(call.args[0].type.scale);
  return map_all<Int128, Int128>(call, [one](Int128 x) { return x <= 0 ? x / one : (x - 1) / one + 1; });
}
Value truncate_decimals(const Call& call) {
  const Int128 one = power_of_ten(call.args[0].type.scale);
  return map_all<Int128, Int128>(call, [one](Int128 x) { return x / one; });
}
/// To the scale of the result, which the binder derived from the digits asked for.
Value round_decimals(const Call& call) {
  const Int128 unit = power_of_ten(call.args[0].type.scale - call.type.scale);
  return map_all<Int128, Int128>(call, [unit](Int128 x) {
    Int128 moved = 0;  // Wraps only for what is no decimal: the bits of a null row.
    static_cast<void>(__builtin_add_overflow(x, x < 0 ? -(unit / 2) : unit / 2, &moved));
    return moved / unit;
  });
}

Result<std::shared_ptr<const void>> digits_not_negative(std::span<const Value* const> args) {
  const Value* digits = args[1];
  if (digits == nullptr || digits->is_null(0) || Reader<std::int32_t>(*digits)[0] < 0) {
    return fail(ErrorCode::kInvalidInput, "a decimal is rounded to a constant number of digits, 0 or more");
  }
  return std::shared_ptr<const void>();
}

template <class T>
void add_float_type(AllowList& list, TypeId id) {
  list.add({.name = "floor", .args = {id}, .result = id, .kernel = floor_floats<T>});
  list.add({.name = "ceil", .args = {id}, .result = id, .kernel = ceil_floats<T>});
  list.add({.name = "ceiling", .args = {id}, .result = id, .kernel = ceil_floats<T>});
  list.add({.name = "trunc", .args = {id}, .result = id, .kernel = truncate_floats<T>});
  list.add({.name = "round", .args = {id}, .result = id, .kernel = round_floats<T>});
  list.add({.name = "round", .args = {id, TypeId::kInteger}, .result = id, .kernel = round_to_digits<T>});
}

Value unchanged(const Call& call) {
  Value value = call.args[0];
  value.failed = nullptr;
  return value;
}

}  // namespace

void add_rounding(AllowList& list) {
  add_float_type<float>(list, TypeId::kFloat);
  add_float_type<double>(list, TypeId::kDouble);
  const TypeId id = TypeId::kDecimal;
  list.add({.name = "floor", .args = {id}, .result = id, .kernel = floor_decimals});
  list.add({.name = "ceil", .args = {id}, .result = id, .kernel = ceil_decimals});
  list.add({.name = "ceiling", .args = {id}, .result = id, .kernel = ceil_decimals});
  list.add({.name = "trunc", .args = {id}, .result = id, .kernel = truncate_decimals});
  list.add({.name = "round", .args = {id}, .result = id, .kernel = round_decimals});
  list.add({.name = "round",
            .args = {id, TypeId::kInteger},
            .result = id,
            .kernel = round_decimals,
            .prepare = digits_not_negative,
            .constants = 2});
  for (const TypeId integer : {TypeId::kTinyInt, TypeId::kSmallInt, TypeId::kInteger, TypeId::kBigInt}) {
    list.add({.name = "round", .args = {integer}, .result = integer, .kernel = unchanged});
    list.add({.name = "trunc", .args = {integer}, .result = integer, .kernel = unchanged});
  }
}

}  // namespace haul::expression
