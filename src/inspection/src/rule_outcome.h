#pragma once

#include <string>
#include <utility>

#include "haul/contract/contract.h"
#include "haul/inspection/report.h"

namespace haul::inspection {

/// What a report says of a rule of the contract before the rule has looked at a row.
inline RuleOutcome outcome_of(const contract::RowRule& rule) {
  return {.id = rule.id,
          .kind = RuleKind::kRow,
          .severity = rule.severity,
          .dimension = rule.dimension,
          .description = rule.description.empty() ? rule.sql : rule.description,
          .place = rule.place};
}

inline RuleOutcome outcome_of(const contract::SetRule& rule) {
  using Kind = contract::SetRule::Kind;
  const bool is_key = rule.kind == Kind::kUnique || rule.kind == Kind::kReferential;
  const RuleKind key = rule.kind == Kind::kUnique ? RuleKind::kUnique : RuleKind::kReferential;
  return {.id = rule.id,
          .kind = is_key ? key : RuleKind::kNumber,
          .severity = rule.severity,
          .dimension = rule.dimension,
          .description = rule.description,
          .place = rule.place};
}

/// The rule could not look at any row; `why` says what it lacks.
inline RuleOutcome not_run(RuleOutcome outcome, std::string why) {
  outcome.status = RuleStatus::kNotRun;
  outcome.checked = 0;
  outcome.why_not_run = std::move(why);
  return outcome;
}

}  // namespace haul::inspection
