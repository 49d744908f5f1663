#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haul {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// One structured line: what happened (`event`, snake_case) and its ids and numbers as text pairs.
struct LogLine {
  LogLevel level = LogLevel::kInfo;
  std::string event;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// Port: where log lines go. Thread-safe. Not for hot paths: those count in metrics.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(const LogLine& line) = 0;
};

}  // namespace haul
