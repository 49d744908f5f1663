#pragma once

#include <cstdint>
#include <optional>

#include "haul/contract/contract.h"
#include "problems.h"

namespace haul::contract {

/// The one operator of a quality rule, with its number or its two.
struct Bounds {
  YamlNode place;
  SetRule::Comparison comparison = SetRule::Comparison::kEqual;
  double low = 0;
  double high = 0;  ///< Of a pair; both ends belong to the range.
};

enum class Unit : std::uint8_t { kRows, kPercent };

/// The operator of `rule`. Nothing, and a problem, where there is none, or several, or one without its
/// number.
[[nodiscard]] std::optional<Bounds> read_bounds(const YamlNode& rule, Problems& problems);

/// The `unit` of a library rule; rows where there is none. Nothing, and a problem, for another word.
[[nodiscard]] std::optional<Unit> read_unit(const YamlNode& rule, Problems& problems);

/// False, and a problem, for a bound that no count or share can keep, or that every one keeps.
[[nodiscard]] bool check_bounds(const Bounds& bounds, Unit unit, Problems& problems);

/// Whether the bound allows no row at all: then the rule is one about each row.
[[nodiscard]] bool allows_none(const Bounds& bounds, Unit unit);

}  // namespace haul::contract
