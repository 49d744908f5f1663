#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/columnar/selection.h"

namespace haul::columnar {

/// Streams the rows of one Parquet file, in their order and with the types that the file has. One thread.
/// Memory: one batch decoded, and a buffer for each column; the file is read piece by piece.
class ParquetReader {
 public:
  /// Reads the footer. kCorrupt: no Parquet file.  kUnavailable: storage.
  static Result<std::unique_ptr<ParquetReader>> open(std::unique_ptr<ReadableFile> file);
  virtual ~ParquetReader() = default;

  /// Up to 64 Ki rows, at least one; null at the end. kCorrupt: a page that cannot be decoded or fails its
  /// checksum.  kUnavailable: storage.
  virtual Result<BatchPtr> next() = 0;
};

}  // namespace haul::columnar
