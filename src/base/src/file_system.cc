#include "haul/base/file_system.h"

#include <fmt/format.h>

namespace haul {

Result<void> WritableFile::append_all(std::span<const std::span<const std::byte>> pieces) {
  for (const auto& piece : pieces) HAUL_TRY_VOID(append(piece));
  return {};
}

Result<std::string> read_file(FileSystem& files, const Path& path) {
  HAUL_TRY(file, files.open_for_read(path));
  std::string content(file->size(), '\0');
  HAUL_TRY(got, file->read_at(0, std::as_writable_bytes(std::span<char>(content))));
  if (got != content.size()) {
    return fail(ErrorCode::kUnavailable, fmt::format("{}: read {} of {} bytes; it became shorter meanwhile",
                                                     path.string(), got, content.size()));
  }
  return content;
}

Result<void> write_file_atomically(FileSystem& files, const Path& path, std::string_view content) {
  Path temporary = path;
  temporary += ".tmp";
  {
    HAUL_TRY(file, files.open_for_write(temporary, OpenMode::kTruncate));
    HAUL_TRY_VOID(file->append(as_bytes(content)));
    HAUL_TRY_VOID(file->sync());
  }
  HAUL_TRY_VOID(files.rename(temporary, path));
  return files.sync_directory(path.parent_path());
}

}  // namespace haul
