#pragma once

#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/metrics.h"
#include "haul/base/result.h"
#include "haul/ingest/interchange_log.h"
#include "haul/ingest/landing.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// What one file gave.
struct FileOutcome {
  std::string file;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;           ///< Accepted now.
  std::uint64_t rows_repeated = 0;  ///< Accepted by an earlier, interrupted load.
  bool already_loaded = false;
};

struct IngestOutcome {
  std::string source;
  std::vector<FileOutcome> files;
  ingest::LandingCounts landed;  ///< Of all files, and of what an earlier crash had left in the log.
  std::vector<ingest::InterchangeOutcome>
      interchanges;                ///< Of X12 and EDIFACT files, each time they are sent.
  std::vector<std::string> notes;  ///< What the user should know, e.g. what recovery cut from the log.
  std::chrono::nanoseconds accept_time{0};  ///< Until every row was durable in the log (topic sources).
  std::chrono::nanoseconds total_time{0};   ///< Until every row was in silver or quarantine.
};

/// Sends files through a source, each once, and waits until their rows have landed.
/// "-" is standard input, kept in the state folder while it loads. Errors as load_into_topic(),
/// load_into_table(), Flow.
Result<IngestOutcome> ingest_files(Platform& platform, const Project& project, const ingest::Source& source,
                                   const std::vector<std::string>& paths);

/// Runs the flow of a source until the log has nothing more; for what a crash left behind.
Result<ingest::LandingCounts> catch_up(Platform& platform, const Project& project,
                                       const ingest::Source& source);

}  // namespace haul::app
