#include "haul/columnar/parquet_reader.h"

#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include "guarded.h"
#include "haul/columnar/arrow_error.h"
#include "source_file.h"

namespace haul::columnar {
namespace {

constexpr std::int64_t kBatchRows = 64 * 1024;
constexpr std::int64_t kBufferBytes = 256 * 1024;  // of one column

class ArrowParquetReader final : public ParquetReader {
 public:
  explicit ArrowParquetReader(std::unique_ptr<ReadableFile> file)
      : file_(std::make_shared<SourceFile>(std::move(file))) {}

  Result<void> start() {
    return outcome(guarded([this]() -> arrow::Status {
      parquet::ReaderProperties properties = parquet::default_reader_properties();
      properties.enable_buffered_stream();
      properties.set_buffer_size(kBufferBytes);
      properties.set_page_checksum_verification(true);
      parquet::ArrowReaderProperties arrow_properties;
      arrow_properties.set_batch_size(kBatchRows);
      arrow_properties.set_pre_buffer(false);
      parquet::arrow::FileReaderBuilder builder;
      ARROW_RETURN_NOT_OK(builder.Open(file_, properties));
      ARROW_ASSIGN_OR_RAISE(reader_, builder.properties(arrow_properties)->Build());
      ARROW_ASSIGN_OR_RAISE(batches_, reader_->GetRecordBatchReader());
      return arrow::Status::OK();
    }));
  }

  Result<BatchPtr> next() override {
    BatchPtr batch;
    do {
      HAUL_TRY_VOID(outcome(guarded([&] { return batches_->ReadNext(&batch); })));
    } while (batch != nullptr && batch->num_rows() == 0);
    return batch;
  }

 private:
  /// The file's own error where it failed; else what Arrow says is about the bytes.
  Result<void> outcome(const arrow::Status& status) {
    if (status.ok()) return {};
    if (file_->error()) return fail(*file_->error());
    if (status.IsOutOfMemory()) return fail(to_error(status, "read a Parquet file"));
    return fail(ErrorCode::kCorrupt, to_error(status, "read a Parquet file").message);
  }

  std::shared_ptr<SourceFile> file_;  // Arrow's readers hold it too
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace

Result<std::unique_ptr<ParquetReader>> ParquetReader::open(std::unique_ptr<ReadableFile> file) {
  auto reader = std::make_unique<ArrowParquetReader>(std::move(file));
  HAUL_TRY_VOID(reader->start());
  return reader;
}

}  // namespace haul::columnar
