#pragma once

#include <string>
#include <utility>
#include <vector>

#include "change/facts.h"

namespace haul::contract {

/// What a rule allows, next to an earlier rule of the same kind.
enum class Meaning : std::uint8_t { kSame, kTighter, kLooser, kOther };
[[nodiscard]] Meaning compare_meaning(const RuleFacts& before, const RuleFacts& after);

/// An old rule and what it became; null where it is gone, or new.
using RulePair = std::pair<const RuleFacts*, const RuleFacts*>;
/// The rules of two versions, paired by id or name, else by what they say, else by kind and order; in the
/// order of `after`, what is gone last.
[[nodiscard]] std::vector<RulePair> pair_rules(const std::vector<RuleFacts>& before,
                                               const std::vector<RuleFacts>& after);

/// The rule with its bound, for messages: "the rule `few_twice` (below 10)".
[[nodiscard]] std::string said(const RuleFacts& rule);

}  // namespace haul::contract
