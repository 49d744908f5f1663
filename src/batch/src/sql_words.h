#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/batch/interval.h"

namespace haul::batch {

/// "a", "b": several.
[[nodiscard]] std::string quoted_names(const std::vector<std::string>& names);

/// The condition that a date or timestamp column lies in the range.
[[nodiscard]] std::string in_range(std::string_view column, const DayRange& range);

}  // namespace haul::batch
