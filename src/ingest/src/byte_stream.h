#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::ingest {

/// The bytes of a file in order, decompressed where they are gzip (RFC 1952) or Zstandard (RFC 8878). One
/// thread.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills `into`; fewer bytes only at the end. kUnavailable: I/O error.  kInvalidInput: a compressed file is
  /// damaged, cut off, or grows beyond the limits.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
  /// True once nothing is left to read.
  [[nodiscard]] virtual bool at_end() const = 0;
  /// Bytes of the file that were used so far: what progress is measured by.
  [[nodiscard]] virtual std::uint64_t file_bytes() const = 0;
};

/// How far a compressed file may grow: a few bytes must not fill a disk.
struct ExpansionLimits {
  std::uint64_t ratio_max = 250;  ///< Decompressed bytes to compressed ones, over the whole of what was read.
  std::uint64_t bytes_max = UINT64_MAX;  ///< Decompressed.
};

/// Reads `file` from its beginning; what it is, its first bytes say. The file must outlive the stream.
Result<std::unique_ptr<ByteStream>> open_byte_stream(const ReadableFile& file, const ExpansionLimits& limits);

}  // namespace haul::ingest
