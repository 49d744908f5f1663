#pragma once

#include <mutex>
#include <vector>

#include "haul/base/log.h"

namespace haul::testing {

/// Keeps every line for a test to read. Thread-safe.
class CapturedLog final : public Log {
 public:
  void write(const LogLine& line) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
  }
  [[nodiscard]] std::vector<LogLine> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<LogLine> lines_;
};

}  // namespace haul::testing
