#include "haul/base/testing/fake_file_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace haul::testing {
namespace {

Error not_found(const Path& path) {
  return {ErrorCode::kNotFound, fmt::format("{}: no such file", path.string())};
}

Error power_was_cut(const Path& path) {
  return {ErrorCode::kUnavailable, fmt::format("{}: the power was cut since it was opened", path.string())};
}

void zero_random_sectors(std::string& bytes, std::size_t from, Rng& rng) {
  constexpr std::size_t kSector = 512;
  while (from < bytes.size()) {
    const std::size_t end = std::min(bytes.size(), from / kSector * kSector + kSector);
    if (below(rng, 3) == 0)
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    from = end;
  }
}

}  // namespace

class FakeWritableFile final : public WritableFile {
 public:
  FakeWritableFile(FakeFileSystem& owner, std::shared_ptr<FakeFileSystem::File> file, Path path)
      : owner_(owner), file_(std::move(file)), path_(std::move(path)), epoch_(owner.epoch_) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return fail(power_was_cut(path_));
    if (auto error = owner_.fault(FakeFileSystem::Verb::kAppend, path_)) return fail(std::move(*error));
    file_->bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    file_->modified_ns = ++owner_.ticks_;
    return {};
  }
  Result<void> append_all(std::span<const std::span<const std::byte>> pieces) override {
    std::vector<std::byte> joined;
    for (const auto& piece : pieces) joined.insert(joined.end(), piece.begin(), piece.end());
    return append(joined);
  }
  Result<void> sync() override {
    const std::lock_guard lock(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return fail(power_was_cut(path_));
    if (auto error = owner_.fault(FakeFileSystem::Verb::kSync, path_)) return fail(std::move(*error));
    file_->synced = file_->bytes;
    ++owner_.syncs_;
    return {};
  }
  [[nodiscard]] std::uint64_t size() const override {
    const std::lock_guard lock(owner_.mutex_);
    return file_->bytes.size();
  }

 private:
  FakeFileSystem& owner_;
  std::shared_ptr<FakeFileSystem::File> file_;
  Path path_;
  std::uint64_t epoch_;
};

class FakeReadableFile final : public ReadableFile {
 public:
  FakeReadableFile(FakeFileSystem& owner, std::shared_ptr<FakeFileSystem::File> file, Path path)
      : owner_(owner), file_(std::move(file)), path_(std::move(path)), epoch_(owner.epoch_) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::lock_guard lock(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return fail(power_was_cut(path_));
    if (auto error = owner_.fault(FakeFileSystem::Verb::kRead, path_)) return fail(std::move(*error));
    if (offset >= file_->bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(into.size(), file_->bytes.size() - offset);
    if (count > 0) std::memcpy(into.data(), file_->bytes.data() + offset, count);
    return count;
  }
  [[nodiscard]] std::uint64_t size() const override {
    const std::lock_guard lock(owner_.mutex_);
    return file_->bytes.size();
  }

 private:
  FakeFileSystem& owner_;
  std::shared_ptr<FakeFileSystem::File> file_;
  Path path_;
  std::uint64_t epoch_;
};

class FakeFileLock final : public FileLock {
 public:
  FakeFileLock(FakeFileSystem& owner, Path path)
      : owner_(owner), path_(std::move(path)), epoch_(owner.epoch_) {}
  ~FakeFileLock() override {
    const std::lock_guard lock(owner_.mutex_);
    if (epoch_ == owner_.epoch_) owner_.locks_.erase(path_);
  }
  FakeFileLock(const FakeFileLock&) = delete;
  FakeFileLock& operator=(const FakeFileLock&) = delete;

 private:
  FakeFileSystem& owner_;
  Path path_;
  std::uint64_t epoch_;
};

Path FakeFileSystem::clean(const Path& path) {
  Path normal = path.lexically_normal();
  if (normal == ".") return {};
  return normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path();
}

std::optional<Error> FakeFileSystem::fault(Verb verb, const Path& path) {
  return fault_ ? fault_(verb, path) : std::nullopt;
}

Result<FakeFileSystem::Directory*> FakeFileSystem::parent_of(const Path& path) {
  const auto directory = directories_.find(path.parent_path());
  if (directory == directories_.end()) return fail(not_found(path.parent_path()));
  return &directory->second;
}

Result<std::shared_ptr<FakeFileSystem::File>> FakeFileSystem::find(const Path& path) {
  HAUL_TRY(parent, parent_of(path));
  const auto entry = parent->now.find(path.filename().string());
  if (entry == parent->now.end()) return fail(not_found(path));
  return entry->second;
}

Result<std::unique_ptr<WritableFile>> FakeFileSystem::open_for_write(const Path& raw_path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  if (auto error = fault(Verb::kOpen, path)) return fail(std::move(*error));
  HAUL_TRY(parent, parent_of(path));
  auto& entry = parent->now[path.filename().string()];
  if (entry != nullptr && mode == OpenMode::kCreateNew) {
    return fail(ErrorCode::kConflict, fmt::format("open {}: it exists", path.string()));
  }
  if (entry == nullptr) {
    entry = std::make_shared<File>();
    entry->inode = next_inode_++;
    entry->modified_ns = ++ticks_;
  }
  if (mode == OpenMode::kTruncate) entry->bytes.clear();
  return std::make_unique<FakeWritableFile>(*this, entry, path);
}

Result<std::unique_ptr<ReadableFile>> FakeFileSystem::open_for_read(const Path& raw_path) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  if (auto error = fault(Verb::kOpen, path)) return fail(std::move(*error));
  HAUL_TRY(file, find(path));
  return std::make_unique<FakeReadableFile>(*this, file, path);
}

