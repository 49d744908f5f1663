#pragma once

#include <optional>
#include <span>
#include <vector>

#include "haul/base/result.h"
#include "haul/lake/table.h"
#include "haul/server/ingest_api.h"

namespace haul::app {

/// What one commit of a flow's table brought of some rows of its topic.
struct LandedStep {
  lake::Version version = 0;
  std::vector<server::OffsetRange> ranges;
};

/// The commits that brought the rows of `ranges`, newest first; each row is of one of them. Nothing where the
/// table's history does not say it (commits of an older version, or too far back). Errors as
/// Table::history().
Result<std::optional<std::vector<LandedStep>>> landed_steps(lake::Table& table,
                                                            std::span<const server::OffsetRange> ranges);

/// The same, of commits as history() gives them: newest first, down to the first one.
Result<std::optional<std::vector<LandedStep>>> landed_steps(std::span<const lake::HistoryEntry> history,
                                                            std::span<const server::OffsetRange> ranges);

}  // namespace haul::app
