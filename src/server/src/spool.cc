#include "spool.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace haul::server {
namespace {

void remove_quietly(FileSystem& files, const Path& path) {
  // What cannot be removed now is removed by the next start.
  if (!path.empty()) static_cast<void>(files.remove(path).has_value());
}

class MemoryFile final : public ReadableFile {
 public:
  explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= bytes_.size()) return 0U;
    const std::size_t count = std::min(into.size(), bytes_.size() - offset);
    std::memcpy(into.data(), bytes_.data() + offset, count);
    return count;
  }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::string_view text() const { return bytes_; }

 private:
  std::string bytes_;
};

class MemoryBody final : public Body {
 public:
  MemoryBody(SpoolFolder& folder, std::string bytes) : folder_(folder), bytes_(std::move(bytes)) {}
  ~MemoryBody() override {
    folder_.release(bytes_.size());
    remove_quietly(folder_.files(), path_);
  }
  MemoryBody(const MemoryBody&) = delete;
  MemoryBody& operator=(const MemoryBody&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] const ReadableFile& bytes() const override { return bytes_; }
  Result<Path> file() override {
    if (!path_.empty()) return path_;
    HAUL_TRY(made, folder_.create());
    path_ = std::move(made.path);
    HAUL_TRY_VOID(made.file->append(as_bytes(bytes_.text())));
    return path_;
  }

 private:
  SpoolFolder& folder_;
  MemoryFile bytes_;
  Path path_;
};

class FileBody final : public Body {
 public:
  FileBody(SpoolFolder& folder, Path path, std::unique_ptr<ReadableFile> file)
      : folder_(folder), path_(std::move(path)), file_(std::move(file)) {}
  ~FileBody() override { remove_quietly(folder_.files(), path_); }
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return file_->size(); }
  [[nodiscard]] const ReadableFile& bytes() const override { return *file_; }
  Result<Path> file() override { return path_; }

 private:
  SpoolFolder& folder_;
  Path path_;
  std::unique_ptr<ReadableFile> file_;
};

}  // namespace

Result<std::unique_ptr<SpoolFolder>> SpoolFolder::open(FileSystem& files, Path folder) {
  HAUL_TRY_VOID(files.create_directories(folder));
  HAUL_TRY(left, files.list(folder));
  for (const FileInfo& file : left) {
    if (file.name.starts_with("http-")) remove_quietly(files, folder / file.name);
  }
  return std::unique_ptr<SpoolFolder>(new SpoolFolder(files, std::move(folder)));
}

Result<SpoolFolder::NewFile> SpoolFolder::create() {
  while (true) {
    Path path = folder_ / fmt::format("http-{}", ++number_);
    auto file = files_.open_for_write(path, OpenMode::kCreateNew);
    if (file) return NewFile{std::move(path), *std::move(file)};
    if (file.error().code != ErrorCode::kConflict) return fail(std::move(file).error());
  }
}

Spool::~Spool() {
  folder_.release(memory_.size());
  remove_quietly(folder_.files(), path_);
}

Result<void> Spool::append(std::span<const std::byte> bytes) {
  if (file_ == nullptr && !would_write(bytes.size())) {
    folder_.hold(bytes.size());
    memory_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    size_ += bytes.size();
    return {};
  }
  if (file_ == nullptr) {
    HAUL_TRY(made, folder_.create());
    path_ = std::move(made.path);
    file_ = std::move(made.file);
    HAUL_TRY_VOID(file_->append(as_bytes(memory_)));
    folder_.release(memory_.size());
    memory_ = {};
  }
  HAUL_TRY_VOID(file_->append(bytes));
  size_ += bytes.size();
  return {};
}

Result<std::unique_ptr<Body>> Spool::finish() {
  if (file_ == nullptr) return std::make_unique<MemoryBody>(folder_, std::exchange(memory_, {}));
  file_.reset();
  HAUL_TRY(file, folder_.files().open_for_read(path_));
  return std::make_unique<FileBody>(folder_, std::exchange(path_, {}), std::move(file));
}

}  // namespace haul::server
