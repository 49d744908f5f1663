#pragma once

#include "haul/base/result.h"
#include "haul/batch/project.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// The project's models, checked against what its flows and table sources write. Errors as
/// batch::load_definitions() and batch::Graph::build().
Result<batch::Graph> load_graph(Platform& platform, const Project& project);

}  // namespace haul::app
