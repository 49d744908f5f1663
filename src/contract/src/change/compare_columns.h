#pragma once

#include "change/compare_rules.h"

namespace haul::contract {

/// Whether the files of a contract have no header, so that a column is known by its place alone.
enum class Places : std::uint8_t { kByName, kByPosition };

/// The columns of an object: those that came, went, moved, and what became of each.
void compare_columns(const ObjectPair& object, Places places, Changes& changes);

/// The keys of two nodes whose values differ, those of `apart` left out; the order of keys does not count.
[[nodiscard]] std::vector<std::string> changed_keys(const YamlNode& before, const YamlNode& after,
                                                    std::span<const std::string_view> apart);

/// DESCRIPTION_CHANGED for what nothing enforces: the changed keys where nothing else was `said`, else those
/// of them that are pure description.
void compare_descriptions(const YamlNode& before, const YamlNode& after, bool said,
                          std::span<const std::string_view> apart, Finding finding, Changes& changes);

}  // namespace haul::contract
