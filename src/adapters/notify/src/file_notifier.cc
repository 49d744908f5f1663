#include <array>
#include <utility>

#include "haul/adapters/notify/notifiers.h"

namespace haul::adapters {
namespace {

class FileNotifier final : public alert::Notifier {
 public:
  FileNotifier(FileSystem& files, Path path) : files_(files), path_(std::move(path)) {}

  Result<void> send(const alert::Notification& notification) override {
    auto appended = append(notification);
    if (appended) return {};
    return fail(ErrorCode::kUnavailable, std::move(appended).error().message);
  }

 private:
  [[nodiscard]] Result<void> append(const alert::Notification& notification) {
    const bool is_new = !files_.info(path_).has_value();
    HAUL_TRY(file, files_.open_for_write(path_, OpenMode::kAppend));
    HAUL_TRY(cut, ends_within_a_line(file->size()));
    const std::string line = (cut ? "\n" : "") + alert::to_json(notification) + "\n";
    HAUL_TRY_VOID(file->append(as_bytes(line)));
    HAUL_TRY_VOID(file->sync());
    if (!is_new) return {};
    const Path folder = path_.parent_path();
    return files_.sync_directory(folder.empty() ? Path(".") : folder);
  }

  /// After a crash in the middle of an append.
  [[nodiscard]] Result<bool> ends_within_a_line(std::uint64_t bytes) const {
    if (bytes == 0) return false;
    HAUL_TRY(file, files_.open_for_read(path_));
    std::array<std::byte, 1> last{};
    HAUL_TRY(got, file->read_at(bytes - 1, last));
    return got == 1 && last[0] != std::byte{'\n'};
  }

  FileSystem& files_;
  Path path_;
};

}  // namespace

std::unique_ptr<alert::Notifier> make_file_notifier(FileSystem& files, Path path) {
  return std::make_unique<FileNotifier>(files, std::move(path));
}

}  // namespace haul::adapters
