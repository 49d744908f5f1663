#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::columnar {

/// What Delta wants to know of one column of one file. `min` and `max` are null where all values are null and
/// for types that Delta keeps no bounds of (boolean, binary, list). Strings are cut to 32 characters: min
/// downwards, max upwards (null where nothing of that length is above). NaN never enters min or max; a column
/// that holds one has no max, because readers that order NaN above all numbers (Spark, DuckDB) would skip the
/// file wrongly. No entry at all: personal columns, and struct columns (Delta keeps theirs per leaf).
struct ColumnStatistics {
  std::string name;
  std::int64_t null_count = 0;
  std::shared_ptr<arrow::Scalar> min;
  std::shared_ptr<arrow::Scalar> max;
};

struct FileStatistics {
  std::int64_t rows = 0;
  std::vector<ColumnStatistics> columns;  ///< In schema order.
};

struct ParquetOptions {
  int zstd_level = 1;
  std::int64_t row_group_rows = 1'000'000;
};

/// Streams record batches of one schema into one Parquet file: zstd, dictionary on strings (falls back to
/// DELTA_LENGTH_BYTE_ARRAY where it outgrows a page), DELTA_BINARY_PACKED on integers, dates, times and
/// decimals of up to 18 digits, PLAIN on floating point and longer decimals (what Spark's reader can read),
/// page checksums. Statistics are taken on the way; personal columns get none in the file either. Destroyed
/// unfinished, it leaves a file without a footer. One thread. Memory: one row group of encoded pages. The
/// same batches give the same bytes.
class ParquetWriter {
 public:
  /// `sink` must outlive the writer. kInvalidInput: a column type that Parquet or Delta cannot hold.
  static Result<std::unique_ptr<ParquetWriter>> open(const Schema& schema, ByteSink& sink,
                                                     ParquetOptions options);
  virtual ~ParquetWriter() = default;

  /// Column nullability of the batch's schema does not matter, the values do. A column may be a dictionary of
  /// its type; one that stays the same from batch to batch is written without looking at its values again.
  /// kInvalidInput: the batch has other columns, or a null in a required column (named, with its row);
  /// nothing of the batch was written. kUnavailable: the sink failed; the file is unusable.
  virtual Result<void> write(const arrow::RecordBatch& batch) = 0;

  /// Writes the footer. The sink holds a whole Parquet file on return (not yet synced). Call once.
  virtual Result<FileStatistics> finish() = 0;
};

}  // namespace haul::columnar
