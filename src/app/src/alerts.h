#pragma once

#include <string>
#include <vector>

#include "haul/alert/alert.h"
#include "haul/alert/alert_table.h"
#include "haul/base/result.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// The project's alerts and the notifiers they are due to.
alert::AlertContext alert_context(Platform& platform, const Project& project);

/// Stores the alerts that are new, then tells the notifiers of haul.yaml what they are due, alerts of earlier
/// commands included. Prints one line on standard error per new alert and per notifier that cannot be told;
/// no notifier fails a command. kUnavailable: system.alerts cannot be written.
Result<void> raise_alerts(Platform& platform, const Project& project,
                          const std::vector<alert::Alert>& alerts);

}  // namespace haul::app
