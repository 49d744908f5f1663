#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// The format that a Content-Type stands for at a source of format `expected`: JSON is EPCIS where that is
/// what the source takes; interchanges go to sources of their standard alone. Parameters ("; charset=utf-8")
/// are not looked at, the source's own options hold. Nothing: none that rows can be sent in.
[[nodiscard]] std::optional<Format> format_of_media_type(std::string_view content_type, Format expected);

/// All that format_of_media_type() knows, for messages and descriptions.
[[nodiscard]] std::vector<std::string> media_types();

}  // namespace haul::ingest
