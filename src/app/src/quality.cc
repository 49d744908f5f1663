#include "quality.h"

#include "alerts.h"
#include "haul/governance/profile_table.h"

namespace haul::app {

std::string silver_dataset(const Project& project, const ingest::Source& source) {
  const stream::FlowConfig* flow = project.flow_of(source.name);
  const bool is_topic = source.delivery == ingest::Delivery::kTopic;
  return "silver." + (is_topic && flow != nullptr ? flow->flow : source.name);
}

QualityKeeper::QualityKeeper(Platform& platform, const Project& project)
    : platform_(platform),
      project_(project),
      catalog_(platform.files(), platform.tables(), project.lake, project.state / "verified-files"),
      alerts_(alert_context(platform, project)) {}

governance::GovernedDataset QualityKeeper::governed(const ingest::Source& source) const {
  return {silver_dataset(project_, source), source.name, project_.contracts.at(source.contract)};
}

governance::GovernanceContext QualityKeeper::context() {
  return {platform_.lake(), platform_.engine(), catalog_, alerts_};
}

Result<void> QualityKeeper::record(const ingest::Source& source) {
  const auto rows = governance::record_landing(context(), governed(source));
  if (!rows) return fail(with_context(rows.error(), "the history of quality"));
  return {};
}

Result<void> QualityKeeper::judge(const ingest::Source& source) {
  const auto anomalies = governance::judge_changes(context(), governed(source));
  if (!anomalies) return fail(with_context(anomalies.error(), "the rules about changes"));
  return {};
}

Result<void> QualityKeeper::check(const ingest::Source& source) {
  const auto results = governance::check_dataset(context(), governed(source));
  if (!results) return fail(results.error());
  return {};
}

Result<void> QualityKeeper::profile(const ingest::Source& source) {
  const auto files = governance::profile_new_files(context(), silver_dataset(project_, source));
  if (!files && files.error().code != ErrorCode::kNotFound) return fail(files.error());
  return {};
}

Result<void> QualityKeeper::raise_blocked() {
  for (const BlockedRows::Row& row : platform_.blocked_rows().take()) {
    HAUL_TRY(source, project_.source(row.source));
    HAUL_TRY_VOID(governance::raise_blocked(context(), governed(*source), row.rule, row.reason));
  }
  return {};
}

Result<void> QualityKeeper::check_all() {
  for (const auto& [name, source] : project_.sources) {
    HAUL_TRY_VOID(record(source));
    HAUL_TRY_VOID(judge(source));
    HAUL_TRY_VOID(check(source));
    HAUL_TRY_VOID(profile(source));
  }
  return {};
}

Result<void> QualityKeeper::tell() {
  show_raised(alerts_);
  return deliver_alerts(platform_, project_);
}

Result<void> keep_quality(Platform& platform, const Project& project, const ingest::Source& source) {
  QualityKeeper keeper(platform, project);
  HAUL_TRY_VOID(keeper.record(source));
  HAUL_TRY_VOID(keeper.raise_blocked());
  HAUL_TRY_VOID(keeper.judge(source));
  return keeper.tell();
}

}  // namespace haul::app
