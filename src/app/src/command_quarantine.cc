#include <fmt/format.h>

#include "command.h"
#include "console.h"
#include "haul/query/catalog.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

/// A SQL text literal.
std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

/// Runs one query over quarantine datasets and prints it.
Result<void> print_query(Platform& platform, const Project& project,
                         const std::vector<query::DatasetName>& datasets, std::string sql,
                         OutputFormat format) {
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, project.state / "verified-files");
  query::QueryRequest request;
  request.sql = std::move(sql);
  request.interrupted = interrupted;
  HAUL_TRY(scans, catalog.pin(datasets, {}));
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

}  // namespace

Result<Exit> command_quarantine_list(const CommandContext& context, const QuarantineArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project_places(platform.files(), context.project));
  HAUL_TRY(datasets, quarantines(platform, project, arguments.source));
  std::string rows;
  for (const query::DatasetName& name : datasets) {
    if (!rows.empty()) rows += " UNION ALL ";
    rows += fmt::format("SELECT _source, unnest(rules) AS rule, _file, _ingest_time FROM quarantine.\"{}\"",
                        name.substr(name.find('.') + 1));
  }
  if (rows.empty()) rows = "SELECT '' AS _source, '' AS rule, '' AS _file, now() AS _ingest_time WHERE false";
  HAUL_TRY_VOID(print_query(
      platform, project, datasets,
      fmt::format("SELECT _source AS source, rule, count(*) AS rows, count(DISTINCT _file) AS files, "
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
  const std::string filter =
      arguments.rule.empty() ? "" : fmt::format("WHERE list_contains(rules, {})", sql_text(arguments.rule));
  HAUL_TRY_VOID(print_query(
      platform, project, datasets,
      fmt::format("SELECT _file AS file, _line AS line, _partition AS partition, _offset AS \"offset\", "
                  "array_to_string(rules, ', ') AS rules, reason, payload FROM quarantine.\"{}\" {} "
                  "ORDER BY _ingest_time, _partition, _offset LIMIT {}",
                  arguments.source, filter, arguments.limit),
      context.format));
  return Exit::kDone;
}

}  // namespace haul::app
