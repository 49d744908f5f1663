#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "haul/alert/alert.h"
#include "haul/alert/notifier.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::alert {

/// What the alerts of a project need from outside. The references must outlive it.
struct AlertContext {
  lake::LakeContext lake;
  query::SqlEngine& engine;
  Path lake_folder;                          ///< system.alerts stands in lake_folder/system/alerts.
  std::vector<NotifierSpec> notifiers = {};  ///< Decide which notifiers a row is due to.
};

/// An alert that is raised and not resolved.
struct OpenAlert {
  std::string id;
  Alert alert;
};

/// The Delta table `system.alerts`: one row per change of an alert's state (columns: alert_schema()). Made
/// with the first alert. One thread; several processes may write.
class AlertTable {
 public:
  explicit AlertTable(AlertContext context);

  /// Stores the alerts whose id was never stored, in one commit, and returns how many those were: a repeat
  /// adds nothing, also beside another process that raises the same. kUnavailable: storage; nothing was
  /// stored.
  Result<std::size_t> raise(const std::vector<Alert>& alerts);

  /// Ends the raised alerts of these (found by their ids), in one commit, with their new `message`; the
  /// others are left as they are. Returns how many ended. `raised_at` is when it ended. Errors as raise().
  Result<std::size_t> resolve(const std::vector<Alert>& alerts);

  /// The alerts that raise() stored as new since the last call.
  std::vector<Alert> take_raised() { return std::exchange(raised_, {}); }

  /// Newest first. Empty where there is no table yet.
  Result<std::vector<OpenAlert>> open();

 private:
  Result<std::size_t> store(const std::vector<Alert>& alerts, State state);

  AlertContext context_;
  std::vector<Alert> raised_;
};

/// id, state, kind, severity, subject, occasion, message, changed_at, event_time, labels (JSON), notify
/// (names of the notifiers that the row is due to).
[[nodiscard]] columnar::Schema alert_schema();

}  // namespace haul::alert
