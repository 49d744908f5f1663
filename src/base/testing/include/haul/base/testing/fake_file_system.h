#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "haul/base/file_system.h"
#include "haul/base/rng.h"

namespace haul::testing {

/// A file system in memory that loses what was not synced: bytes since the file's last sync(), and directory
/// entries since the directory's last sync_directory(). Passes testing/file_system_contract.h. Thread-safe.
class FakeFileSystem final : public FileSystem {
 public:
  enum class Verb : std::uint8_t {
    kOpen,
    kAppend,
    kSync,
    kSyncDirectory,
    kRename,
    kRemove,
    kTruncate,
    kRead
  };

  /// What a power cut keeps of unsynced work.
  enum class Loss : std::uint8_t {
    kEverything,  ///< All of it is gone.
    kRandom,  ///< Of each file a random prefix of the unsynced bytes stays; of each directory a random part
              ///< of the changes.
    /// As kRandom, and random sectors of 512 bytes are zero in what stays: pages reach a device in any order.
    kTorn,
  };

  /// Cuts the power: open files and locks are dead afterwards (kUnavailable), unsynced work is lost.
  void cut_power(Loss loss, Rng& rng);

  /// Called before every verb; an error it gives is the verb's outcome (nothing is done). Empty: no faults.
  using Fault = std::function<std::optional<Error>(Verb, const Path&)>;
  void set_fault(Fault fault);

  /// The bytes of a file as they are now, synced or not; for corrupting them in place. kNotFound.
  Result<std::string> content(const Path& path);
  /// Replaces a file's bytes, synced. The file must exist.
  void overwrite(const Path& path, std::string bytes);

  [[nodiscard]] std::uint64_t syncs() const;

  Result<std::unique_ptr<WritableFile>> open_for_write(const Path& path, OpenMode mode) override;
  Result<std::unique_ptr<ReadableFile>> open_for_read(const Path& path) override;
  Result<FileInfo> info(const Path& path) override;
  Result<std::vector<FileInfo>> list(const Path& directory) override;
  Result<void> create_directories(const Path& directory) override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<void> truncate(const Path& path, std::uint64_t bytes) override;
  Result<void> sync_directory(const Path& directory) override;
  Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) override;

 private:
  friend class FakeWritableFile;
  friend class FakeReadableFile;
  friend class FakeFileLock;

  struct File {
    std::string bytes;
    std::string synced;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;
  };
  using Entries = std::map<std::string, std::shared_ptr<File>>;  // shared: open handles outlive their name
  struct Directory {
    Entries now;
    Entries durable;
  };

  std::optional<Error> fault(Verb verb, const Path& path);
  Result<Directory*> parent_of(const Path& path);
  Result<std::shared_ptr<File>> find(const Path& path);
  static Path clean(const Path& path);

  mutable std::mutex mutex_;
  std::map<Path, Directory> directories_{{Path("/"), {}}, {Path(), {}}};
  std::map<Path, std::string> locks_;
  Fault fault_;
  std::uint64_t epoch_ = 0;
  std::uint64_t next_inode_ = 1;
  std::uint64_t syncs_ = 0;
  std::int64_t ticks_ = 0;
};

}  // namespace haul::testing
