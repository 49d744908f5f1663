#include "secret.h"

#include <fmt/format.h>

#include <cstdlib>

namespace haul::app {

Result<std::string> resolve_secret(FileSystem& files, const Path& project, std::string_view reference) {
  constexpr std::string_view kVariable = "env:";
  constexpr std::string_view kFile = "file:";
  if (reference.starts_with(kVariable)) {
    const std::string name(reference.substr(kVariable.size()));
    const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing sets them
    if (value != nullptr && *value != '\0') return std::string(value);
    return fail(ErrorCode::kNotFound, fmt::format("the environment variable {} is not set", name));
  }
  if (!reference.starts_with(kFile)) return std::string(reference);
  HAUL_TRY(text, read_file(files, project / reference.substr(kFile.size())));
  const auto end = text.find_last_not_of(" \t\r\n");
  return text.substr(0, end == std::string::npos ? 0 : end + 1);
}

}  // namespace haul::app
