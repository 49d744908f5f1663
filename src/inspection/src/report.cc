#include "haul/inspection/report.h"

#include <algorithm>

namespace haul::inspection {

Verdict verdict_of(const FileReport& report) {
  Verdict worst = Verdict::kHolds;
  for (const RuleOutcome& rule : report.rules) {
    if (rule.status == RuleStatus::kHeld) continue;
    worst = std::max(worst, contract::rejects(rule.severity) ? Verdict::kBroken : Verdict::kWarned);
  }
  return worst;
}

std::string_view to_string(RuleKind kind) {
  switch (kind) {
    case RuleKind::kFormat:
      return "format";
    case RuleKind::kType:
      return "type";
    case RuleKind::kRow:
      return "row";
    case RuleKind::kUnique:
      return "unique";
    case RuleKind::kReferential:
      return "referential";
    case RuleKind::kNumber:
      return "number";
  }
  return "";
}

std::string_view to_string(RuleStatus status) {
  switch (status) {
    case RuleStatus::kHeld:
      return "held";
    case RuleStatus::kBroken:
      return "broken";
    case RuleStatus::kNotRun:
      return "not run";
  }
  return "";
}

}  // namespace haul::inspection
