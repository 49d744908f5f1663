#pragma once

#include <algorithm>
#include <string>

#include "haul/base/file_system.h"

namespace haul::ingest {

/// A file in memory.
class MemoryFile final : public ReadableFile {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= content_.size()) return std::size_t{0};
    return content_.copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
  }
  [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

 private:
  std::string content_;
};

}  // namespace haul::ingest
