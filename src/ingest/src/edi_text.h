#pragma once

#include <string>
#include <string_view>

#include "haul/edi/syntax.h"

namespace haul::ingest {

/// Brings a row into UTF-8: what EDIFACT declares as UNOC is ISO 8859-1, everything else must be UTF-8
/// already. False where it is not. `text` is borrowed from itself or from `spare`.
[[nodiscard]] bool make_utf8(edi::Standard standard, std::string_view& text, std::string& spare);

}  // namespace haul::ingest
