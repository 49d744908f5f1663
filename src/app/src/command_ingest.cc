#include <fmt/format.h>

#include <algorithm>

#include "command.h"
#include "console.h"
#include "drop_alerts.h"
#include "drop_files.h"
#include "flow_runner.h"
#include "haul/base/units.h"
#include "ingest_files.h"
#include "interrupt.h"
#include "pull_worker.h"
#include "quality.h"

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

void print_interchanges(const std::vector<ingest::InterchangeOutcome>& interchanges) {
  for (const ingest::InterchangeOutcome& interchange : interchanges) {
    fmt::print(stderr, "interchange {} of {}: {} transactions accepted, {} rejected{}\n", interchange.control,
               interchange.sender, format_count(interchange.accepted), format_count(interchange.rejected),
               interchange.acknowledgement.empty() ? "" : "; answer: " + interchange.acknowledgement);
    if (interchange.is_reused) {
      fmt::print(stderr, "  replay: {} used this control number before, for other content\n",
                 interchange.sender);
    }
  }
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

Report::Cell count(const std::optional<std::uint64_t>& value) {
  return value ? count(*value) : Report::Cell{std::monostate{}};
}

Result<Exit> take_in(const CommandContext& context, Platform& platform, const Project& project,
                     const ingest::Source& source) {
  const auto ledger = ingest::make_file_table(platform.lake(), platform.engine(), project.lake);
  HAUL_TRY(outcome, ingest_drop(platform, project, source, *ledger));
  const ingest::IntakeReport& taken = outcome.intake;
  Report report({"file", "state", "rows", "valid", "quarantined", "duplicates", "note"});
  bool has_findings = false;
  for (const ingest::FileRecord& file : taken.settled) {
    has_findings =
        has_findings || file.state == ingest::FileState::kQuarantined || file.quarantined.value_or(0) > 0;
    report.add({file.file, std::string(to_string(file.state)), count(file.rows), count(file.valid),
                count(file.quarantined), count(file.duplicates), file.reason});
  }
  print_interchanges(outcome.interchanges);
  if (taken.waiting > 0) fmt::print(stderr, "{} files are not whole yet\n", taken.waiting);
  HAUL_TRY_VOID(DropAlerts(platform, project, source, *ledger).after_look(taken));
  HAUL_TRY_VOID(keep_quality(platform, project, source));
  HAUL_TRY_VOID(print(report, context.format));
  return has_findings ? Exit::kDoneWithFindings : Exit::kDone;
}

Result<Exit> pull(const CommandContext& context, Platform& platform, const Project& project,
                  const ingest::Source& source) {
  HAUL_TRY(opened, platform.open_log(project));
  const auto pulled = pull_once(platform, project, source, *opened.log, interrupted);
  // What came before a failure lands too.
  HAUL_TRY(flow, open_flow(platform, project, source, *opened.log));
  HAUL_TRY_VOID(FlowRunner(*flow).finish());
  HAUL_TRY_VOID(keep_quality(platform, project, source));
  if (!pulled) return fail(pulled.error());
  const ingest::LandingCounts& landed = flow->counts();
  Report report({"source", "pages", "rows", "repeated", "valid", "quarantined", "duplicates"});
  report.add({source.name, count(pulled->pages), count(pulled->rows), count(pulled->rows_repeated),
              count(landed.valid), count(landed.quarantined), count(landed.duplicates)});
  HAUL_TRY_VOID(print(report, context.format));
  return landed.quarantined > 0 ? Exit::kDoneWithFindings : Exit::kDone;
}

}  // namespace

Result<Exit> command_ingest(const CommandContext& context, const IngestArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(source, project.source(arguments.source));
  if (arguments.files.empty() && source->drop) return take_in(context, platform, project, *source);
  if (arguments.files.empty() && source->pull) return pull(context, platform, project, *source);
  if (arguments.files.empty() || source->pull) {
    fmt::print(stderr, "haul: {}\n",
               source->pull ? fmt::format("{} is pulled: it takes no files", source->name)
                            : fmt::format("{} is no drop: name the files to send, or - for standard input",
                                          source->name));
    return Exit::kWrongUse;
  }
  HAUL_TRY(outcome, ingest_files(platform, project, *source, arguments.files));
  for (const std::string& note : outcome.notes) fmt::print(stderr, "{}\n", note);
  print_interchanges(outcome.interchanges);
  print_landed(outcome);
  HAUL_TRY_VOID(print(files_report(outcome), context.format));
  return outcome.landed.quarantined > 0 ? Exit::kDoneWithFindings : Exit::kDone;
}

}  // namespace haul::app
