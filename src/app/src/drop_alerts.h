#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "haul/alert/alert.h"
#include "haul/base/result.h"
#include "haul/ingest/drop_intake.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// The alerts about the files of one drop: refused ones (error), late ones by the partner's calendar
/// (warning) and missing ones (error). A late file that comes ends both of its alerts. One thread.
class DropAlerts {
 public:
  /// The references must outlive it.
  DropAlerts(Platform& platform, const Project& project, const ingest::Source& source,
             ingest::FileLedger& ledger);

  /// Tells of what a look into the drop found, and looks at the calendar where that is due (every ten
  /// seconds). Errors as raise_alerts().
  Result<void> after_look(const ingest::IntakeReport& report);

 private:
  Result<void> raise_overdue();
  [[nodiscard]] alert::Alert overdue(ingest::BusinessDate date, bool is_missing) const;
  [[nodiscard]] alert::Alert refused(const ingest::FileRecord& file) const;

  Platform& platform_;
  const Project& project_;
  const ingest::Source& source_;
  ingest::FileLedger& ledger_;
  std::set<std::string> raised_;  ///< Ids of this process: they need not be looked up again.
  std::chrono::nanoseconds next_calendar_{0};
};

}  // namespace haul::app
