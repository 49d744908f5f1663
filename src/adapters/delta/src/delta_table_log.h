#pragma once

#include <memory>
#include <string>

#include "haul/base/rng.h"
#include "haul/lake/table_log.h"
#include "shim.h"

namespace haul::adapters {

/// The log of one Delta table through the shim. Errors as TableLog.
class DeltaTableLog final : public lake::TableLog {
 public:
  /// Reads nothing. `rng` must outlive the log.
  static Result<std::unique_ptr<DeltaTableLog>> open(const Path& folder, Rng& rng);

  [[nodiscard]] bool exists() override;
  Result<void> create(const lake::TableSpec& spec) override;
  Result<lake::Snapshot> snapshot(std::optional<lake::Version> version,
                                  std::optional<IngestTime> as_of) override;
  Result<lake::Version> latest_version() override;
  Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& app_ids) override;
  Result<lake::Attempt> try_commit(const lake::CommitRequest& request) override;
  Result<void> checkpoint() override;
  Result<std::optional<lake::Checkpoint>> last_checkpoint() override;
  Result<std::vector<lake::HistoryEntry>> history(std::size_t limit) override;

  /// For tests: a failpoint of haul_delta.h for the next commit or creation.
  Result<void> arm_failpoint(const char* name);

 private:
  DeltaTableLog(std::string folder, TableHandle table, Rng& rng)
      : folder_(std::move(folder)), table_(std::move(table)), rng_(rng) {}

  std::string folder_;
  TableHandle table_;
  Rng& rng_;
};

}  // namespace haul::adapters
