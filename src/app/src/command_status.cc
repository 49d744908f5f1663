#include <fmt/format.h>

#include "alerts.h"
#include "command.h"
#include "console.h"
#include "datasets_report.h"
#include "haul/base/units.h"
#include "haul/stream/flow.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

/// Records of a flow's topic that its silver table has not reached.
Result<std::uint64_t> lag_of(Platform& platform, const Project& project, const stream::FlowConfig& flow,
                             const eventlog::EventLog& log) {
  HAUL_TRY(topic, log.topic(flow.source));
  std::vector<std::string> app_ids;
  for (std::uint32_t p = 0; p < topic.partitions; ++p) {
    app_ids.push_back(stream::flow_app_id(flow.flow, log.id(), PartitionId{p}));
  }
  std::vector<std::optional<std::int64_t>> offsets(app_ids.size());
  auto table = lake::Table::open(platform.lake(), project.lake / "silver" / flow.flow);
  if (!table && table.error().code != ErrorCode::kNotFound) return fail(std::move(table).error());
  if (table) {
    HAUL_TRY(stored, (*table)->offsets(app_ids));
    offsets = stored;
  }
  std::uint64_t lag = 0;
  for (std::uint32_t p = 0; p < topic.partitions; ++p) {
    HAUL_TRY(range, log.range(flow.source, PartitionId{p}));
    lag += range.end.raw() - static_cast<std::uint64_t>(offsets[p].value_or(0));
  }
  return lag;
}

Result<void> print_lags(Platform& platform, const Project& project) {
  if (!platform.files().info(project.log)) return {};
  auto opened = platform.open_log(project);
  if (!opened && opened.error().code == ErrorCode::kConflict) {
    fmt::print(stderr, "the log is in use: {}\n", opened.error().message);
    return {};
  }
  if (!opened) return fail(std::move(opened).error());
  for (const auto& [name, flow] : project.flows) {
    auto lag = lag_of(platform, project, flow, *opened->log);
    if (!lag && lag.error().code == ErrorCode::kNotFound) continue;  // nothing was ever accepted
    if (!lag) return fail(std::move(lag).error());
    fmt::print(
        stderr, "flow {}: {}\n", name,
        *lag == 0 ? "caught up" : fmt::format("{} rows wait; `haul run` lands them", format_count(*lag)));
  }
  return {};
}

Result<Report> alerts_report(Platform& platform, const Project& project) {
  HAUL_TRY(open, alert::AlertTable(alert_context(platform, project)).open());
  Report report({"raised_at", "severity", "kind", "subject", "message", "id"});
  for (const alert::OpenAlert& entry : open) {
    const alert::Alert& alert = entry.alert;
    report.add({format_utc(alert.raised_at), std::string(to_string(alert.severity)), alert.kind,
                alert.subject, alert.message, entry.id});
  }
  return report;
}

}  // namespace

Result<Exit> command_status(const CommandContext& context, const StatusArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(alerts, alerts_report(platform, project));
  if (arguments.alerts) {
    HAUL_TRY_VOID(print(alerts, context.format));
    return Exit::kDone;
  }
  HAUL_TRY(report, datasets_report(platform, project));
  HAUL_TRY_VOID(print(report, context.format));
  if (!alerts.empty() && context.format == OutputFormat::kTable) {
    HAUL_TRY_VOID(standard_output().append(as_bytes("\nopen alerts, newest first\n")));
    HAUL_TRY_VOID(print(alerts, context.format));
  }
  HAUL_TRY_VOID(print_lags(platform, project));
  return Exit::kDone;
}

}  // namespace haul::app
