#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "haul/base/clock.h"
#include "haul/lake/table_log.h"

namespace haul::lake::testing {

/// Table logs in memory: what a Delta log does, without files. Logs of one folder share their versions, as
/// handles of one table do. Passes table_log_contract.h. Thread-safe; a log of it is one thread's.
class MemoryTableLogs final : public TableLogs {
 public:
  /// Gives each version its time. Must outlive the logs.
  explicit MemoryTableLogs(const Clock& clock) : clock_(clock) {}

  Result<std::unique_ptr<TableLog>> at(const Path& table_folder) override;

  /// The next try_commit() on the folder ends as Unknown, having stored the commit or not.
  enum class Doubt : std::uint8_t { kStored, kNotStored };
  void arm_unknown(const Path& table_folder, Doubt doubt);
  /// The next `count` try_commit() on the folder are lost: an empty commit of another writer comes before
  /// each.
  void arm_rivals(const Path& table_folder, int count);
  /// Every call on the folder fails with this error until it is set to nothing.
  void set_failure(const Path& table_folder, std::optional<Error> failure);

  /// Checkpoints written on the folder.
  [[nodiscard]] std::vector<Version> checkpoints(const Path& table_folder);

  /// The versions of one table.
  struct Shared;

 private:
  std::shared_ptr<Shared> shared(const Path& table_folder);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<Path, std::shared_ptr<Shared>> tables_;  // shared: logs outlive a call to at()
};

}  // namespace haul::lake::testing
