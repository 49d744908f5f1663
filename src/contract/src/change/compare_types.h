#pragma once

#include "change/facts.h"

namespace haul::contract {

/// What a column's new type does to the values of its old one.
enum class TypeChange : std::uint8_t {
  kNone,
  kWidened,   ///< Holds every old value unchanged, as the type widening of Delta Lake allows.
  kNarrowed,  ///< The other way round.
  kOther
};
[[nodiscard]] TypeChange compare_types(const ColumnFacts& before, const ColumnFacts& after);

}  // namespace haul::contract
