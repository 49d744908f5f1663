#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/metrics.h"
#include "haul/base/rng.h"
#include "haul/eventlog/event_log.h"

namespace haul::eventlog {

struct EmbeddedLogOptions {
  Path directory;
  /// Written into the lock file, not empty: how others reach the owner, e.g. "pid 4711".
  std::string owner;
  std::uint64_t segment_bytes = 256ULL << 20;  ///< Less where retention keeps little: a quarter of it.
  /// How long a group commit waits for company when other callers are at work. Zero: never waits.
  std::chrono::microseconds group_wait{0};
  /// Threads that help the appending one to write and sync several partitions side by side.
  std::size_t sync_helpers = 3;
};

struct OpenedLog {
  std::unique_ptr<EventLog> log;
  std::vector<Cut> cuts;  ///< What recovery cut; normal after a crash (a batch that was never acknowledged).
};

/// Opens or creates the embedded log in a directory and takes its lock. Files: docs/formats/eventlog.md. An
/// append is one gathered write and one sync per partition; opening reads what was appended since the last
/// checkpoint: a quarter of a segment per partition after a crash, nothing after an orderly close. The
/// references must outlive the log; no call may be under way when it ends. kInvalidInput: no owner or no
/// segment size. kConflict: another process owns it (named). kCorrupt: damage that no power cut explains:
/// nothing is cut, the message names file and position. kUnavailable: I/O.
Result<OpenedLog> open_embedded_log(EmbeddedLogOptions options, FileSystem& files, const Clock& clock,
                                    Rng& rng, MetricsRegistry& metrics);

}  // namespace haul::eventlog
