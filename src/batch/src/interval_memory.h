#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/batch/project.h"
#include "inputs.h"

namespace haul::batch {

/// The domain of a table's metadata that counts its rollbacks (correctness rule 17).
inline constexpr const char* kRestoreEpochDomain = "haul.restore_epoch";

/// What one run of one model has to do, derived from the Delta logs of its inputs and of its output alone
/// (correctness rules 15 and 16): each interval has a run key, and the output's log holds, as the `txn` of
/// the interval's app id, the key that its rows were computed for.
struct WorkPlan {
  /// The key of an interval and the one that is stored: the same where it is done.
  struct Key {
    std::string app_id;
    std::int64_t wanted = 0;
    std::optional<std::int64_t> stored;

    [[nodiscard]] bool is_done() const { return stored == wanted; }
  };

  std::map<Day, Key> days;   ///< Incremental: every day that has input or output.
  std::optional<Key> whole;  ///< Full.
  std::set<Day> work;        ///< Incremental: the days to compute, with those that share a file with them.
  std::size_t missing = 0;   ///< Of `days` (or `whole`) within the range asked for: never computed,
  std::size_t dirty = 0;     ///< computed from other input,
  std::size_t done = 0;      ///< and computed from this input.
  std::vector<std::string> replaces;  ///< Paths of the output's files that the run replaces.

  [[nodiscard]] bool nothing_to_do() const { return missing + dirty == 0; }
};

/// What is asked for; empty ends are open.
struct DayLimits {
  std::optional<Day> from;
  std::optional<Day> to;

  [[nodiscard]] bool contains(Day day) const { return (!from || *from <= day) && (!to || day < *to); }
};

/// The widened range of an interval: what a model reads of an input with an event time.
[[nodiscard]] DayRange input_window(const Model& model, const DayRange& range);

/// `output` is null where the table does not exist yet. Errors: those of reading the output's offsets.
Result<WorkPlan> plan_work(const Node& node, const std::vector<PinnedDataset>& inputs,
                           const PinnedDataset* output, lake::Table* output_table, const DayLimits& limits);

}  // namespace haul::batch
