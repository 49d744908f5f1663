#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "embedded_file.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::app {

/// Names of the examples in the binary.
std::vector<std::string_view> example_names();

/// Writes an example's files into a folder, which is made. kNotFound: no such example, with those there are.
/// kConflict: the folder holds a project already; nothing is written.
Result<void> write_example(FileSystem& files, std::string_view name, const Path& folder);

}  // namespace haul::app
