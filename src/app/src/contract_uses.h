#pragma once

#include <set>
#include <string>
#include <vector>

#include "haul/contract/consumer.h"
#include "lineage.h"

namespace haul::app {

/// Who uses the contracts of a project: its sources and flows, its models by lineage, and its consumers.
class ContractUses {
 public:
  /// `project` has the contracts whose columns are asked for, which may be an earlier version's. Where its
  /// models cannot be planned, uses() names none of them and `lineage_problem()` says why.
  ContractUses(Platform& platform, const Project& project, const std::vector<contract::Consumer>& consumers);

  /// "source legs", "flow legs", "silver.legs.leg_id", "silver.legs (which rows)", "consumer board (owner
  /// ops)", each once: all that use the changed column, or the whole contract where the change is about none.
  [[nodiscard]] std::vector<std::string> uses(const std::string& contract,
                                              const contract::Change& change) const;

  /// As uses() of the whole contract, without the columns of models.
  [[nodiscard]] std::vector<std::string> users(const std::string& contract) const;

  [[nodiscard]] const std::string& lineage_problem() const { return lineage_problem_; }

 private:
  [[nodiscard]] std::vector<std::string> datasets_of(const std::string& contract) const;
  void add_sources(const std::string& contract, std::vector<std::string>& uses) const;

  const Project& project_;
  const std::vector<contract::Consumer>& consumers_;
  std::set<Edge> edges_;
  std::string lineage_problem_;
};

/// "consumer board (owner ops)".
[[nodiscard]] std::string describe(const contract::Consumer& consumer);

}  // namespace haul::app
