#include "letter_case.h"

#include <algorithm>
#include <span>

#include "case_ranges.h"
#include "utf8.h"

namespace haul::expression {
namespace {

std::int32_t map_code(std::int32_t code, std::span<const CaseRange> ranges) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), code,
                       [](std::int32_t value, const CaseRange& range) { return value < range.first; });
  if (after == ranges.begin()) return code;
  const CaseRange& range = *(after - 1);
  const bool inside = code <= range.last && (code - range.first) % range.stride == 0;
  return inside ? code + range.delta : code;
}

void append_mapped(std::string_view text, char first, char last, std::span<const CaseRange> ranges,
                   std::string* out) {
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if ((static_cast<unsigned char>(byte) & 0x80) == 0) {
      *out += byte >= first && byte <= last ? static_cast<char>(byte ^ 0x20) : byte;
      ++at;
    } else {
      append_character(map_code(next_character(text, &at), ranges), out);
    }
  }
}

}  // namespace

void append_upper(std::string_view text, std::string* out) { append_mapped(text, 'a', 'z', kToUpper, out); }
void append_lower(std::string_view text, std::string* out) { append_mapped(text, 'A', 'Z', kToLower, out); }

}  // namespace haul::expression
