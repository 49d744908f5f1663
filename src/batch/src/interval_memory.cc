#include "interval_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "haul/base/hash.h"

namespace haul::batch {
namespace {

/// A century and more: event times further apart are a mistake in the data, and each day costs a key.
constexpr std::chrono::days kReachMax{40'000};

/// Collects what a run key is the hash of.
class KeyText {
 public:
  explicit KeyText(std::string_view first) : text_(first) {}
  void add(std::string_view part) { text_ += fmt::format("|{}:{}", part.size(), part); }
  void add(std::uint64_t number) { text_ += fmt::format("|{:016x}", number); }

  /// Not negative, so that readers who take a txn version for a count are not surprised.
  [[nodiscard]] std::int64_t key() const {
    return static_cast<std::int64_t>(hash128(text_).low &
                                     static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  }

 private:
  std::string text_;
};

std::string restore_epoch(const PinnedDataset* output) {
  if (output == nullptr) return {};
  const auto epoch = output->snapshot.domains.find(kRestoreEpochDomain);
  return epoch == output->snapshot.domains.end() ? std::string() : epoch->second;
}

/// Sorted, so that the order in which a log lists its files does not matter.
std::vector<std::uint64_t> files_in(const PinnedDataset& input, const std::optional<DayRange>& window) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < input.identities.size(); ++i) {
    const bool concerned =
        !window || input.event_time.empty() || (input.spans[i] && input.spans[i]->overlaps(*window));
    if (concerned) out.push_back(input.identities[i]);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::int64_t run_key(const Node& node, const std::vector<PinnedDataset>& inputs, const std::string& epoch,
                     const std::optional<Day>& day) {
  KeyText text(node.model.name);
  text.add(node.version);
  text.add(epoch);
  text.add(day ? format_day(*day) : std::string("full"));
  std::optional<DayRange> window;
  if (day) window = input_window(node.model, {*day, *day + std::chrono::days(1)});
  for (const PinnedDataset& input : inputs) {
    text.add(input.name);
    for (const std::uint64_t file : files_in(input, window)) text.add(file);
  }
  return text.key();
}

/// The days that can have rows: those within reach of some input's rows, and those that have rows now.
std::optional<DaySpan> days_in_reach(const Model& model, const std::vector<PinnedDataset>& inputs,
                                     const PinnedDataset* output) {
  std::optional<DaySpan> out;
  const auto add = [&](const DaySpan& span) {
    out = out ? DaySpan{std::min(out->first, span.first), std::max(out->last, span.last)} : span;
  };
  for (const PinnedDataset& input : inputs) {
    if (const auto span = extent(input)) {
      add({span->first - std::chrono::days(model.lookahead_days),
           span->last + std::chrono::days(model.lookback_days)});
    }
  }
  if (output != nullptr) {
    if (const auto span = extent(*output)) add(*span);
  }
  return out;
}

std::string app_id(const std::string& dataset, std::string_view interval) {
  return fmt::format("batch/{}/{}", dataset, interval);
}

Result<void> read_stored(lake::Table* table, const std::vector<WorkPlan::Key*>& keys) {
  if (table == nullptr) return {};
  std::vector<std::string> ids;
  ids.reserve(keys.size());
  for (const WorkPlan::Key* key : keys) ids.push_back(key->app_id);
  HAUL_TRY(stored, table->offsets(ids));
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i]->stored = stored[i];
  return {};
}

void count(WorkPlan& plan, const WorkPlan::Key& key) {
  if (key.is_done()) {
    ++plan.done;
  } else if (key.stored) {
    ++plan.dirty;
  } else {
    ++plan.missing;
  }
}

/// A file is replaced whole: the days that share one with a day of the work become work too, until none is
/// left.
void widen_to_files(WorkPlan& plan, const PinnedDataset& output) {
  std::vector<bool> replaced(output.spans.size(), false);
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t i = 0; i < output.spans.size(); ++i) {
      if (replaced[i] || !output.spans[i]) continue;
      const DaySpan& span = *output.spans[i];
      const auto first = plan.work.lower_bound(span.first);
      if (first == plan.work.end() || *first > span.last) continue;
      replaced[i] = grown = true;
      plan.replaces.push_back(output.snapshot.files[i].path);
      for (Day day = span.first; day <= span.last; day += std::chrono::days(1)) plan.work.insert(day);
    }
  }
}

Result<WorkPlan> plan_whole(const Node& node, const std::vector<PinnedDataset>& inputs,
                            const PinnedDataset* output, lake::Table* table) {
  WorkPlan plan;
  plan.whole = WorkPlan::Key{.app_id = app_id(node.model.name, "full"),
                             .wanted = run_key(node, inputs, restore_epoch(output), std::nullopt),
                             .stored = std::nullopt};
  HAUL_TRY_VOID(read_stored(table, {&*plan.whole}));
  count(plan, *plan.whole);
  if (output != nullptr) {
    for (const lake::DataFile& file : output->snapshot.files) plan.replaces.push_back(file.path);
  }
  return plan;
}

}  // namespace

DayRange input_window(const Model& model, const DayRange& range) {
  return {range.from - std::chrono::days(model.lookback_days),
          range.to + std::chrono::days(model.lookahead_days)};
}

Result<WorkPlan> plan_work(const Node& node, const std::vector<PinnedDataset>& inputs,
                           const PinnedDataset* output, lake::Table* output_table, const DayLimits& limits) {
  if (node.model.kind == ModelKind::kFull) return plan_whole(node, inputs, output, output_table);
  WorkPlan plan;
  const auto reach = days_in_reach(node.model, inputs, output);
  if (!reach) return plan;
  if (reach->last - reach->first > kReachMax) {
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("its inputs have event times from {} to {}: correct the rows that are out of place",
                    format_day(reach->first), format_day(reach->last)));
  }
  const std::string epoch = restore_epoch(output);
  std::vector<WorkPlan::Key*> keys;
  for (Day day = reach->first; day <= reach->last; day += std::chrono::days(1)) {
    WorkPlan::Key& key = plan.days[day];
    key.app_id = app_id(node.model.name, format_day(day));
    key.wanted = run_key(node, inputs, epoch, day);
    keys.push_back(&key);
  }
  HAUL_TRY_VOID(read_stored(output_table, keys));
  for (const auto& [day, key] : plan.days) {
    if (!limits.contains(day)) continue;
    count(plan, key);
    if (!key.is_done()) plan.work.insert(day);
  }
  if (output != nullptr) widen_to_files(plan, *output);
  return plan;
}

}  // namespace haul::batch
