#pragma once

#include <string_view>

#include "../value.h"

namespace haul::expression {

/// Reads whole numbers with units, "1 day 2 hours": the part of DuckDB's intervals that needs no rounding.
/// False for everything else, so it is for constants only, where false means refused.
[[nodiscard]] bool parse_interval(std::string_view text, Interval* out);

}  // namespace haul::expression
