#pragma once

#include <string_view>

#include "haul/base/result.h"
#include "haul/batch/run.h"
#include "platform.h"
#include "project.h"
#include "report.h"

namespace haul::app {

/// batch::run() on this project; what a crash left in the log lands first, so that models see every accepted
/// row.
Result<batch::RunReport> run_models(Platform& platform, const Project& project, const batch::Graph& graph,
                                    const batch::RunRequest& request);

/// One row per model.
Report runs_report(const batch::RunReport& runs);

std::string_view outcome_name(batch::Outcome outcome);

}  // namespace haul::app
