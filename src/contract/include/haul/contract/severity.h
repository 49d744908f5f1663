#pragma once

#include <cstdint>
#include <string_view>

namespace haul::contract {

/// What happens with what breaks a rule: nothing but a count (info, warning), quarantine of the row (error),
/// stop of the batch (block).
enum class Severity : std::uint8_t { kInfo, kWarning, kError, kBlock };

/// Whether what breaks a rule is taken out, not only counted.
[[nodiscard]] constexpr bool rejects(Severity severity) { return severity >= Severity::kError; }
/// "info", "warning", "error", "block".
[[nodiscard]] std::string_view to_string(Severity severity);

}  // namespace haul::contract
