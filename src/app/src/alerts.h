#pragma once

#include <vector>

#include "haul/alert/alert.h"
#include "haul/alert/alert_table.h"
#include "haul/base/result.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// The project's alerts and the notifiers they are due to.
alert::AlertContext alert_context(Platform& platform, const Project& project);

/// Stores the alerts that are new, with a line on standard error for each, then delivers. Errors as
/// deliver_alerts().
Result<void> raise_alerts(Platform& platform, const Project& project,
                          const std::vector<alert::Alert>& alerts);

/// One line on standard error for each alert that `table` has raised since the last call.
void show_raised(alert::AlertTable& table);

/// Tells the notifiers of haul.yaml what they are due, alerts of earlier commands included. One line on
/// standard error per notifier that cannot be told; none fails a command. kUnavailable: the tables of alerts
/// cannot be read or written.
Result<void> deliver_alerts(Platform& platform, const Project& project);

}  // namespace haul::app
