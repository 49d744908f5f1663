#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::columnar {

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;
using ArrayPtr = std::shared_ptr<arrow::Array>;

/// The rows of `batch` at the positions `rows`, in that order; repeats are allowed. Copies them, except where
/// `rows` is one ascending run: then the result is a slice that shares memory with `batch`.
/// kInvalidInput: a position at or past the end.
Result<BatchPtr> take_rows(const BatchPtr& batch, std::span<const std::uint32_t> rows);

/// All rows of all batches, in order, copied into one batch (a single batch is returned as it is).
/// kInvalidInput: no batch, or two schemas (compared without their metadata).
Result<BatchPtr> concatenate(const std::vector<BatchPtr>& batches);

/// A column to append: as long as the batch, and nullable only where it holds a null.
struct ExtraColumn {
  std::string name;
  ArrayPtr values;
};

/// `batch` with more columns behind its own; shares their memory.
/// kInvalidInput: another length, or a name that the batch has already.
Result<BatchPtr> append_columns(const arrow::RecordBatch& batch, const std::vector<ExtraColumn>& extra);

/// `rows` times the same value (a null scalar gives a column of nulls).
Result<ArrayPtr> constant_column(const arrow::Scalar& value, std::int64_t rows);
/// utf8: `rows` times the same text.
Result<ArrayPtr> constant_text(std::string_view text, std::int64_t rows);
/// The same as a dictionary of one text: four bytes a row, and a ParquetWriter never hashes the text again.
Result<ArrayPtr> repeated_text(std::string_view text, std::int64_t rows);
/// int64 from values (copied).
Result<ArrayPtr> int64_column(std::span<const std::int64_t> values);
/// timestamp(us, "UTC") from microseconds since 1970 (copied).
Result<ArrayPtr> utc_column(std::span<const std::int64_t> micros);

}  // namespace haul::columnar
