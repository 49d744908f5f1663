#pragma once

#include <chrono>

#include "haul/base/time.h"

namespace haul {

/// Port: the two clocks of a process. Code takes a Clock&; nothing but adapters/posix reads the machine's
/// own. Thread-safe in every implementation.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time, UTC. May jump both ways.
  [[nodiscard]] virtual IngestTime now() const = 0;
  /// Time since an arbitrary start; never decreases. For durations, deadlines and group commit.
  [[nodiscard]] virtual std::chrono::nanoseconds steady() const = 0;
};

}  // namespace haul
