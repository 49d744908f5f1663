#pragma once

#include <string>

#include "haul/alert/notifier.h"

namespace haul::adapters {

inline alert::Alert sample_alert(const std::string& occasion = "ab12") {
  return {.kind = "error_share",
          .subject = "source scans",
          .occasion = occasion,
          .severity = alert::Severity::kWarning,
          .message = "8 of 100 rows",
          .raised_at = IngestTime(Micros(1'000'000)),
          .labels = {{"source", "scans"}}};
}

inline alert::Notification sample_notification(const std::string& occasion = "ab12") {
  const alert::Alert alert = sample_alert(occasion);
  return {.id = alert_id(alert), .state = alert::State::kRaised, .alert = alert, .at = alert.raised_at};
}

}  // namespace haul::adapters
