#include "sink_stream.h"

#include <arrow/status.h>

namespace haul::columnar {

arrow::Status SinkStream::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

arrow::Status SinkStream::Abort() { return Close(); }

arrow::Status SinkStream::Write(const void* data, std::int64_t bytes) {
  if (closed_) return arrow::Status::IOError("the stream is closed");
  if (error_) return arrow::Status::IOError(error_->message);
  const auto taken = sink_.append({static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes)});
  if (!taken) {
    error_ = taken.error();
    return arrow::Status::IOError(error_->message);
  }
  position_ += bytes;
  return arrow::Status::OK();
}

}  // namespace haul::columnar
