#include <fmt/format.h>

#include <optional>

#include "command.h"
#include "console.h"
#include "haul/base/units.h"
#include "models.h"
#include "run_models.h"

namespace haul::app {
namespace {

Result<std::optional<batch::Day>> day_of(const std::string& text) {
  if (text.empty()) return std::optional<batch::Day>();
  HAUL_TRY(day, batch::parse_day(text));
  return std::optional<batch::Day>(day);
}

}  // namespace

Report runs_report(const batch::RunReport& runs) {
  Report report({"model", "outcome", "intervals", "rows", "version", "seconds", "note"});
  for (const batch::ModelRun& run : runs.models) {
    std::string note = run.reason;
    if (run.error) note = run.error->message;
    for (const batch::AuditOutcome& audit : run.audits) {
      note += fmt::format("{}audit {} found {} rows{}", note.empty() ? "" : "; ", audit.name, audit.bad_rows,
                          audit.sample.empty() ? "" : ", e.g. " + audit.sample.front());
    }
    report.add({run.model, std::string(outcome_name(run.outcome)),
                static_cast<std::int64_t>(run.intervals_done), static_cast<std::int64_t>(run.rows),
                run.version ? Report::Cell(std::int64_t{*run.version}) : Report::Cell(),
                std::chrono::duration<double>(run.elapsed).count(), note});
  }
  return report;
}

std::string_view outcome_name(batch::Outcome outcome) {
  switch (outcome) {
    case batch::Outcome::kPublished:
      return "published";
    case batch::Outcome::kUpToDate:
      return "up to date";
    case batch::Outcome::kAuditFailed:
      return "audit failed";
    case batch::Outcome::kSkipped:
      return "skipped";
    case batch::Outcome::kFailed:
      return "failed";
  }
  return "";
}

Result<Exit> command_run(const CommandContext& context, const RunArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(graph, load_graph(platform, project));
  batch::RunRequest request;
  request.models = arguments.models;
  HAUL_TRY(from, day_of(arguments.from));
  request.from = from;
  HAUL_TRY(to, day_of(arguments.to));
  request.to = to;
  HAUL_TRY(runs, run_models(platform, project, graph, request));
  for (const batch::BrokenRule& rule : runs.rules) {
    fmt::print(stderr, "{} breaks its rule {} ({:g}): {}\n", rule.dataset, rule.rule, rule.value,
               rule.description);
  }
  HAUL_TRY_VOID(print(runs_report(runs), context.format));
  if (!runs.succeeded()) return Exit::kFailed;
  return runs.warned() ? Exit::kDoneWithFindings : Exit::kDone;
}

}  // namespace haul::app