Result<FileInfo> FakeFileSystem::info(const Path& raw_path) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  FileInfo info;
  info.name = path.filename().string();
  if (directories_.contains(path)) {
    info.is_directory = true;
    return info;
  }
  HAUL_TRY(file, find(path));
  info.bytes = file->bytes.size();
  info.inode = file->inode;
  info.modified_ns = file->modified_ns;
  return info;
}

Result<std::vector<FileInfo>> FakeFileSystem::list(const Path& raw_directory) {
  const std::lock_guard lock(mutex_);
  const Path directory = clean(raw_directory);
  const auto found = directories_.find(directory);
  if (found == directories_.end()) return fail(not_found(directory));
  std::vector<FileInfo> entries;
  for (const auto& [name, file] : found->second.now) {
    entries.push_back({name, file->bytes.size(), file->modified_ns, file->inode, false});
  }
  for (const auto& [path, unused] : directories_) {
    if (!path.empty() && path != directory && path.parent_path() == directory) {
      entries.push_back({path.filename().string(), 0, 0, 0, true});
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
  return entries;
}

Result<void> FakeFileSystem::create_directories(const Path& raw_directory) {
  const std::lock_guard lock(mutex_);
  Path directory = clean(raw_directory);
  while (!directories_.contains(directory)) {
    directories_.try_emplace(directory);
    directory = directory.parent_path();
  }
  return {};
}

Result<void> FakeFileSystem::rename(const Path& raw_from, const Path& raw_to) {
  const std::lock_guard lock(mutex_);
  const Path from = clean(raw_from);
  const Path to = clean(raw_to);
  if (auto error = fault(Verb::kRename, from)) return fail(std::move(*error));
  HAUL_TRY(file, find(from));
  HAUL_TRY(to_parent, parent_of(to));
  to_parent->now[to.filename().string()] = file;
  HAUL_TRY(from_parent, parent_of(from));
  from_parent->now.erase(from.filename().string());
  return {};
}

Result<void> FakeFileSystem::remove(const Path& raw_path) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  if (auto error = fault(Verb::kRemove, path)) return fail(std::move(*error));
  if (directories_.contains(path)) {
    directories_.erase(path);
    return {};
  }
  HAUL_TRY_VOID(find(path));
  HAUL_TRY(parent, parent_of(path));
  parent->now.erase(path.filename().string());
  return {};
}

Result<void> FakeFileSystem::truncate(const Path& raw_path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  if (auto error = fault(Verb::kTruncate, path)) return fail(std::move(*error));
  HAUL_TRY(file, find(path));
  file->bytes.resize(bytes);
  file->modified_ns = ++ticks_;
  return {};
}

Result<void> FakeFileSystem::sync_directory(const Path& raw_directory) {
  const std::lock_guard lock(mutex_);
  const Path directory = clean(raw_directory);
  if (auto error = fault(Verb::kSyncDirectory, directory)) return fail(std::move(*error));
  const auto found = directories_.find(directory);
  if (found == directories_.end()) return fail(not_found(directory));
  found->second.durable = found->second.now;
  ++syncs_;
  return {};
}

Result<std::unique_ptr<FileLock>> FakeFileSystem::lock(const Path& raw_path, std::string_view owner) {
  const std::lock_guard lock(mutex_);
  const Path path = clean(raw_path);
  HAUL_TRY(parent, parent_of(path));
  if (const auto held = locks_.find(path); held != locks_.end()) {
    return fail(ErrorCode::kConflict, fmt::format("{} is held by {}", path.string(), held->second));
  }
  auto& entry = parent->now[path.filename().string()];
  if (entry == nullptr) entry = std::make_shared<File>();
  entry->bytes = owner;
  locks_[path] = owner;
  return std::make_unique<FakeFileLock>(*this, path);
}

void FakeFileSystem::cut_power(Loss loss, Rng& rng) {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  locks_.clear();
  for (auto& [path, directory] : directories_) {
    if (loss != Loss::kEverything) {  // a change of an entry may have reached the device by itself
      for (const auto& [name, file] : directory.now) {
        if (below(rng, 2) == 0) directory.durable[name] = file;
      }
      std::erase_if(directory.durable, [&](const auto& entry) {
        return !directory.now.contains(entry.first) && below(rng, 2) == 0;
      });
    }
    directory.now = directory.durable;
  }
  for (auto& [path, directory] : directories_) {
    for (auto& [name, file] : directory.now) {
      const bool grew = file->bytes.size() >= file->synced.size() && file->bytes.starts_with(file->synced);
      const std::size_t kept =
          loss != Loss::kEverything && grew ? below(rng, file->bytes.size() - file->synced.size() + 1) : 0;
      const std::size_t durable = file->synced.size();
      if (grew) file->synced = file->bytes.substr(0, durable + kept);
      if (loss == Loss::kTorn) zero_random_sectors(file->synced, durable, rng);
      file->bytes = file->synced;
    }
  }
}

void FakeFileSystem::set_fault(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

Result<std::string> FakeFileSystem::content(const Path& path) {
  const std::lock_guard lock(mutex_);
  HAUL_TRY(file, find(clean(path)));
  return file->bytes;
}

void FakeFileSystem::overwrite(const Path& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  auto file = find(clean(path));
  if (!file) return;
  (*file)->bytes = std::move(bytes);
  (*file)->synced = (*file)->bytes;
  (*file)->modified_ns = ++ticks_;
}

std::uint64_t FakeFileSystem::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

}  // namespace haul::testing
