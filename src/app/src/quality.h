#pragma once

#include <string>

#include "haul/base/result.h"
#include "haul/governance/quality.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// Keeps the quality of a project's sources: history, service levels, profiles and alerts. One thread at a
/// time.
class QualityKeeper {
 public:
  /// Both must outlive it.
  QualityKeeper(Platform& platform, const Project& project);

  /// Adds what landed of a source to system.quality, with the alerts that follow from it.
  Result<void> record(const ingest::Source& source);
  /// Takes what came of a source since the last call for one run, and judges its changes.
  Result<void> judge(const ingest::Source& source);
  /// Rules about the set and service levels of a source's silver dataset, as they are now.
  Result<void> check(const ingest::Source& source);
  /// Profiles the source's new data files.
  Result<void> profile(const ingest::Source& source);
  /// Raises an alert for each rule that stopped a batch in this process since the last call.
  Result<void> raise_blocked();
  /// All of the above for every source.
  Result<void> check_all();
  /// Tells the notifiers, and standard error what is new.
  Result<void> tell();

 private:
  [[nodiscard]] governance::GovernedDataset governed(const ingest::Source& source) const;
  [[nodiscard]] governance::GovernanceContext context();

  Platform& platform_;
  const Project& project_;
  query::Catalog catalog_;
  alert::AlertTable alerts_;
};

/// What has landed of a source goes into the history, and raises its alerts: after every command that lands
/// rows, also where a file failed on its way.
Result<void> keep_quality(Platform& platform, const Project& project, const ingest::Source& source);

/// The silver dataset that a source fills: "silver.flights".
[[nodiscard]] std::string silver_dataset(const Project& project, const ingest::Source& source);

}  // namespace haul::app
