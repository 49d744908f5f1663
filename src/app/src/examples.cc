#include "examples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace haul::app {

std::vector<std::string_view> example_names() { return {"flights", "partners"}; }

Result<void> write_example(FileSystem& files, std::string_view name, const Path& folder) {
  const std::vector<std::string_view> names = example_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    return fail(ErrorCode::kNotFound,
                fmt::format("no example is called {}; there are: {}", name, fmt::join(names, ", ")));
  }
  if (files.info(folder / "haul.yaml")) {
    return fail(ErrorCode::kConflict,
                fmt::format("{} holds a project already; name another folder", folder.string()));
  }
  for (const EmbeddedFile& file : name == "flights" ? flights_example() : partners_example()) {
    const Path path = folder / file.path;
    HAUL_TRY_VOID(files.create_directories(path.parent_path()));
    HAUL_TRY_VOID(write_file_atomically(files, path, file.content));
  }
  return {};
}

}  // namespace haul::app
