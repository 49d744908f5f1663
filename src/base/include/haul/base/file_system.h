#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul {

using Path = std::filesystem::path;

/// Where bytes go, in order. One thread at a time.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all bytes or fails (kUnavailable: disk full or I/O error; what was taken of them is undefined).
  virtual Result<void> append(std::span<const std::byte> bytes) = 0;
};

/// An open file that grows at its end. Closed by the destructor without a sync.
class WritableFile : public ByteSink {
 public:
  /// As append() of the pieces joined, without the copy to join them: writev(2) where there is one.
  virtual Result<void> append_all(std::span<const std::span<const std::byte>> pieces);
  /// Returns after the bytes and the size are on the device (fdatasync). After a failure the file must not be
  /// trusted or synced again: the kernel may have dropped the pages (kUnavailable).
  virtual Result<void> sync() = 0;
  /// Bytes in the file, those not yet synced included.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// An open file for reading. Thread-safe.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  /// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file. kUnavailable: I/O error.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// Held while it lives; released by the destructor and by the end of the process, however it ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

struct FileInfo {
  std::string name;  ///< The last part of the path.
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< Since 1970, as the file system says.
  std::uint64_t inode = 0;
  bool is_directory = false;
};

enum class OpenMode : std::uint8_t {
  kCreateNew,  ///< kConflict where the path exists.
  kTruncate,   ///< Creates or empties.
  kAppend,     ///< Creates or goes on at the end.
};

/// Port: the files of one machine. Ten methods because a file system has ten verbs that durability depends
/// on; implementations: adapters/posix, and FakeFileSystem in testing/, which loses what was not synced.
/// Thread-safe. Paths are used as given. Every failure is kNotFound (no such path), kConflict (exists or
/// locked) or kUnavailable (anything else), and its message names the path.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<WritableFile>> open_for_write(const Path& path, OpenMode mode) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> open_for_read(const Path& path) = 0;
  virtual Result<FileInfo> info(const Path& path) = 0;
  /// The entries of a directory, by name.
  virtual Result<std::vector<FileInfo>> list(const Path& directory) = 0;
  /// Creates the directory and its missing parents, and syncs the parents: durable on return.
  virtual Result<void> create_directories(const Path& directory) = 0;
  /// Atomic within one file system; replaces `to`. Durable only after sync_directory of the parents.
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  virtual Result<void> remove(const Path& path) = 0;
  virtual Result<void> truncate(const Path& path, std::uint64_t bytes) = 0;
  /// Makes creations, renames and removals in the directory durable (fsync of the directory).
  virtual Result<void> sync_directory(const Path& directory) = 0;
  /// Takes the lock file, writing `owner` into it. kConflict: held by another; the message carries its owner
  /// text.
  virtual Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) = 0;
};

[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

/// The whole file as bytes. Errors as FileSystem.
Result<std::string> read_file(FileSystem& files, const Path& path);

/// Writes `path` so that after a crash it holds either the old or the new content whole: temporary file
/// beside it, sync, rename, sync of the directory.
Result<void> write_file_atomically(FileSystem& files, const Path& path, std::string_view content);

}  // namespace haul
