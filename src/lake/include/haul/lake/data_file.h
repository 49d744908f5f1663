#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::lake {

/// "part-<uuid>.<crc32c, 8 hex digits>.zstd.parquet": the name of a data file of ours.
[[nodiscard]] std::string data_file_name(std::string_view uuid, std::uint32_t crc32c);
/// The CRC32C in a data file's name; nothing for files of other writers.
[[nodiscard]] std::optional<std::uint32_t> named_crc32c(std::string_view file_name);

/// Checks a data file against the CRC32C in its name (files of other writers have none and pass). Reads the
/// file once. kCorrupt names the file.  kNotFound: the file is gone.  kUnavailable: I/O error.
Result<void> verify_data_file(FileSystem& files, const Path& file);

/// verify_data_file() that reads a file again only when its size, time or inode changed. Thread-safe.
/// Memory: one small entry per file seen.
class DataFileVerifier {
 public:
  /// `files` must outlive the verifier.
  explicit DataFileVerifier(FileSystem& files) : files_(files) {}

  /// Errors as verify_data_file().
  Result<void> verify(const Path& file);

 private:
  struct Identity {
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  FileSystem& files_;
  std::mutex mutex_;
  std::map<Path, Identity> good_;
};

}  // namespace haul::lake
