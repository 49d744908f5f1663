// =, <>, <, <=, >, >=, IS [NOT] DISTINCT FROM, [NOT] IN, IS [NOT] NULL. Integers, text, dates, times,
// decimals and booleans by Arrow; floats in DuckDB's order, where NaN equals NaN and is above every number.
#include <cmath>

#include "../allow_list.h"
#include "../row_loops.h"
#include "arrow_call.h"
#include "interval_math.h"
#include "text_set.h"
#include "total_order.h"

namespace haul::expression {
namespace {

enum class Relation : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

constexpr const char* arrow_name(Relation relation) {
  switch (relation) {
    case Relation::kEqual:
      return "equal";
    case Relation::kNotEqual:
      return "not_equal";
    case Relation::kLess:
      return "less";
    case Relation::kLessOrEqual:
      return "less_equal";
    case Relation::kGreater:
      return "greater";
    case Relation::kGreaterOrEqual:
      return "greater_equal";
  }
  return "";
}

template <Relation relation>
Value compare_by_arrow(const Call& call) {
  return call_arrow(arrow_name(relation), call);
}

template <Relation relation, class T>
bool holds(const T& a, const T& b) {
  switch (relation) {
    case Relation::kEqual:
      return order_equal(a, b);
    case Relation::kNotEqual:
      return !order_equal(a, b);
    case Relation::kLess:
      return order_less(a, b);
    case Relation::kLessOrEqual:
      return !order_less(b, a);
    case Relation::kGreater:
      return order_less(b, a);
    case Relation::kGreaterOrEqual:
      return !order_less(a, b);
  }
  return false;
}

template <Relation relation, class T>
Value compare_own(const Call& call) {
  return map_all<bool, T, T>(call, [](const T& a, const T& b) { return holds<relation>(a, b); });
}

/// Against a number that is not NaN one IEEE comparison decides: a > x is NOT a <= x, which is true for NaN.
template <Relation relation, class T>
Value compare_floats(const Call& call) {
  const Value& right = call.args[1];
  if (!right.constant || call.rows == 1 || right.is_null(0) || std::isnan(Reader<T>(right)[0])) {
    return compare_own<relation, T>(call);
  }
  const T bound = Reader<T>(right)[0];
  return map_all<bool, T>(call, [bound](T a) {
    if constexpr (relation == Relation::kEqual) return a == bound;
    if constexpr (relation == Relation::kNotEqual) return a != bound;
    if constexpr (relation == Relation::kLess) return a < bound;
    if constexpr (relation == Relation::kLessOrEqual) return a <= bound;
    if constexpr (relation == Relation::kGreater) return !(a <= bound);
    if constexpr (relation == Relation::kGreaterOrEqual) return !(a < bound);
  });
}

template <Relation relation>
Kernel compare_kernel(TypeId id) {
  switch (id) {
    case TypeId::kFloat:
      return compare_floats<relation, float>;
    case TypeId::kDouble:
      return compare_floats<relation, double>;
    case TypeId::kInterval:
      return compare_own<relation, Interval>;
    case TypeId::kHugeInt:
      return compare_own<relation, Int128>;
    default:
      return compare_by_arrow<relation>;
  }
}

Kernel equality(TypeId id) { return compare_kernel<Relation::kEqual>(id); }

Value is_null(const Call& call) { return call_arrow("is_null", call); }
Value is_not_null(const Call& call) { return call_arrow("is_valid", call); }

/// Two NULLs are not distinct, one NULL is distinct from any value.
template <bool distinct>
Value distinct_from(const Call& call) {
  const Value equal = equality(call.args[0].type.id)({{TypeId::kBoolean}, call.args, call.rows});
  const Reader<bool> same(equal);
  auto bits = pack_bits(call.rows, [&](std::int64_t row) {
    const bool left_null = call.args[0].is_null(row);
    const bool right_null = call.args[1].is_null(row);
    const bool equals = left_null || right_null ? left_null && right_null : same[row];
    return equals != distinct;
  });
  return RowMarks(call.rows, nullptr).finish(call.type, {std::move(bits)});
}

/// The texts of a list that holds nothing but constants and no NULL; null: another list.
Result<std::shared_ptr<const void>> prepare_texts(std::span<const Value* const> args) {
  std::vector<std::string> texts;
  for (const Value* arg : args.subspan(1)) {
    if (arg == nullptr || arg->is_null(0)) return std::shared_ptr<const void>();
    texts.emplace_back(Reader<std::string_view>(*arg)[0]);
  }
  return std::make_shared<const TextSet>(std::move(texts));
}

/// x = first OR x = second OR ..., in three-valued logic.
Value is_in(const Call& call) {
  if (call.prepared != nullptr && !call.args[0].constant) {
    const Call text_only{.type = call.type, .args = call.args.first(1), .rows = call.rows};
    return map_all<bool, std::string_view>(
        text_only, [&set = *static_cast<const TextSet*>(call.prepared)](std::string_view text) {
          return set.contains(text);
        });
  }
  const Kernel equal = equality(call.args[0].type.id);
  Value found;
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    const std::array<Value, 2> pair{call.args[0], call.args[i]};
    const bool both_constant = pair[0].constant && pair[1].constant;
    Value same = equal({{TypeId::kBoolean}, pair, both_constant ? 1 : call.rows});
    same.constant = both_constant && call.rows != 1;
    if (i == 1) {
      found = std::move(same);
      continue;
    }
    const std::array<Value, 2> both{std::move(found), std::move(same)};
    const bool constant = both[0].constant && both[1].constant;
    found = call_arrow("or_kleene", {{TypeId::kBoolean}, both, constant ? 1 : call.rows});
    found.constant = constant && call.rows != 1;
  }
  if (found.constant) {
    const std::array<Value, 2> widened{found, {call.type, null_value(call.type, call.rows).data}};
    return call_arrow("coalesce", {call.type, widened, call.rows});
  }
  return found;
}

Value is_not_in(const Call& call) {
  const Value found = is_in(call);
  return call_arrow("invert", {call.type, {&found, 1}, call.rows});
}

template <Relation relation>
void add_relation(AllowList& list, std::string_view name, TypeId id) {
  list.add({.name = name, .args = {id, id}, .kernel = compare_kernel<relation>(id)});
}

}  // namespace

