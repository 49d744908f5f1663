// + - * and unary minus over decimals. The binder has brought both sides to the scale that the operation
// needs; what does not fit the result's width fails, as in DuckDB.
#include "../allow_list.h"
#include "../row_loops.h"
#include "decimal_math.h"

namespace haul::expression {
namespace {

bool outside(Int128 value, Int128 limit) { return value >= limit || value <= -limit; }

Value add_decimals_kernel(const Call& call) {
  const Int128 limit = power_of_ten(call.type.width);
  return map_overflowing<Int128, Int128, Int128>(call, [limit](Int128 a, Int128 b, Int128* out) {
    return __builtin_add_overflow(a, b, out) || outside(*out, limit);
  });
}
Value subtract_decimals(const Call& call) {
  const Int128 limit = power_of_ten(call.type.width);
  return map_overflowing<Int128, Int128, Int128>(call, [limit](Int128 a, Int128 b, Int128* out) {
    return __builtin_sub_overflow(a, b, out) || outside(*out, limit);
  });
}
Value multiply_decimals(const Call& call) {
  const Int128 limit = power_of_ten(call.type.width);
  return map_overflowing<Int128, Int128, Int128>(call, [limit](Int128 a, Int128 b, Int128* out) {
    return __builtin_mul_overflow(a, b, out) || outside(*out, limit);
  });
}
Value negate_decimals(const Call& call) {
  return map_all<Int128, Int128>(call, [](Int128 a) {
    Int128 out = 0;
    static_cast<void>(__builtin_sub_overflow(Int128{0}, a, &out));
    return out;
  });
}
Value absolute_decimals(const Call& call) {
  return map_all<Int128, Int128>(call, [](Int128 a) {
    Int128 out = a;
    if (a < 0) static_cast<void>(__builtin_sub_overflow(Int128{0}, a, &out));
    return out;
  });
}

}  // namespace

Int128 power_of_ten(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

void add_decimals(AllowList& list) {
  const TypeId id = TypeId::kDecimal;
  list.add({.name = "+", .args = {id, id}, .result = id, .kernel = add_decimals_kernel});
  list.add({.name = "-", .args = {id, id}, .result = id, .kernel = subtract_decimals});
  list.add({.name = "*", .args = {id, id}, .result = id, .kernel = multiply_decimals});
  list.add({.name = "-", .args = {id}, .result = id, .kernel = negate_decimals});
  list.add({.name = "abs", .args = {id}, .result = id, .kernel = absolute_decimals});
  list.add({.name = "@", .args = {id}, .result = id, .kernel = absolute_decimals});
}

}  // namespace haul::expression
