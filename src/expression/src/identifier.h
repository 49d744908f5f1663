#pragma once

#include <string>
#include <string_view>

namespace haul::expression {

/// The name as SQL takes it whatever it holds: in double quotes, its own quotes doubled.
[[nodiscard]] inline std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace haul::expression
