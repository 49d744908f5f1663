#include <fmt/format.h>
#include <simdjson.h>

#include "haul/ingest/drop.h"

namespace haul::ingest {
namespace {

Error wrong(std::string_view name, std::string_view what) {
  return {ErrorCode::kInvalidInput, fmt::format("{}{}: {}", name, kManifestSuffix, what)};
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size(), true).get(object) != simdjson::SUCCESS) {
    return fail(wrong(name, "is no JSON object"));
  }
  Manifest manifest;
  for (const auto& [key, value] : object) {
    std::uint64_t number = 0;
    std::string_view text;
    if (key == "bytes" && value.get(number) == simdjson::SUCCESS) {
      manifest.bytes = number;
    } else if (key == "rows" && value.get(number) == simdjson::SUCCESS) {
      manifest.rows = number;
    } else if (key == "sha256" && value.get(text) == simdjson::SUCCESS && is_sha256(text)) {
      manifest.sha256 = std::string(text);
    } else if (key == "file" && value.get(text) == simdjson::SUCCESS) {
      if (text != name) return fail(wrong(name, fmt::format("is about the file {:?}", text)));
    } else {
      return fail(
          wrong(name, fmt::format("needs `bytes` and `rows` as numbers, `sha256` as 64 hexadecimal digits in "
                                  "lower case, `file` as text; {:?} is none of them",
                                  std::string_view(key))));
    }
  }
  if (!manifest.bytes && !manifest.rows && !manifest.sha256) {
    return fail(wrong(name, "says nothing to check: give bytes, rows or sha256"));
  }
  return manifest;
}

}  // namespace haul::ingest
