#pragma once

#include <string>
#include <string_view>

namespace haul::expression {

/// Appends the text with every letter in the other case where Unicode has a single one, as DuckDB does it.
void append_upper(std::string_view text, std::string* out);
void append_lower(std::string_view text, std::string* out);

}  // namespace haul::expression
