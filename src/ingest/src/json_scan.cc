#include "json_scan.h"

#include <simdjson.h>

#include <algorithm>

#include "text_values.h"

namespace haul::ingest {

const char* skip_scalar(const char* at, const char* end) {
  if (at >= end) return nullptr;
  if (*at == '"') {
    bool not_ascii = false;
    const char* const quote = scan_plain_string(at + 1, end, &not_ascii);
    if (quote == nullptr || quote >= end) return nullptr;
    if (not_ascii && !simdjson::validate_utf8(at + 1, static_cast<std::size_t>(quote - at - 1)))
      return nullptr;
    return quote + 1;
  }
  if (end - at >= 4 && (starts_with_null(at) || starts_with_true(at))) return at + 4;
  if (end - at >= 5 && starts_with_false(at)) return at + 5;
  SimpleNumber simple;
  if (const char* const behind = scan_simple_number(at, &simple)) return behind <= end ? behind : nullptr;
  const char* const behind = std::find_if_not(at, end, is_number_byte);
  return is_json_number({at, static_cast<std::size_t>(behind - at)}) ? behind : nullptr;
}

}  // namespace haul::ingest
