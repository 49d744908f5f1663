#pragma once

#include <atomic>

#include "haul/base/clock.h"

namespace haul::testing {

/// Time that moves only when told. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(IngestTime start = IngestTime{std::chrono::hours{24 * 365 * 50}}) : now_(start) {}

  [[nodiscard]] IngestTime now() const override { return now_; }
  [[nodiscard]] std::chrono::nanoseconds steady() const override { return steady_; }

  /// Both clocks go on by `step` (>= 0).
  void advance(Micros step) {
    now_ = now_.load() + step;
    steady_ = steady_.load() + step;
  }
  /// The wall clock alone jumps, as after an adjustment.
  void jump_to(IngestTime now) { now_ = now; }

 private:
  std::atomic<IngestTime> now_;
  std::atomic<std::chrono::nanoseconds> steady_{std::chrono::nanoseconds{0}};
};

}  // namespace haul::testing
