#include "conditions.h"

#include <algorithm>
#include <utility>

namespace haul::governance {

Result<void> settle(const GovernanceContext& context, const std::vector<Condition>& conditions) {
  if (conditions.empty()) return {};
  HAUL_TRY(open, context.alerts.open());
  std::vector<alert::Alert> raised;
  std::vector<alert::Alert> ended;
  for (const Condition& condition : conditions) {
    const auto same = std::find_if(open.begin(), open.end(), [&](const alert::OpenAlert& other) {
      return other.alert.kind == condition.alert.kind && other.alert.subject == condition.alert.subject;
    });
    if (condition.state == Condition::State::kBroken && same == open.end()) raised.push_back(condition.alert);
    if (condition.state == Condition::State::kKept && same != open.end()) {
      alert::Alert end = condition.alert;
      end.occasion = same->alert.occasion;
      ended.push_back(std::move(end));
    }
  }
  const auto stored = context.alerts.raise(raised);
  if (!stored) return fail(stored.error());
  const auto resolved = context.alerts.resolve(ended);
  if (!resolved) return fail(resolved.error());
  return {};
}

}  // namespace haul::governance
