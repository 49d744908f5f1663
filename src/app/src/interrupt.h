#pragma once

namespace haul::app {

/// From now on SIGINT and SIGTERM ask for a clean stop (interrupted() becomes true); a second SIGINT ends the
/// process.
void watch_interrupts();

/// Thread-safe; true once a stop was asked for.
[[nodiscard]] bool interrupted();

}  // namespace haul::app
