#pragma once

#include <mutex>

#include "haul/base/clock.h"
#include "haul/base/log.h"

namespace haul::app {

/// One line a call on standard error: "2026-01-01T12:00:00Z info flow_started flow=flights". Values with
/// spaces, quotes or control characters are quoted as JSON strings. Thread-safe.
class StderrLog final : public Log {
 public:
  explicit StderrLog(const Clock& clock) : clock_(clock) {}
  void write(const LogLine& line) override;

 private:
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace haul::app
