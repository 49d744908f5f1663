#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace haul::query {

/// ASCII letters in lower case: names in SQL are the same whatever their case.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

}  // namespace haul::query
