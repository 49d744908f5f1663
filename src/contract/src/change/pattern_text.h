#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haul::contract {

/// Short texts that an RE2 pattern matches as a whole, the simplest first: for examples. Every one was
/// matched; empty where the pattern has parts that are not read here (classes by name, flags). Costs
/// microseconds.
[[nodiscard]] std::vector<std::string> texts_matching(std::string_view pattern);

}  // namespace haul::contract
