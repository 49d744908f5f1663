#pragma once

#include <string>
#include <string_view>

namespace haul {

/// "a ""b""": an SQL identifier, whatever is in it.
[[nodiscard]] std::string quoted_name(std::string_view name);
/// 'it''s': an SQL string literal.
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace haul
