#pragma once

#include "../value.h"

namespace haul::expression {

/// 10^exponent, exponent at most 38.
[[nodiscard]] Int128 power_of_ten(int exponent);

}  // namespace haul::expression
