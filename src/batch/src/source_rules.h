#pragma once

#include <set>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/batch/project.h"
#include "haul/batch/run.h"
#include "inputs.h"

namespace haul::batch {

/// The rules about whole source datasets (contract set rules), each dataset looked at once in a run: when the
/// first model that has something to do reads it. One thread.
class SourceRules {
 public:
  /// The references must outlive it.
  SourceRules(const RunContext& context, lake::DataFileVerifier& verifier, const Graph& graph)
      : context_(context), verifier_(verifier), graph_(graph) {}

  /// Checks the rules of `dataset` if it is a source's. A rule that refers to a dataset that does not exist
  /// yet waits.
  Result<void> check(const PinnedDataset& dataset);

  /// The first rule of severity block that `dataset` breaks, or null.
  [[nodiscard]] const BrokenRule* blocking(const std::string& dataset) const;

  /// Of all datasets so far.
  [[nodiscard]] const std::vector<BrokenRule>& broken() const { return broken_; }

 private:
  Result<void> check_rule(const PinnedDataset& dataset, const contract::SetRule& rule);

  const RunContext& context_;
  lake::DataFileVerifier& verifier_;
  const Graph& graph_;
  std::set<std::string> checked_;
  std::vector<BrokenRule> broken_;
};

}  // namespace haul::batch
