#pragma once

#include <string>
#include <string_view>

#include "haul/base/result.h"
#include "haul/ingest/landing.h"

namespace haul::ingest {

/// The parameter of a silver commit that holds what became of the rows it took: so the counts are exactly as
/// durable as the rows, and whoever keeps a history of them reads it from the table's own.
inline constexpr std::string_view kCountsParameter = "haulCounts";

/// One JSON object.
[[nodiscard]] std::string encode_counts(const LandingCounts& counts);
/// kCorrupt: not what encode_counts() writes.
Result<LandingCounts> decode_counts(std::string_view json);

}  // namespace haul::ingest
