#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "haul/base/result.h"
#include "haul/base/time.h"

namespace haul::alert {

/// How bad it is, mildest first.
enum class Severity : std::uint8_t { kInfo, kWarning, kError, kCritical };

/// "info", "warning", "error", "critical": the names in tables, JSON and haul.yaml.
[[nodiscard]] std::string_view to_string(Severity severity);
/// kInvalidInput: none of the four, with the nearest.
Result<Severity> parse_severity(std::string_view name);

/// Something a person should know. A plain value; who finds it fills it.
struct Alert {
  std::string
      kind;  ///< What happened, a word of letters, digits and _: "error_share", "late_file", "anomaly".
  std::string
      subject;  ///< To what: "source scans", "dataset silver.legs", "file scans.csv", "rule r of scans".
  /// Which occasion: a file's SHA-256, a day, a commit. The same kind, subject and occasion are the same
  /// alert.
  std::string occasion;
  Severity severity = Severity::kWarning;
  std::string message;                             ///< One sentence with the numbers; no personal values.
  IngestTime raised_at = {};                       ///< When it was found.
  std::optional<EventTime> event_time = {};        ///< When it happened, where that is known.
  std::map<std::string, std::string> labels = {};  ///< More about it, for filters: source, rule, file, share.
};

/// 32 hexadecimal digits that follow from kind, subject and occasion alone (SHA-256, cut): the same on every
/// machine and after every crash.
[[nodiscard]] std::string alert_id(const Alert& alert);

/// An alert is raised, and perhaps resolved later.
enum class State : std::uint8_t { kRaised, kResolved };
/// "raised", "resolved".
[[nodiscard]] std::string_view to_string(State state);

}  // namespace haul::alert
