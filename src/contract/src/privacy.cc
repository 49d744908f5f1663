#include "privacy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace haul::contract {
namespace {

constexpr std::array<std::string_view, 3> kOpen{"public", "internal", "confidential"};
constexpr std::array<std::string_view, 4> kPersonal{"personal", "pii", "sensitive", "restricted"};
constexpr std::array<std::string_view, 3> kPersonalTags{"personal", "pii", "sensitive"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  const auto equal = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::any_of(words.begin(), words.end(), [&](std::string_view each) {
    return std::equal(each.begin(), each.end(), word.begin(), word.end(), equal);
  });
}

bool is_tagged_personal(const YamlNode& node) {
  const auto tags = node.find("tags");
  if (!tags) return false;
  const auto items = tags->items();
  return std::any_of(items.begin(), items.end(),
                     [](const YamlNode& tag) { return is_one_of(tag.text(), kPersonalTags); });
}

}  // namespace

columnar::Privacy read_privacy(Reading& reading, const YamlNode& node, const std::string& path) {
  using columnar::Privacy;
  Privacy privacy = is_tagged_personal(node) ? Privacy::kPersonal : Privacy::kOpen;
  const auto classification = text_at(node, "classification");
  if (classification && !is_one_of(*classification, kOpen)) {
    privacy = Privacy::kPersonal;
    if (!is_one_of(*classification, kPersonal)) {
      reading.not_enforced(*node.find("classification"),
                           fmt::format("{}: classification {}", path, *classification),
                           "not a word of docs/contracts.md; the column is treated as personal");
    }
  }
  if (const auto items = node.find("items")) {
    if (read_privacy(reading, *items, path + "[]") == Privacy::kPersonal) privacy = Privacy::kPersonal;
  }
  if (const auto properties = node.find("properties")) {
    for (const YamlNode& part : properties->items()) {
      const std::string part_path = path + "." + text_at(part, "name").value_or("?");
      if (read_privacy(reading, part, part_path) == Privacy::kPersonal) privacy = Privacy::kPersonal;
    }
  }
  return privacy;
}

}  // namespace haul::contract