void add_comparisons(AllowList& list) {
  for (const TypeId id :
       {TypeId::kBoolean, TypeId::kTinyInt, TypeId::kSmallInt, TypeId::kInteger, TypeId::kBigInt,
        TypeId::kHugeInt, TypeId::kFloat, TypeId::kDouble, TypeId::kDecimal, TypeId::kVarchar, TypeId::kBlob,
        TypeId::kDate, TypeId::kTimestamp, TypeId::kTimestampTz, TypeId::kInterval}) {
    add_relation<Relation::kEqual>(list, "=", id);
    add_relation<Relation::kNotEqual>(list, "<>", id);
    add_relation<Relation::kLess>(list, "<", id);
    add_relation<Relation::kLessOrEqual>(list, "<=", id);
    add_relation<Relation::kGreater>(list, ">", id);
    add_relation<Relation::kGreaterOrEqual>(list, ">=", id);
    list.add({.name = "IS DISTINCT FROM", .args = {id, id}, .kernel = distinct_from<true>});
    list.add({.name = "IS NOT DISTINCT FROM", .args = {id, id}, .kernel = distinct_from<false>});
    const Prepare prepare = id == TypeId::kVarchar ? prepare_texts : nullptr;
    list.add({.name = "IN", .args = {id, id}, .kernel = is_in, .prepare = prepare, .variadic = true});
    list.add({.name = "NOT IN", .args = {id, id}, .kernel = is_not_in, .prepare = prepare, .variadic = true});
    list.add({.name = "IS NULL", .args = {id}, .kernel = is_null});
    list.add({.name = "IS NOT NULL", .args = {id}, .kernel = is_not_null});
  }
  list.add({.name = "IS NULL", .args = {TypeId::kNested}, .kernel = is_null});
  list.add({.name = "IS NOT NULL", .args = {TypeId::kNested}, .kernel = is_not_null});
}

}  // namespace haul::expression
