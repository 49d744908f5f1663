#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// The format that a Content-Type stands for; its parameters ("; charset=utf-8") are not looked at, the
/// source's own options hold. Nothing: none that rows can be sent in.
[[nodiscard]] std::optional<Format> format_of_media_type(std::string_view content_type);

/// All that format_of_media_type() knows, for messages and descriptions.
[[nodiscard]] std::vector<std::string> media_types();

}  // namespace haul::ingest
