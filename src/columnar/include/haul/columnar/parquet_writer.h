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

/// What Delta wants to know of one column of one file. `min` and `max` are null where all values are null, for
/// types without an order, and for personal columns (which have no entry at all). Strings are cut to 32
/// characters: min downwards, max upwards. NaN never enters min or max.
struct ColumnStatistics {
  std::string name;
  std::int64_t null_count = 0;
  std::shared_ptr<arrow::Scalar> min;
  std::shared_ptr<arrow::Scalar> max;
};

struct FileStatistics {
  std::int64_t rows = 0;
  std::vector<ColumnStatistics> columns;  ///< In schema order, personal columns left out.
};

struct ParquetOptions {
  int zstd_level = 1;
  std::int64_t row_group_rows = 1'000'000;
};

/// Streams record batches of one schema into one Parquet file: zstd, dictionary on strings, BYTE_STREAM_SPLIT on
/// floating point, DELTA_BINARY_PACKED on integers and times, page checksums. Statistics are taken on the way.
/// One thread. Memory: one row group of encoded pages.
class ParquetWriter {
 public:
  /// `sink` must outlive the writer. kInvalidInput: a column type that Parquet or Delta cannot hold.
  static Result<std::unique_ptr<ParquetWriter>> open(const Schema& schema, ByteSink& sink, ParquetOptions options);
  virtual ~ParquetWriter() = default;

  /// kInvalidInput: the batch has another schema, or a null in a required column (named, with its row).
  /// kUnavailable: the sink failed; the file is unusable.
  virtual Result<void> write(const arrow::RecordBatch& batch) = 0;

  /// Writes the footer. The sink holds a whole Parquet file on return (not yet synced). Call once.
  virtual Result<FileStatistics> finish() = 0;
};

}  // namespace haul::columnar
