#include "source_file.h"

#include <arrow/buffer.h>
#include <arrow/status.h>

#include <span>

namespace haul::columnar {

arrow::Status SourceFile::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

arrow::Status SourceFile::Seek(std::int64_t position) {
  position_ = position;
  return arrow::Status::OK();
}

arrow::Result<std::int64_t> SourceFile::ReadAt(std::int64_t position, std::int64_t bytes, void* out) {
  const auto into = std::span(static_cast<std::byte*>(out), static_cast<std::size_t>(bytes));
  auto read = file_->read_at(static_cast<std::uint64_t>(position), into);
  if (read) return static_cast<std::int64_t>(*read);
  error_ = read.error();
  return arrow::Status::IOError(error_->message);
}

arrow::Result<std::shared_ptr<arrow::Buffer>> SourceFile::ReadAt(std::int64_t position, std::int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
  ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position, bytes, buffer->mutable_data()));
  ARROW_RETURN_NOT_OK(buffer->Resize(read));
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

arrow::Result<std::int64_t> SourceFile::Read(std::int64_t bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position_, bytes, out));
  position_ += read;
  return read;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> SourceFile::Read(std::int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
  position_ += buffer->size();
  return buffer;
}

}  // namespace haul::columnar
