#pragma once

#include <string>
#include <string_view>

namespace haul {

/// Appends `text` as a JSON string, quotes included (RFC 8259 section 7). Bytes that are not UTF-8 become
/// U+FFFD, so that the result is always JSON.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string, quotes included.
[[nodiscard]] std::string json_string(std::string_view text);

/// The number of bytes of the UTF-8 character at the start of `text`, or 0 where there is none (RFC 3629: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::size_t utf8_length(std::string_view text);
/// Whether all of it is UTF-8, as utf8_length() has it.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace haul
