#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul {

/// Port: the files of a folder as earlier revisions had them. Implementation: adapters/posix, by `git`.
/// Paths are relative to the folder. One thread at a time.
class FileHistory {
 public:
  virtual ~FileHistory() = default;
  /// The names of what stood directly in `directory` at `revision` (a commit, a tag, a branch), sorted; empty
  /// where there was no such directory. kNotFound: the folder has no history, or no revision has that name.
  /// kUnavailable: the history cannot be read, e.g. because `git` is not installed.
  virtual Result<std::vector<std::string>> list(std::string_view revision, const Path& directory) = 0;
  /// The bytes of `file` at `revision`. As list(); kNotFound as well where there was no such file.
  virtual Result<std::string> read(std::string_view revision, const Path& file) = 0;
};

}  // namespace haul
