#pragma once

namespace haul::app {

/// What `haul --version` and the description of the API say.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace haul::app
