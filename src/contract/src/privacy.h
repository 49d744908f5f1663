#pragma once

#include <string>

#include "reading.h"

namespace haul::contract {

/// Whether a column, or anything inside it, is personal. It is where `classification` is not one of the open
/// words (public, internal, confidential): a word that nobody here knows, or a typing error, must not open a
/// column. And it is where a tag says so (personal, pii, sensitive).
[[nodiscard]] columnar::Privacy read_privacy(Reading& reading, const YamlNode& node, const std::string& path);

}  // namespace haul::contract
