#include <fmt/format.h>

#include "command.h"
#include "console.h"
#include "haul/governance/profile_table.h"
#include "haul/query/catalog.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"
#include "quality.h"

namespace haul::app {
namespace {

/// The newest row of each rule; files have their own names in the history.
constexpr std::string_view kLast =
    "SELECT dataset, rule, kind, severity, checked, failed, share, value, note, checked_at FROM "
    "system.quality "
    "WHERE kind <> 'file'{} QUALIFY row_number() OVER (PARTITION BY dataset, rule, kind IN ('change', "
    "'anomaly') "
    "ORDER BY checked_at DESC, version DESC) = 1 ORDER BY dataset, failed > 0 DESC, rule";
constexpr std::string_view kHistory =
    "SELECT checked_at, dataset, version, rule, kind, file, checked, failed, share, value, low, high, note "
    "FROM "
    "system.quality WHERE true{} ORDER BY checked_at DESC, dataset, kind, rule, file LIMIT {}";

Result<void> print_quality(Platform& platform, const Project& project, std::string sql, OutputFormat format) {
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, project.state / "verified-files");
  auto scans = catalog.pin({"system.quality"}, {});
  if (!scans && scans.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "there is no history of quality yet: `haul ingest` and `haul run` write it");
  }
  if (!scans) return fail(std::move(scans).error());
  query::QueryRequest request;
  request.sql = std::move(sql);
  request.interrupted = interrupted;
  request.scans = std::move(*scans);
  const auto renderer = renderer_for(format, standard_output(), query::TableStyle::Footer::kRowCount);
  HAUL_TRY(summary, platform.engine().run(request, *renderer));
  return renderer->finish(summary);
}

Report::Cell count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Report profile_report(const std::vector<governance::ColumnSummary>& columns) {
  Report report({"column", "rows", "nulls", "not_finite", "distinct", "min", "max", "mean", "p05", "p25",
                 "p50", "p75", "p95"});
  for (const governance::ColumnSummary& column : columns) {
    std::vector<Report::Cell> row{column.name, count(column.rows), count(column.nulls),
                                  count(column.not_finite)};
    row.push_back(column.distinct ? count(*column.distinct) : Report::Cell());
    row.emplace_back(column.min);
    row.emplace_back(column.max);
    row.push_back(column.mean ? Report::Cell(*column.mean) : Report::Cell());
    for (std::size_t i = 0; i < std::size(governance::kQuantiles); ++i) {
      row.push_back(column.quantiles.empty() ? Report::Cell() : Report::Cell(column.quantiles[i]));
    }
    report.add(std::move(row));
  }
  return report;
}

Result<void> print_profile(Platform& platform, const Project& project, const std::string& dataset,
                           OutputFormat format) {
  alert::AlertTable alerts({platform.lake(), platform.engine(), project.lake});
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, project.state / "verified-files");
  const governance::GovernanceContext context{platform.lake(), platform.engine(), catalog, alerts};
  HAUL_TRY(columns, governance::profile_of(context, dataset));
  return print(profile_report(columns), format);
}

std::string where_dataset(const std::string& dataset) {
  if (dataset.empty()) return "";
  std::string quoted;
  for (const char c : dataset) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return fmt::format(" AND dataset = '{}'", quoted);
}

}  // namespace

Result<Exit> command_quality(const CommandContext& context, const QualityArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  if (arguments.check) {
    QualityKeeper keeper(platform, project);
    HAUL_TRY_VOID(keeper.check_all());
    HAUL_TRY_VOID(keeper.tell());
  }
  if (arguments.profile) {
    if (arguments.dataset.empty()) {
      return fail(ErrorCode::kInvalidInput, "a profile is that of one dataset: name it, e.g. silver.flights");
    }
    HAUL_TRY_VOID(print_profile(platform, project, arguments.dataset, context.format));
    return Exit::kDone;
  }
  const std::string where = where_dataset(arguments.dataset);
  const std::string sql =
      arguments.history ? fmt::format(kHistory, where, arguments.limit) : fmt::format(kLast, where);
  HAUL_TRY_VOID(print_quality(platform, project, sql, context.format));
  return Exit::kDone;
}

}  // namespace haul::app
