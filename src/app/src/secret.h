#pragma once

#include <string>
#include <string_view>

#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::app {

/// What a reference of haul.yaml stands for: "env:NAME" the environment's variable, "file:PATH" the file's
/// text without white space at its end (PATH relative to the project); everything else stands for itself.
/// kNotFound: the variable is not set or empty, or there is no such file; the message never holds the secret.
Result<std::string> resolve_secret(FileSystem& files, const Path& project, std::string_view reference);

}  // namespace haul::app
