#include <fmt/format.h>

#include <algorithm>

#include "alerts.h"
#include "command.h"
#include "console.h"
#include "haul/base/units.h"
#include "ingest_files.h"

namespace haul::app {
namespace {

Report::Cell count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Report files_report(const IngestOutcome& outcome) {
  Report report({"file", "rows", "repeated", "bytes", "note"});
  for (const FileOutcome& file : outcome.files) {
    std::string note;
    if (file.already_loaded)
      note = fmt::format("loaded before (SHA-256 {}...): nothing to do", file.sha256.substr(0, 12));
    if (file.rows_repeated > 0) note = "went on where an earlier load stopped";
    report.add({file.file, count(file.rows), count(file.rows_repeated), count(file.bytes), note});
  }
  return report;
}

void print_landed(const IngestOutcome& outcome) {
  const ingest::LandingCounts& landed = outcome.landed;
  const double seconds = std::chrono::duration<double>(outcome.total_time).count();
  fmt::print(
      stderr, "{}: {} rows landed: {} valid, {} quarantined, {} duplicates; {:.2f} s, {} rows/s\n",
      outcome.source, format_count(landed.rows), format_count(landed.valid), format_count(landed.quarantined),
      format_count(landed.duplicates), seconds,
      format_count(static_cast<std::uint64_t>(static_cast<double>(landed.rows) / std::max(seconds, 1e-9))));
  if (landed.replaced + landed.superseded > 0) {
    fmt::print(stderr, "  replaced by newer rows of their keys: {}; older than silver's: {}\n",
               format_count(landed.replaced), format_count(landed.superseded));
  }
  for (const auto& [rule, rows] : landed.quarantined_by_rule) {
    fmt::print(stderr, "  quarantined by {}: {}\n", rule, format_count(rows));
  }
  for (const auto& [rule, rows] : landed.warned_by_rule) {
    fmt::print(stderr, "  warned by {}: {}\n", rule, format_count(rows));
  }
  if (landed.quarantined > 0) fmt::print(stderr, "  see them: haul quarantine show {}\n", outcome.source);
}

}  // namespace

Result<Exit> command_ingest(const CommandContext& context, const IngestArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(source, project.source(arguments.source));
  HAUL_TRY(outcome, ingest_files(platform, project, *source, arguments.files));
  for (const std::string& note : outcome.notes) fmt::print(stderr, "{}\n", note);
  print_landed(outcome);
  HAUL_TRY_VOID(raise_alerts(platform, project, {}));
  HAUL_TRY_VOID(print(files_report(outcome), context.format));
  return outcome.landed.quarantined > 0 ? Exit::kDoneWithFindings : Exit::kDone;
}

}  // namespace haul::app
