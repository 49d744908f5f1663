#pragma once

#include <span>
#include <string_view>

namespace haul::app {

/// A file that is part of the binary (cmake/EmbedFiles.cmake).
struct EmbeddedFile {
  std::string_view path;  ///< Relative to its folder.
  std::string_view content;
};

/// examples/flights and examples/partners.
std::span<const EmbeddedFile> flights_example();
std::span<const EmbeddedFile> partners_example();

}  // namespace haul::app
