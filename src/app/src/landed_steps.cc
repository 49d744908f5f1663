#include "landed_steps.h"

#include <algorithm>
#include <array>
#include <string>

#include "haul/ingest/landing_counts.h"

namespace haul::app {
namespace {

/// How many commits are looked at: mostly the rows have just landed. Further back nobody looks.
constexpr std::array<std::size_t, 3> kLooks{32, 1024, 32'768};

Offset at(const std::vector<Offset>& reached, PartitionId partition) {
  return partition.raw() < reached.size() ? reached[partition.raw()] : Offset{0};
}

/// What a commit from `from` to `to` brought of the ranges.
std::vector<server::OffsetRange> part_of(std::span<const server::OffsetRange> ranges,
                                         const std::vector<Offset>& from, const std::vector<Offset>& to) {
  std::vector<server::OffsetRange> parts;
  for (const server::OffsetRange& range : ranges) {
    const Offset first = std::max(range.first, at(from, range.partition));
    const Offset end = std::min(range.end, at(to, range.partition));
    if (first < end) parts.push_back({range.partition, first, end});
  }
  return parts;
}

}  // namespace

Result<std::optional<std::vector<LandedStep>>> landed_steps(std::span<const lake::HistoryEntry> history,
                                                            std::span<const server::OffsetRange> ranges) {
  using Steps = std::optional<std::vector<LandedStep>>;
  std::vector<LandedStep> steps;
  const lake::HistoryEntry* later = nullptr;  // a commit whose begin the next one says
  std::vector<Offset> later_reached;
  const auto take = [&](const std::vector<Offset>& from) {
    if (later == nullptr) return;
    auto parts = part_of(ranges, from, later_reached);
    if (!parts.empty()) steps.push_back({later->version, std::move(parts)});
  };
  for (const lake::HistoryEntry& entry : history) {
    const auto written = entry.parameters.find(std::string(ingest::kReachedParameter));
    if (written == entry.parameters.end()) {
      // A landing that did not say how far it came: from here on nobody knows.
      if (entry.parameters.contains(std::string(ingest::kCountsParameter))) return Steps();
      continue;
    }
    HAUL_TRY(reached, ingest::decode_reached(written->second));
    take(reached);
    later = &entry;
    later_reached = reached;
    const bool is_all = std::all_of(ranges.begin(), ranges.end(), [&](const server::OffsetRange& range) {
      return at(reached, range.partition) <= range.first;
    });
    if (is_all) return Steps(std::move(steps));
  }
  if (history.empty() || history.back().version != 0) return Steps();
  take({});
  return Steps(std::move(steps));
}

Result<std::optional<std::vector<LandedStep>>> landed_steps(lake::Table& table,
                                                            std::span<const server::OffsetRange> ranges) {
  for (const std::size_t limit : kLooks) {
    HAUL_TRY(history, table.history(limit));
    HAUL_TRY(steps, landed_steps(history, ranges));
    if (steps || history.size() < limit) return steps;
  }
  return std::optional<std::vector<LandedStep>>();
}

}  // namespace haul::app
