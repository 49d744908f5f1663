#pragma once

#include "haul/base/result.h"
#include "platform.h"
#include "project.h"
#include "report.h"

namespace haul::app {

/// A line for each dataset of the lake: its newest version, the rows that are part of it, files, bytes and
/// time of the commit. Errors as query::Catalog::snapshot().
Result<Report> datasets_report(Platform& platform, const Project& project);

}  // namespace haul::app
