#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "haul/base/file_system.h"

namespace haul {

/// Gathers the small appends of a writer into a quarter of a megabyte. What is gathered is lost with the
/// object: sync() before. Errors as WritableFile. One thread at a time.
class BufferedSink final : public ByteSink {
 public:
  explicit BufferedSink(std::unique_ptr<WritableFile> file);

  Result<void> append(std::span<const std::byte> bytes) override;
  Result<void> sync();

 private:
  Result<void> flush();

  std::unique_ptr<WritableFile> file_;
  std::vector<std::byte> buffer_;
};

}  // namespace haul
