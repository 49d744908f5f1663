#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "haul/adapters/posix/posix.h"

namespace haul::adapters {
namespace {

/// The failure of a call on a path, from errno.
Error os_error(const char* verb, const Path& path) {
  const int number = errno;
  ErrorCode code = ErrorCode::kUnavailable;
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::kNotFound;
  if (number == EEXIST) code = ErrorCode::kConflict;
  return {code, fmt::format("{} {}: {}", verb, path.string(),
                            std::strerror(number))};  // NOLINT(concurrency-mt-unsafe)
}

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int raw) : raw_(raw) {}
  ~Descriptor() {
    if (raw_ >= 0) ::close(raw_);
  }
  Descriptor(Descriptor&& other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int raw() const { return raw_; }

 private:
  int raw_;
};

Result<Descriptor> open_path(const Path& path, int flags) {
  int raw = -1;
  do {
    raw = ::open(path.c_str(), flags | O_CLOEXEC, 0644);  // NOLINT(cppcoreguidelines-pro-type-vararg): POSIX
  } while (raw < 0 && errno == EINTR);
  if (raw < 0) return fail(os_error("open", path));
  return Descriptor(raw);
}

Result<void> write_all(int descriptor, std::span<const std::byte> bytes, const Path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(os_error("write", path));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

/// Writes what `pieces` point at, in as few calls as the kernel allows. The pieces are used up.
Result<void> write_all(int descriptor, std::span<iovec> pieces, const Path& path) {
  while (!pieces.empty()) {
    const auto count = static_cast<int>(std::min<std::size_t>(pieces.size(), IOV_MAX));
    const ssize_t written = ::writev(descriptor, pieces.data(), count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(os_error("write", path));
    auto left = static_cast<std::size_t>(written);
    while (!pieces.empty() && left >= pieces.front().iov_len) {
      left -= pieces.front().iov_len;
      pieces = pieces.subspan(1);
    }
    if (left > 0) {
      iovec& cut = pieces.front();
      cut = {static_cast<std::byte*>(cut.iov_base) + left, cut.iov_len - left};
    }
  }
  return {};
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor descriptor, Path path, std::uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    HAUL_TRY_VOID(write_all(descriptor_.raw(), bytes, path_));
    size_ += bytes.size();
    return {};
  }
  Result<void> append_all(std::span<const std::span<const std::byte>> pieces) override {
    vectors_.clear();
    std::uint64_t bytes = 0;
    for (const auto& piece : pieces) {
      // writev(2) takes non-const pointers because readv(2) shares its struct; it does not write through
      // them.
      vectors_.push_back({const_cast<std::byte*>(piece.data()), piece.size()});  // NOLINT(*-const-cast)
      bytes += piece.size();
    }
    HAUL_TRY_VOID(write_all(descriptor_.raw(), vectors_, path_));
    size_ += bytes;
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(descriptor_.raw()) != 0)
      return fail(ErrorCode::kUnavailable, os_error("sync", path_).message);
    return {};
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  Descriptor descriptor_;
  Path path_;
  std::uint64_t size_;
  std::vector<iovec> vectors_;  // kept for its capacity
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(Descriptor descriptor, Path path, std::uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_.raw(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(os_error("read", path_));
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  Descriptor descriptor_;
  Path path_;
  std::uint64_t size_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

FileInfo info_of(const struct stat& status, std::string name) {
  FileInfo info;
  info.name = std::move(name);
  info.bytes = static_cast<std::uint64_t>(status.st_size);
  info.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  info.inode = status.st_ino;
  info.is_directory = S_ISDIR(status.st_mode);
  return info;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> open_for_write(const Path& path, OpenMode mode) override {
    int flags = O_WRONLY | O_CREAT | O_APPEND;
    if (mode == OpenMode::kCreateNew) flags |= O_EXCL;
    if (mode == OpenMode::kTruncate) flags |= O_TRUNC;
    HAUL_TRY(descriptor, open_path(path, flags));
    struct stat status {};
    if (::fstat(descriptor.raw(), &status) != 0) return fail(os_error("stat", path));
    return std::make_unique<PosixWritableFile>(std::move(descriptor), path,
                                               static_cast<std::uint64_t>(status.st_size));
  }

  Result<std::unique_ptr<ReadableFile>> open_for_read(const Path& path) override {
    HAUL_TRY(descriptor, open_path(path, O_RDONLY));
    struct stat status {};
    if (::fstat(descriptor.raw(), &status) != 0) return fail(os_error("stat", path));
    if (S_ISDIR(status.st_mode)) {
      return fail(ErrorCode::kUnavailable, fmt::format("open {}: it is a directory", path.string()));
    }
    return std::make_unique<PosixReadableFile>(std::move(descriptor), path,
                                               static_cast<std::uint64_t>(status.st_size));
  }

  Result<FileInfo> info(const Path& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(os_error("stat", path));
    return info_of(status, path.filename().string());
  }

  Result<std::vector<FileInfo>> list(const Path& directory) override {
    std::error_code problem;
    std::vector<FileInfo> entries;
    for (std::filesystem::directory_iterator entry(directory, problem), end; !problem && entry != end;
         entry.increment(problem)) {
      auto one = info(entry->path());
      if (one) entries.push_back(std::move(*one));  // else: removed since it was listed
    }
    if (problem) {
      errno = problem.value();
      return fail(os_error("list", directory));
    }
    std::sort(entries.begin(), entries.end(),
              [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
    return entries;
  }

  Result<void> create_directories(const Path& directory) override {
    if (directory.empty()) return {};
    if (::mkdir(directory.c_str(), 0755) == 0) {
      const Path parent = directory.has_parent_path() ? directory.parent_path() : Path(".");
      return sync_directory(parent);
    }
    if (errno == EEXIST) {
      HAUL_TRY(there, info(directory));
      if (there.is_directory) return {};
      return fail(ErrorCode::kConflict,
                  fmt::format("create directory {}: a file is there", directory.string()));
    }
    const Path parent = directory.parent_path();
    if (errno != ENOENT || parent == directory || parent.empty())
      return fail(os_error("create directory", directory));
    HAUL_TRY_VOID(create_directories(parent));
    return create_directories(directory);
  }

  Result<void> rename(const Path& from, const Path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return fail(os_error("rename", from));
    return {};
  }
  Result<void> remove(const Path& path) override {
    if (::remove(path.c_str()) != 0) return fail(os_error("remove", path));
    return {};
  }
  Result<void> truncate(const Path& path, std::uint64_t bytes) override {
    if (::truncate(path.c_str(), static_cast<off_t>(bytes)) != 0) return fail(os_error("truncate", path));
    return {};
  }
  Result<void> sync_directory(const Path& directory) override {
    const Path named = directory.empty() ? Path(".") : directory;
    HAUL_TRY(descriptor, open_path(named, O_RDONLY | O_DIRECTORY));
    if (::fsync(descriptor.raw()) != 0) return fail(ErrorCode::kUnavailable, os_error("sync", named).message);
    return {};
  }

  Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) override {
    HAUL_TRY(descriptor, open_path(path, O_RDWR | O_CREAT));
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor.raw(), F_OFD_SETLK, &whole) !=
        0) {  // NOLINT(cppcoreguidelines-pro-type-vararg): POSIX
      if (errno != EAGAIN && errno != EACCES) return fail(os_error("lock", path));
      auto holder = read_file(*this, path);
      return fail(ErrorCode::kConflict, fmt::format("{} is held by {}", path.string(),
                                                    holder && !holder->empty() ? *holder : "another"));
    }
    if (::ftruncate(descriptor.raw(), 0) != 0) return fail(os_error("truncate", path));
    HAUL_TRY_VOID(write_all(descriptor.raw(), as_bytes(owner), path));
    return std::make_unique<PosixFileLock>(std::move(descriptor));
  }
};

}  // namespace

std::unique_ptr<FileSystem> make_posix_file_system() { return std::make_unique<PosixFileSystem>(); }

}  // namespace haul::adapters
