#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

#include "haul/base/buffered_sink.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/columnar/parquet_writer.h"

namespace haul::inspection {

/// A Parquet file that appears under its name whole or not at all. One thread.
class ParquetFile {
 public:
  /// Writes beside `path`. Errors as FileSystem, and kInvalidInput as columnar::ParquetWriter.
  static Result<std::unique_ptr<ParquetFile>> open(FileSystem& files, Path path,
                                                   const columnar::Schema& schema);
  /// Removes what was written, unless it was published.
  ~ParquetFile();
  ParquetFile(const ParquetFile&) = delete;
  ParquetFile& operator=(const ParquetFile&) = delete;

  Result<void> write(const arrow::RecordBatch& rows);
  /// Ends the file and puts it under its name, synced. Call once.
  Result<void> publish();

 private:
  ParquetFile(FileSystem& files, Path path);

  FileSystem& files_;
  Path path_;
  Path temporary_;
  bool published_ = false;
  std::unique_ptr<BufferedSink> sink_;  // outlives writer_
  std::unique_ptr<columnar::ParquetWriter> writer_;
};

}  // namespace haul::inspection
