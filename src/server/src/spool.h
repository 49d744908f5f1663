#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "haul/base/file_system.h"
#include "haul/server/http.h"

namespace haul::server {

/// The files of a spool folder, and how much all its bodies may hold in memory. Several may share one folder
/// of the disk. Thread-safe.
class SpoolFolder {
 public:
  /// Makes the folder, or removes what a crash left in it. Errors as FileSystem.
  static Result<std::unique_ptr<SpoolFolder>> open(FileSystem& files, Path folder);

  [[nodiscard]] FileSystem& files() { return files_; }
  struct NewFile {
    Path path;
    std::unique_ptr<WritableFile> file;
  };
  /// An empty file that nobody else has. kUnavailable: the disk.
  Result<NewFile> create();

  /// Whether so many bytes more may be in memory.
  [[nodiscard]] bool has_room(std::size_t bytes) const { return held_ + bytes <= kHeldBytesMax; }
  void hold(std::size_t bytes) { held_ += bytes; }
  void release(std::size_t bytes) { held_ -= bytes; }

 private:
  static constexpr std::uint64_t kHeldBytesMax = 512U << 20U;

  SpoolFolder(FileSystem& files, Path folder) : files_(files), folder_(std::move(folder)) {}
  FileSystem& files_;
  Path folder_;
  std::atomic<std::uint64_t> number_{0};
  std::atomic<std::uint64_t> held_{0};
};

/// Takes bytes as they come: in memory up to a limit of its own and one of the folder, beyond them in a file.
/// One thread at a time. Destroyed unfinished, it removes its file.
class Spool {
 public:
  Spool(SpoolFolder& folder, std::uint64_t memory_max) : folder_(folder), memory_max_(memory_max) {}
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// kUnavailable: the disk; what came so far is lost.
  Result<void> append(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// True where the next append of so many bytes touches the disk.
  [[nodiscard]] bool would_write(std::size_t bytes) const {
    return file_ != nullptr || size_ + bytes > memory_max_ || !folder_.has_room(bytes);
  }
  /// The bytes, whole. The spool is used up.
  Result<std::unique_ptr<Body>> finish();

 private:
  SpoolFolder& folder_;
  std::uint64_t memory_max_;
  std::string memory_;
  Path path_;  // empty: nothing on disk
  std::unique_ptr<WritableFile> file_;
  std::uint64_t size_ = 0;
};

}  // namespace haul::server
