#include "epcis_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/hash.h"
#include "haul/base/json.h"

namespace haul::ingest {
namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::string_view, 4> kLeftOut = {"eventID", "recordTime", "errorDeclaration",
                                                      "@context"};

std::string canonical(dom::element value);

std::string joined(std::vector<std::string>& parts, char begin, char end) {
  std::sort(parts.begin(), parts.end());
  std::string text(1, begin);
  for (const std::string& part : parts) {
    if (text.size() > 1) text += ',';
    text += part;
  }
  return text += end;
}

std::string canonical_object(dom::object object, bool is_event) {
  std::vector<std::string> members;
  for (const auto [key, value] : object) {
    if (is_event && std::find(kLeftOut.begin(), kLeftOut.end(), key) != kLeftOut.end()) continue;
    members.push_back(json_string(key) + ":" + canonical(value));
  }
  return joined(members, '{', '}');
}

/// As deep as the parser lets values be: 1,024 levels.
std::string canonical(dom::element value) {  // NOLINT(misc-no-recursion): bounded by the parser
  switch (value.type()) {
    case dom::element_type::OBJECT:
      return canonical_object(dom::object(value), false);
    case dom::element_type::ARRAY: {
      std::vector<std::string> elements;
      for (const dom::element element : dom::array(value)) elements.push_back(canonical(element));
      return joined(elements, '[', ']');
    }
    case dom::element_type::STRING:
      return json_string(std::string_view(value));
    case dom::element_type::INT64:
      return std::to_string(std::int64_t(value));
    case dom::element_type::UINT64:
      return std::to_string(std::uint64_t(value));
    case dom::element_type::DOUBLE:
      return fmt::format("{}", double(value));
    case dom::element_type::BOOL:
      return bool(value) ? "true" : "false";
    default:
      return "null";
  }
}

}  // namespace

std::string epcis_event_id(dom::object event) {
  const std::string text = canonical_object(event, true);
  Sha256 hash;
  hash.update(as_bytes(text));
  return "urn:haul:epcis:sha-256:" + hash.finish();
}

}  // namespace haul::ingest
