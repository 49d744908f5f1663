// greatest and least: NULLs are passed over; the order is that of the comparisons (NaN above every number).
#include "../allow_list.h"
#include "../row_loops.h"
#include "total_order.h"

namespace haul::expression {
namespace {

enum class Side : std::uint8_t { kLeast, kGreatest };

template <Side side, class T>
bool beats(const T& challenger, const T& holder) {
  return side == Side::kLeast ? order_less(challenger, holder) : order_less(holder, challenger);
}

/// Per row the argument that wins, -1 where all are NULL.
template <Side side, class T>
std::vector<std::int32_t> winners(const Call& call) {
  std::vector<std::int32_t> winner(static_cast<std::size_t>(call.rows), -1);
  std::vector<Reader<T>> in;
  for (const Value& arg : call.args) in.emplace_back(arg);
  for (std::size_t i = 0; i < in.size(); ++i) {
    for (std::int64_t row = 0; row < call.rows; ++row) {
      auto& best = winner[static_cast<std::size_t>(row)];
      if (call.args[i].is_null(row)) continue;
      if (best < 0 || beats<side, T>(in[i][row], in[static_cast<std::size_t>(best)][row])) {
        best = static_cast<std::int32_t>(i);
      }
    }
  }
  return winner;
}

template <Side side, class T>
Value extreme(const Call& call) {
  const auto winner = winners<side, T>(call);
  std::vector<Reader<T>> in;
  for (const Value& arg : call.args) in.emplace_back(arg);
  const Call no_nulls{.type = call.type, .args = {}, .rows = call.rows};
  RowMarks marks(no_nulls);
  auto out = allocate_zeroed(call.rows * static_cast<std::int64_t>(sizeof(T)));
  T* values = reinterpret_cast<T*>(out->mutable_data());
  for (std::int64_t row = 0; row < call.rows; ++row) {
    const std::int32_t best = winner[static_cast<std::size_t>(row)];
    if (best < 0) {
      marks.set_null(row);
    } else {
      values[row] = in[static_cast<std::size_t>(best)][row];
    }
  }
  return marks.finish(call.type, {std::move(out)});
}

template <Side side>
Value extreme_text(const Call& call) {
  const auto winner = winners<side, std::string_view>(call);
  std::vector<Reader<std::string_view>> in;
  for (const Value& arg : call.args) in.emplace_back(arg);
  const Call no_args{.type = call.type, .args = {}, .rows = call.rows};
  std::int64_t row = 0;
  return map_text(no_args, [&](std::string* text) {
    const std::int32_t best = winner[static_cast<std::size_t>(row++)];
    if (best < 0) return Outcome::kNull;
    text->append(in[static_cast<std::size_t>(best)][row - 1]);
    return Outcome::kValue;
  });
}

template <class T>
void add_type(AllowList& list, TypeId id) {
  list.add(
      {.name = "least", .args = {id}, .result = id, .kernel = extreme<Side::kLeast, T>, .variadic = true});
  list.add({.name = "greatest",
            .args = {id},
            .result = id,
            .kernel = extreme<Side::kGreatest, T>,
            .variadic = true});
}

}  // namespace

void add_choices(AllowList& list) {
  add_type<std::int8_t>(list, TypeId::kTinyInt);
  add_type<std::int16_t>(list, TypeId::kSmallInt);
  add_type<std::int32_t>(list, TypeId::kInteger);
  add_type<std::int64_t>(list, TypeId::kBigInt);
  add_type<float>(list, TypeId::kFloat);
  add_type<double>(list, TypeId::kDouble);
  add_type<Int128>(list, TypeId::kDecimal);
  add_type<std::int32_t>(list, TypeId::kDate);
  add_type<std::int64_t>(list, TypeId::kTimestamp);
  add_type<std::int64_t>(list, TypeId::kTimestampTz);
  const TypeId text = TypeId::kVarchar;
  list.add({.name = "least",
            .args = {text},
            .result = text,
            .kernel = extreme_text<Side::kLeast>,
            .variadic = true});
  list.add({.name = "greatest",
            .args = {text},
            .result = text,
            .kernel = extreme_text<Side::kGreatest>,
            .variadic = true});
}

}  // namespace haul::expression
