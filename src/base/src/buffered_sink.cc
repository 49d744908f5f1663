#include "haul/base/buffered_sink.h"

#include <utility>

namespace haul {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10U;

}  // namespace

BufferedSink::BufferedSink(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {
  buffer_.reserve(kBufferBytes);
}

Result<void> BufferedSink::append(std::span<const std::byte> bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) HAUL_TRY_VOID(flush());
  if (bytes.size() > kBufferBytes) return file_->append(bytes);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> BufferedSink::sync() {
  HAUL_TRY_VOID(flush());
  return file_->sync();
}

Result<void> BufferedSink::flush() {
  auto written = file_->append(buffer_);
  buffer_.clear();
  return written;
}

}  // namespace haul
