#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::contract {

/// What keeps an ECMA-262 pattern from running here, with the advice; nothing where it runs. Patterns run in
/// RE2, which is linear in the text; it has no look-around and no back references. A pattern that both accept
/// but read differently is refused too, so that a contract means the same in every tool. Costs microseconds;
/// thread-safe.
[[nodiscard]] std::optional<std::string> pattern_problem(std::string_view pattern);

/// Whether `text` has a match of a pattern that runs here; false for one that does not. Costs microseconds.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

/// The pattern that stands for a `format` of a string (uuid, email, ...), or nothing for a format that has
/// none here.
[[nodiscard]] std::optional<std::string_view> format_pattern(std::string_view format);

}  // namespace haul::contract
