#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/ingest/landing.h"

namespace haul::ingest {

/// The parameter of a silver commit that holds what became of the rows it took: so the counts are exactly as
/// durable as the rows, and whoever keeps a history of them reads it from the table's own.
inline constexpr std::string_view kCountsParameter = "haulCounts";

/// The parameter of a silver commit that says how far it took each partition of the topic; the commit before
/// it that has one says from where.
inline constexpr std::string_view kReachedParameter = "haulReached";

/// "[12,40]".
[[nodiscard]] std::string encode_reached(const std::vector<Offset>& reached);
/// kCorrupt: not what encode_reached() writes.
Result<std::vector<Offset>> decode_reached(std::string_view json);

/// One JSON object.
[[nodiscard]] std::string encode_counts(const LandingCounts& counts);
/// kCorrupt: not what encode_counts() writes.
Result<LandingCounts> decode_counts(std::string_view json);

}  // namespace haul::ingest
