#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <memory>
#include <optional>

#include "haul/base/file_system.h"

namespace haul::columnar {

/// Arrow's file over a ReadableFile of ours; keeps the file's own error, which Arrow's status would flatten.
class SourceFile final : public arrow::io::RandomAccessFile {
 public:
  explicit SourceFile(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}

  arrow::Status Close() override;
  [[nodiscard]] bool closed() const override { return closed_; }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override;
  arrow::Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(file_->size()); }
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t bytes) override;
  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override;

  /// What the file said when it failed, if it did.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::unique_ptr<ReadableFile> file_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::optional<Error> error_;
};

}  // namespace haul::columnar
