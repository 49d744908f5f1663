#include "edi_text.h"

#include <simdjson.h>

#include <algorithm>

#include "haul/edi/event.h"
#include "text_values.h"

namespace haul::ingest {

bool make_utf8(edi::Standard standard, std::string_view& text, std::string& spare) {
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  if (is_ascii) return true;
  if (standard == edi::Standard::kEdifact && edi::repertoire_of(text) == "UNOC") {
    spare.clear();
    append_as_utf8(text, Encoding::kLatin1, spare);
    text = spare;
    return true;
  }
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace haul::ingest
