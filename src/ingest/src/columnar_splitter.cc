#include "columnar_splitter.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "json_rows.h"
#include "record_collector.h"

namespace haul::ingest {
namespace {

/// Our file as Arrow reads one. Remembers a failed read, which Arrow reports without its code.
class ArrowFile final : public arrow::io::RandomAccessFile {
 public:
  explicit ArrowFile(const ReadableFile& file) : file_(file) {}

  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  [[nodiscard]] bool closed() const override { return closed_; }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(file_.size()); }

  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t bytes, void* out) override {
    const auto into = std::span(static_cast<std::byte*>(out), static_cast<std::size_t>(bytes));
    auto read = file_.read_at(static_cast<std::uint64_t>(position), into);
    if (read) return static_cast<std::int64_t>(*read);
    failure_ = read.error();
    return arrow::Status::IOError(read.error().message);
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position, bytes, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(read));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position_, bytes, out));
    position_ += read;
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
    position_ += buffer->size();
    return buffer;
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  const ReadableFile& file_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::optional<Error> failure_;
};

class ColumnarSplitter final : public RowSplitter {
 public:
  ColumnarSplitter(const ReadableFile& file, const FormatOptions& format, SplitOptions options)
      : size_(file.size()), file_(std::make_shared<ArrowFile>(file)), row_format_(format), options_(options) {
    name_ = format.format == Format::kParquet ? "Parquet" : "Arrow";
    row_format_.format = Format::kNdjson;
  }

  Result<void> start(Format format, std::string_view magic) {
    arrow::Status status = format == Format::kParquet ? open_parquet() : open_arrow(magic);
    if (!status.ok()) return fail(failed(status));
    return check_json_schema(*schema_);
  }

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return row_format_; }

  Result<SplitRows> next() override {
    SplitRows rows;
    rows.ends.push_back(0);
    while (rows.bytes.size() < options_.chunk_bytes) {
      if (batch_ == nullptr || row_ == batch_->num_rows()) {
        const arrow::Status status = read_batch();
        if (!status.ok()) return fail(failed(status));
        if (batch_ == nullptr) {
          rows.last = true;
          break;
        }
        continue;
      }
      add_row(rows);
    }
    rows.read_bytes = rows.last ? size_ : std::min(size_, static_cast<std::uint64_t>(*file_->Tell()));
    return rows;
  }

 private:
  arrow::Status open_parquet() {
    try {
      ARROW_ASSIGN_OR_RAISE(parquet_, parquet::arrow::OpenFile(file_, arrow::default_memory_pool()));
      ARROW_RETURN_NOT_OK(parquet_->GetSchema(&schema_));
      ARROW_ASSIGN_OR_RAISE(batches_, parquet_->GetRecordBatchReader());
    } catch (const parquet::ParquetException& broken) {
      return arrow::Status::Invalid(broken.what());
    }
    return arrow::Status::OK();
  }

  arrow::Status open_arrow(std::string_view magic) {
    if (magic == "ARROW1") {
      ARROW_ASSIGN_OR_RAISE(ipc_file_, arrow::ipc::RecordBatchFileReader::Open(file_));
      schema_ = ipc_file_->schema();
      return arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(batches_, arrow::ipc::RecordBatchStreamReader::Open(file_));
    schema_ = batches_->schema();
    return arrow::Status::OK();
  }

  /// The next batch, checked; none at the end.
  arrow::Status read_batch() {
    row_ = 0;
    batch_ = nullptr;
    try {
      if (ipc_file_ == nullptr) {
        ARROW_RETURN_NOT_OK(batches_->ReadNext(&batch_));
      } else if (next_batch_ < ipc_file_->num_record_batches()) {
        ARROW_ASSIGN_OR_RAISE(batch_, ipc_file_->ReadRecordBatch(next_batch_++));
      }
    } catch (const parquet::ParquetException& broken) {
      return arrow::Status::Invalid(broken.what());
    }
    // What a file says about itself is not to be trusted: offsets may point anywhere.
    return batch_ == nullptr ? arrow::Status::OK() : batch_->ValidateFull();
  }

  void add_row(SplitRows& rows) {
    ++number_;
    text_.clear();
    append_json_row(*batch_, row_++, text_);
    add_record({std::string_view(text_).substr(0, options_.row_bytes_max), text_.size()}, number_, rows);
  }

  [[nodiscard]] Error failed(const arrow::Status& status) const {
    if (file_->failure()) return *file_->failure();
    return {ErrorCode::kInvalidInput,
            fmt::format("the {} file cannot be read behind row {}: {}", name_, number_, status.message())};
  }

  std::uint64_t size_;
  std::shared_ptr<ArrowFile> file_;
  std::string_view name_;
  std::string header_;  ///< None: every row names its columns.
  FormatOptions row_format_;
  SplitOptions options_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileReader> parquet_;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> ipc_file_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
  int next_batch_ = 0;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t row_ = 0;
  std::uint64_t number_ = 0;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<RowSplitter>> open_columnar_splitter(const ReadableFile& file,
                                                            const FormatOptions& format,
                                                            SplitOptions options) {
  std::array<std::byte, 6> first{};
  HAUL_TRY(bytes, file.read_at(0, first));
  auto splitter = std::make_unique<ColumnarSplitter>(file, format, options);
  HAUL_TRY_VOID(splitter->start(format.format, {reinterpret_cast<const char*>(first.data()), bytes}));
  return std::unique_ptr<RowSplitter>(std::move(splitter));
}

}  // namespace haul::ingest
