#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "command.h"
#include "console.h"
#include "haul/base/units.h"
#include "haul/columnar/arrow_error.h"
#include "haul/ingest/quarantine.h"
#include "haul/ingest/replay.h"
#include "haul/query/catalog.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

constexpr const char* kReplaysDataset = "system.replays";

Result<std::optional<IngestTime>> time_of(const std::string& text) {
  if (text.empty()) return std::optional<IngestTime>();
  HAUL_TRY(at, parse_utc(text));
  return std::optional<IngestTime>(IngestTime{at});
}

/// `status`: what holds where the command line names none.
Result<ingest::QuarantineFilter> filter_of(const QuarantineArguments& arguments,
                                           std::optional<ingest::QuarantineStatus> status) {
  ingest::QuarantineFilter filter;
  filter.rule = arguments.rule;
  filter.file = arguments.file;
  filter.contract_version = arguments.contract_version;
  HAUL_TRY(since, time_of(arguments.since));
  HAUL_TRY(until, time_of(arguments.until));
  filter.since = since;
  filter.until = until;
  filter.status = status;
  if (!arguments.status.empty()) {
    HAUL_TRY(wanted, ingest::parse_quarantine_status(arguments.status));
    filter.status = wanted;
  }
  return filter;
}

/// Scans of quarantine datasets and of the outcomes of their rows.
Result<std::vector<query::Scan>> scans_of(Platform& platform, const Project& project,
                                          std::vector<query::DatasetName> datasets) {
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, project.state / "verified-files");
  HAUL_TRY(known, catalog.datasets());
  const bool has_outcomes = std::find(known.begin(), known.end(), kReplaysDataset) != known.end();
  if (has_outcomes) datasets.emplace_back(kReplaysDataset);
  HAUL_TRY(scans, catalog.pin(datasets, {}));
  for (query::Scan& scan : scans) {
    // Tables of before may lack some columns: they read as null.
    if (scan.schema == "quarantine") scan.columns = ingest::quarantine_schema();
  }
  if (!has_outcomes) {
    const columnar::Schema columns = ingest::replays_schema();
    auto none = arrow::Table::MakeEmpty(columnar::to_arrow(columns));
    if (!none.ok()) return fail(columnar::to_error(none.status(), kReplaysDataset));
    scans.push_back({"system", std::string(ingest::kReplaysTable), columns, {}, *none});
  }
  return scans;
}

/// Runs one query over quarantine datasets and prints it.
Result<void> print_query(Platform& platform, const Project& project,
                         const std::vector<query::DatasetName>& datasets, std::string sql,
                         OutputFormat format) {
  query::QueryRequest request;
  request.sql = std::move(sql);
  request.interrupted = interrupted;
  HAUL_TRY(scans, scans_of(platform, project, datasets));
  request.scans = std::move(scans);
  const auto renderer = renderer_for(format, standard_output(), query::TableStyle::Footer::kRowCount);
  HAUL_TRY(summary, platform.engine().run(request, *renderer));
  return renderer->finish(summary);
}

/// quarantine.NAME of every source, or of the named one.
Result<std::vector<query::DatasetName>> quarantines(Platform& platform, const Project& project,
                                                    const std::string& source) {
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, {});
  HAUL_TRY(all, catalog.datasets());
  std::vector<query::DatasetName> names;
  for (const query::DatasetName& name : all) {
    if (name.starts_with("quarantine.") && (source.empty() || name == "quarantine." + source))
      names.push_back(name);
  }
  if (names.empty() && !source.empty())
    HAUL_TRY_VOID(catalog.snapshot("quarantine." + source, {}));  // says what there is
  return names;
}

std::string current_user() {
  for (const char* name : {"USER", "LOGNAME"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours sets variables
    if (const char* user = std::getenv(name); user != nullptr && *user != '\0') return user;
  }
  return "unknown";
}

Result<ingest::ReplayRequest> request_of(const Project& project, const QuarantineArguments& arguments) {
  HAUL_TRY(source, project.source(arguments.source));
  ingest::ReplayRequest request;
  request.lake_folder = project.lake;
  request.source = source->name;
  request.silver = source->name;
  request.contract = project.contracts.at(source->contract);
  HAUL_TRY(object, contract::single_object(request.contract));
  request.dedupe_by = object->primary_key;
  if (const stream::FlowConfig* flow = project.flow_of(source->name)) {
    request.silver = flow->flow;
    if (!flow->dedupe_by.empty()) request.dedupe_by = flow->dedupe_by;
  }
  request.format = source->format;
  HAUL_TRY(filter, filter_of(arguments, ingest::QuarantineStatus::kPending));
  request.filter = filter;
  request.by = current_user();
  if (!arguments.corrections.empty()) request.corrections = arguments.corrections;
  return request;
}

Report report_of(const ingest::ReplayReport& done) {
  Report report({"outcome", "rule", "rows"});
  const auto add = [&report](const char* outcome, const std::string& rule, std::uint64_t rows) {
    if (rows > 0) report.add({std::string(outcome), rule, static_cast<std::int64_t>(rows)});
  };
  add("landed", "", done.landed);
  add("duplicate", "", done.duplicates);
  add("superseded", "", done.superseded);
  for (const auto& [rule, rows] : done.still_bad_by_rule) add("still bad", rule, rows);
  add("dropped", "", done.dropped);
  return report;
}

}  // namespace

