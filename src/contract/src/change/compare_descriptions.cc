#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "change/compare_columns.h"

namespace haul::contract {
namespace {

/// The node as text, keys in order of the alphabet.
std::string canonical(const YamlNode& node) {
  std::string text;
  if (node.kind() == YamlNode::Kind::kMap) {
    auto entries = node.entries();
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [key, value] : entries) text += fmt::format("{}:{},", key, canonical(value));
    return "{" + text + "}";
  }
  if (node.kind() != YamlNode::Kind::kSequence) return node.to_json();
  for (const YamlNode& item : node.items()) text += canonical(item) + ",";
  return "[" + text + "]";
}

/// Keys that never say what a row may hold.
constexpr std::array<std::string_view, 24> kProse{"authoritativeDefinitions",
                                                  "businessName",
                                                  "context",
                                                  "contractCreatedTs",
                                                  "criticalDataElement",
                                                  "dataGranularityDescription",
                                                  "dataProduct",
                                                  "description",
                                                  "domain",
                                                  "encryptedName",
                                                  "examples",
                                                  "partitionKeyPosition",
                                                  "partitioned",
                                                  "physicalName",
                                                  "price",
                                                  "roles",
                                                  "semanticType",
                                                  "servers",
                                                  "support",
                                                  "synonyms",
                                                  "tenant",
                                                  "transformDescription",
                                                  "transformLogic",
                                                  "transformSourceObjects"};

}  // namespace

std::vector<std::string> changed_keys(const YamlNode& before, const YamlNode& after,
                                      std::span<const std::string_view> apart) {
  std::vector<std::string> keys;
  const auto look = [&](const YamlNode& node, const YamlNode& other) {
    for (const auto& [key, value] : node.entries()) {
      const bool is_apart = std::find(apart.begin(), apart.end(), std::string_view(key)) != apart.end();
      if (is_apart || std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      const auto twin = other.find(key);
      if (!twin || canonical(*twin) != canonical(value)) keys.push_back(key);
    }
  };
  look(after, before);
  look(before, after);
  return keys;
}

void compare_descriptions(const YamlNode& before, const YamlNode& after, bool said,
                          std::span<const std::string_view> apart, Finding finding, Changes& changes) {
  std::vector<std::string> keys = changed_keys(before, after, apart);
  if (said) {
    std::erase_if(keys, [](const std::string& key) {
      return std::find(kProse.begin(), kProse.end(), std::string_view(key)) == kProse.end();
    });
  }
  if (keys.empty()) return;
  finding.message = fmt::format("{}: `{}` changed, which decides nothing about rows", finding.message,
                                fmt::join(keys, "`, `"));
  finding.place = after.key_place(keys.front());
  changes.add("DESCRIPTION_CHANGED", std::move(finding));
}

}  // namespace haul::contract
