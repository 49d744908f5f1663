#include "parquet_file.h"

#include <utility>

namespace haul::inspection {

ParquetFile::ParquetFile(FileSystem& files, Path path)
    : files_(files), path_(std::move(path)), temporary_(path_.string() + ".tmp") {}

ParquetFile::~ParquetFile() {
  if (!published_) static_cast<void>(files_.remove(temporary_).has_value());
}

Result<std::unique_ptr<ParquetFile>> ParquetFile::open(FileSystem& files, Path path,
                                                       const columnar::Schema& schema) {
  std::unique_ptr<ParquetFile> made(new ParquetFile(files, std::move(path)));
  HAUL_TRY(file, files.open_for_write(made->temporary_, OpenMode::kTruncate));
  made->sink_ = std::make_unique<BufferedSink>(std::move(file));
  HAUL_TRY(writer, columnar::ParquetWriter::open(schema, *made->sink_, {}));
  made->writer_ = std::move(writer);
  return made;
}

Result<void> ParquetFile::write(const arrow::RecordBatch& rows) { return writer_->write(rows); }

Result<void> ParquetFile::publish() {
  HAUL_TRY(statistics, writer_->finish());
  static_cast<void>(statistics);
  HAUL_TRY_VOID(sink_->sync());
  HAUL_TRY_VOID(files_.rename(temporary_, path_));
  published_ = true;
  return files_.sync_directory(path_.parent_path());
}

}  // namespace haul::inspection
