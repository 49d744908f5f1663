#pragma once

#include <concepts>
#include <string>
#include <utility>

#include "column_reader.h"
#include "pack_bits.h"
#include "row_marks.h"

/// The loops of the kernels, which are lambdas over plain values: these templates read the arguments'
/// columns, skip null rows and write the result's column. Nothing is virtual, nothing allocates per row.
namespace haul::expression {

/// What a kernel says about one row.
enum class Outcome : std::uint8_t { kValue, kNull, kFailed };

namespace detail {

template <class A, class B, class F>
void for_each_pair(const Value& left, const Value& right, std::int64_t rows, F&& f) {
  const Reader<A> a(left);
  const Reader<B> b(right);
  if (a.constant() && rows != 1) {
    const A fixed = a[0];
    for (std::int64_t row = 0; row < rows; ++row) f(row, fixed, b.values()[row]);
  } else if (b.constant() && rows != 1) {
    const B fixed = b[0];
    for (std::int64_t row = 0; row < rows; ++row) f(row, a.values()[row], fixed);
  } else {
    for (std::int64_t row = 0; row < rows; ++row) f(row, a.values()[row], b.values()[row]);
  }
}

}  // namespace detail

/// R f(A): for every row, null ones included; f takes any bits.
template <class R, class A, class F>
Value map_all(const Call& call, F&& f) {
  const Reader<A> in(call.args[0]);
  RowMarks marks(call);
  if constexpr (std::same_as<R, bool>) {
    return marks.finish(call.type,
                        {pack_bits(call.rows, [&](std::int64_t row) -> bool { return f(in[row]); })});
  } else {
    auto out = allocate(call.rows * static_cast<std::int64_t>(sizeof(R)));
    R* values = reinterpret_cast<R*>(out->mutable_data());
    for (std::int64_t row = 0; row < call.rows; ++row) values[row] = f(in[row]);
    return marks.finish(call.type, {std::move(out)});
  }
}

/// R f(A, B): for every row, null ones included; f takes any bits.
template <class R, class A, class B, class F>
Value map_all(const Call& call, F&& f) {
  RowMarks marks(call);
  if constexpr (std::same_as<R, bool>) {
    const Reader<A> a(call.args[0]);
    const Reader<B> b(call.args[1]);
    return marks.finish(call.type,
                        {pack_bits(call.rows, [&](std::int64_t row) -> bool { return f(a[row], b[row]); })});
  } else {
    auto out = allocate(call.rows * static_cast<std::int64_t>(sizeof(R)));
    R* values = reinterpret_cast<R*>(out->mutable_data());
    detail::for_each_pair<A, B>(call.args[0], call.args[1], call.rows,
                                [&](std::int64_t row, A a, B b) { values[row] = f(a, b); });
    return marks.finish(call.type, {std::move(out)});
  }
}

/// bool f(A, B, R*): true where the row fails (overflow). Runs over all rows without a branch; only when some
/// row failed does a second pass look which of them held values.
template <class R, class A, class B, class F>
Value map_overflowing(const Call& call, F&& f) {
  RowMarks marks(call);
  auto out = allocate(call.rows * static_cast<std::int64_t>(sizeof(R)));
  R* values = reinterpret_cast<R*>(out->mutable_data());
  bool any = false;
  detail::for_each_pair<A, B>(call.args[0], call.args[1], call.rows, [&](std::int64_t row, A a, B b) {
    R result;
    any |= f(a, b, &result);
    values[row] = result;
  });
  if (any) {
    const Reader<A> a(call.args[0]);
    const Reader<B> b(call.args[1]);
    for (std::int64_t row = 0; row < call.rows; ++row) {
      R ignored;
      if (marks.valid(row) && f(a[row], b[row], &ignored)) marks.set_failed(row);
    }
  }
  return marks.finish(call.type, {std::move(out)});
}

/// Outcome f(A..., R*): for the rows where every argument holds a value.
template <class R, class... A, class F>
Value map_rows(const Call& call, F&& f) {
  const auto in = readers<A...>(call, std::index_sequence_for<A...>{});
  RowMarks marks(call);
  const auto each = [&](std::int64_t row, R* result) {
    if (!marks.valid(row)) return;
    const Outcome outcome = std::apply([&](const auto&... reader) { return f(reader[row]..., result); }, in);
    if (outcome == Outcome::kNull) marks.set_null(row);
    if (outcome == Outcome::kFailed) marks.set_failed(row);
  };
  if constexpr (std::same_as<R, bool>) {
    auto bits = pack_bits(call.rows, [&](std::int64_t row) {
      bool result = false;
      each(row, &result);
      return result;
    });
    return marks.finish(call.type, {std::move(bits)});
  } else {
    auto out = allocate_zeroed(call.rows * static_cast<std::int64_t>(sizeof(R)));
    R* values = reinterpret_cast<R*>(out->mutable_data());
    for (std::int64_t row = 0; row < call.rows; ++row) each(row, values + row);
    return marks.finish(call.type, {std::move(out)});
  }
}

/// Outcome f(A..., std::string* out): as map_rows; f appends the row's text to `out` (which holds earlier
/// rows'). A row past the two gigabytes that one text column holds fails.
template <class... A, class F>
Value map_text(const Call& call, F&& f) {
  const auto in = readers<A...>(call, std::index_sequence_for<A...>{});
  RowMarks marks(call);
  auto offsets = allocate(4 * (call.rows + 1));
  auto* ends = reinterpret_cast<std::int32_t*>(offsets->mutable_data());
  std::string text;
  ends[0] = 0;
  for (std::int64_t row = 0; row < call.rows; ++row) {
    const std::size_t start = text.size();
    if (marks.valid(row)) {
      const Outcome outcome = std::apply([&](const auto&... reader) { return f(reader[row]..., &text); }, in);
      if (outcome == Outcome::kNull) marks.set_null(row);
      if (outcome == Outcome::kFailed || text.size() > 0x7fffffff) {
        text.resize(start);
        marks.set_failed(row);
      }
    }
    ends[row + 1] = static_cast<std::int32_t>(text.size());
  }
  return marks.finish(call.type, {std::move(offsets), arrow::Buffer::FromString(std::move(text))});
}

}  // namespace haul::expression