Result<Exit> command_quarantine_list(const CommandContext& context, const QuarantineArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project_places(platform.files(), context.project));
  HAUL_TRY(datasets, quarantines(platform, project, arguments.source));
  HAUL_TRY(filter, filter_of(arguments, std::nullopt));
  std::string rows;
  for (const query::DatasetName& name : datasets) {
    if (!rows.empty()) rows += " UNION ALL ";
    rows += fmt::format("SELECT _source, unnest(rules) AS rule, status, _file, _ingest_time FROM ({})",
                        ingest::quarantined_rows_sql(name.substr(name.find('.') + 1), filter));
  }
  if (rows.empty()) {
    rows = "SELECT '' AS _source, '' AS rule, '' AS status, '' AS _file, now() AS _ingest_time WHERE false";
  }
  HAUL_TRY_VOID(print_query(
      platform, project, datasets,
      fmt::format("SELECT _source AS source, rule, count(*) AS rows, "
                  "count(*) FILTER (status = 'pending') AS pending, count(DISTINCT _file) AS files, "
                  "min(_ingest_time) AS first_seen, max(_ingest_time) AS last_seen FROM ({}) "
                  "GROUP BY ALL ORDER BY source, rows DESC, rule",
                  rows),
      context.format));
  return Exit::kDone;
}

Result<Exit> command_quarantine_show(const CommandContext& context, const QuarantineArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project_places(platform.files(), context.project));
  HAUL_TRY(datasets, quarantines(platform, project, arguments.source));
  HAUL_TRY(filter, filter_of(arguments, std::nullopt));
  HAUL_TRY_VOID(print_query(
      platform, project, datasets,
      fmt::format("SELECT _file AS file, _line AS line, _partition AS partition, _offset AS \"offset\", "
                  "status, array_to_string(rules, ', ') AS rules, reason, contract_version, decoded, payload "
                  "FROM ({}) ORDER BY _ingest_time, _partition, _offset LIMIT {}",
                  ingest::quarantined_rows_sql(arguments.source, filter), arguments.limit),
      context.format));
  return Exit::kDone;
}

Result<Exit> command_quarantine_replay(const CommandContext& context, const QuarantineArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(request, request_of(project, arguments));
  HAUL_TRY(log, platform.open_log(project));
  static_cast<void>(log);  // held to the end: no flow may write silver meanwhile
  HAUL_TRY(done, ingest::replay_quarantine(request, platform.landing()));
  HAUL_TRY_VOID(print(report_of(done), context.format));
  fmt::print(stderr, "{}: {} rows replayed: {} landed, {} duplicates, {} still bad\n", request.source,
             format_count(done.rows), format_count(done.landed), format_count(done.duplicates),
             format_count(done.still_bad));
  return done.still_bad > 0 ? Exit::kDoneWithFindings : Exit::kDone;
}

Result<Exit> command_quarantine_drop(const CommandContext& context, const QuarantineArguments& arguments) {
  const bool narrowed = !arguments.rule.empty() || !arguments.file.empty() || !arguments.since.empty() ||
                        !arguments.until.empty() || !arguments.contract_version.empty();
  if (!narrowed && !arguments.all) {
    return fail(
        ErrorCode::kInvalidInput,
        "nothing says which rows to give up: narrow them (--rule, --file, --since ...) or write --all");
  }
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(request, request_of(project, arguments));
  HAUL_TRY(log, platform.open_log(project));
  static_cast<void>(log);  // held to the end
  HAUL_TRY(done, ingest::drop_quarantined(request, platform.landing()));
  HAUL_TRY_VOID(print(report_of(done), context.format));
  fmt::print(stderr, "{}: {} rows dropped; their bytes stay in quarantine.{}\n", request.source,
             format_count(done.dropped), request.source);
  return Exit::kDone;
}

}  // namespace haul::app
