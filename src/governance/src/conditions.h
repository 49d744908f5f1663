#pragma once

#include <vector>

#include "haul/alert/alert.h"
#include "haul/base/result.h"
#include "haul/governance/quality.h"

namespace haul::governance {

/// Something that is wrong for a while: while it lasts there is one open alert of its kind and subject.
struct Condition {
  alert::Alert alert;  ///< Its occasion tells this time from the times before.
  enum class State : std::uint8_t { kBroken, kKept } state = State::kKept;
};

/// Raises the alerts of broken conditions that have none open, and ends the open ones of those that are kept
/// again. kUnavailable: storage.
Result<void> settle(const GovernanceContext& context, const std::vector<Condition>& conditions);

}  // namespace haul::governance
