#pragma once

#include <arrow/array/data.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sql_type.h"

namespace haul::expression {

__extension__ typedef __int128 Int128;

/// As DuckDB keeps an interval: its parts are independent and may differ in sign.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;
};
static_assert(sizeof(Interval) == 16);

/// One byte per row, 1 where the row failed. Shared between the values that it passes through; null: none
/// failed.
using FailedRows = std::shared_ptr<const std::vector<std::uint8_t>>;

/// One value per row, or one value for all rows (`constant`: data and failed have one row).
/// What stands in a failed or null row is readable memory with no meaning.
struct Value {
  SqlType type;
  std::shared_ptr<arrow::ArrayData> data{};
  bool constant = false;
  FailedRows failed{};

  [[nodiscard]] bool is_null(std::int64_t row) const;
  [[nodiscard]] bool is_failed(std::int64_t row) const {
    return failed != nullptr && (*failed)[constant ? 0 : static_cast<std::size_t>(row)] != 0;
  }
};

/// Arguments of one kernel call. `rows` is 1 where every argument is constant.
struct Call {
  SqlType type;  ///< Of the result.
  std::span<const Value> args{};
  std::int64_t rows = 0;
  const void* prepared = nullptr;  ///< What the signature's prepare() made of the constant arguments.

  /// The row of args[i] that stands for `row`.
  [[nodiscard]] std::int64_t at(std::size_t i, std::int64_t row) const { return args[i].constant ? 0 : row; }
};

/// Computes one result per row. The caller has joined the arguments' failures; a kernel reports only its own.
using Kernel = Value (*)(const Call& call);

/// The bitmap of rows where every argument holds a value; null where that is every row.
[[nodiscard]] std::shared_ptr<arrow::Buffer> intersect_validity(const Call& call);

/// Rows in which either failed; `rows` long.
[[nodiscard]] FailedRows join_failures(const FailedRows& left, bool left_constant, const FailedRows& right,
                                       bool right_constant, std::int64_t rows);

/// All rows null.
[[nodiscard]] Value null_value(SqlType type, std::int64_t rows);

/// A buffer of `bytes` bytes, zeroed or not. Ends the process where the memory is not to be had.
[[nodiscard]] std::shared_ptr<arrow::Buffer> allocate(std::int64_t bytes);
[[nodiscard]] std::shared_ptr<arrow::Buffer> allocate_zeroed(std::int64_t bytes);

}  // namespace haul::expression
