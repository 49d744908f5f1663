#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "haul/base/sql_words.h"
#include "haul/governance/forecast.h"
#include "haul/governance/quality.h"
#include "haul/query/catalog.h"
#include "system_tables.h"

namespace haul::governance {
namespace {

/// Everything that came since `from`: one run.
struct Run {
  std::optional<std::int64_t> from;
  lake::Version to = 0;
  std::int64_t rows = 0;
};

Result<std::optional<Run>> run_since(const GovernanceContext& context, const std::string& dataset,
                                     std::optional<std::int64_t> from) {
  HAUL_TRY(table,
           query_datasets(context,
                          fmt::format("SELECT CAST(sum(checked) AS BIGINT), max(version) FROM "
                                      "system.quality WHERE dataset = {} AND kind = 'rows' AND version > {}",
                                      quoted_text(dataset), from.value_or(-1)),
                          {"system.quality"}));
  const auto rows = table == nullptr ? std::nullopt : integer_at(*table, 0, 0);
  if (!rows || *rows == 0) return std::optional<Run>();
  return std::optional(Run{from, integer_at(*table, 1, 0).value_or(0), *rows});
}

/// The mean of a column over the rows of the files that the run added. Nothing: no value.
Result<std::optional<double>> mean_of(const GovernanceContext& context, const std::string& dataset,
                                      const std::string& column, const Run& run) {
  query::AsOf until;
  until.version = run.to;
  HAUL_TRY(scans, context.catalog.pin({dataset}, until));
  if (run.from) {
    query::AsOf before;
    before.version = *run.from;
    HAUL_TRY(old, context.catalog.snapshot(dataset, before));
    std::set<Path> known;
    for (const lake::DataFile& file : old.files) known.insert(context.catalog.folder_of(dataset) / file.path);
    std::erase_if(scans.front().files,
                  [&known](const query::ScanFile& file) { return known.contains(file.path); });
  }
  query::QueryRequest request;
  request.sql = fmt::format("SELECT CAST(avg({}) AS DOUBLE) FROM {}", quoted_name(column), dataset);
  request.scans = std::move(scans);
  HAUL_TRY(table, query::run_to_table(context.engine, request));
  return number_at(*table, 0, 0);
}

/// The numbers of a rule in the runs before, oldest first.
Result<std::vector<double>> history_of(const GovernanceContext& context, const std::string& dataset,
                                       const std::string& rule) {
  HAUL_TRY(table,
           query_datasets(context,
                          fmt::format("SELECT value FROM system.quality WHERE dataset = {} AND rule = {} "
                                      "AND kind IN ('change', 'anomaly') AND value IS NOT NULL ORDER BY "
                                      "version",
                                      quoted_text(dataset), quoted_text(rule)),
                          {"system.quality"}));
  std::vector<double> values;
  for (std::int64_t row = 0; table != nullptr && row < table->num_rows(); ++row) {
    values.push_back(number_at(*table, 0, row).value_or(0));
  }
  return values;
}

std::string_view measure_name(const contract::DriftRule& rule) {
  return rule.measure == contract::DriftRule::Measure::kRowCount ? "rows" : "mean";
}

QualityRow judge(const contract::DriftRule& rule, const std::string& dataset, std::optional<double> value,
                 const std::vector<double>& history, const Run& run, IngestTime at) {
  QualityRow row{.dataset = dataset,
                 .rule = rule.id,
                 .kind = QualityKind::kChange,
                 .severity = rule.severity == contract::Severity::kInfo ? "info" : "warning",
                 .checked = run.rows,
                 .failing = Failing::kWhole,
                 .value = value,
                 .version = run.to,
                 .at = at};
  const auto band = forecast(rule, history);
  if (!band || !value) {
    row.note =
        fmt::format("{} of {} runs before it could be judged", history.size(), rule.needs * rule.season);
    return row;
  }
  row.low = band->low;
  row.high = band->high;
  const bool fits = band->holds(*value);
  if (!fits) row.kind = QualityKind::kAnomaly;
  row.failed = fits ? 0 : 1;
  row.note = fmt::format("{} {:g}, expected {:g} to {:g} around {:g}", measure_name(rule), *value, band->low,
                         band->high, band->forecast);
  return row;
}

alert::Alert anomaly_alert(const GovernedDataset& dataset, const QualityRow& row) {
  alert::Alert alert;
  alert.kind = "anomaly";
  alert.subject = fmt::format("rule {} of {}", row.rule, row.dataset);
  alert.occasion = fmt::format("{}@{}", row.dataset, row.version);
  alert.severity = row.severity == "info" ? alert::Severity::kInfo : alert::Severity::kWarning;
  alert.message = fmt::format("{}: {} ({})", row.dataset, row.note, row.rule);
  alert.raised_at = row.at;
  alert.labels = {{"dataset", row.dataset}, {"source", dataset.source}, {"rule", row.rule}};
  return alert;
}

}  // namespace

Result<std::vector<QualityRow>> judge_changes(const GovernanceContext& context,
                                              const GovernedDataset& dataset) {
  std::vector<QualityRow> anomalies;
  const auto& rules = dataset.contract.objects.front().change_rules;
  if (rules.empty()) return anomalies;
  const std::string app_id = "judged/" + dataset.dataset;
  HAUL_TRY(from, reached(context, "quality", app_id));
  HAUL_TRY(run, run_since(context, dataset.dataset, from));
  if (!run) return anomalies;
  const IngestTime at = context.lake.clock.now();
  std::vector<QualityRow> rows;
  std::vector<alert::Alert> alerts;
  for (const contract::DriftRule& rule : rules) {
    std::optional<double> value = static_cast<double>(run->rows);
    if (rule.measure == contract::DriftRule::Measure::kMean) {
      HAUL_TRY(mean, mean_of(context, dataset.dataset, rule.column, *run));
      value = mean;
    }
    HAUL_TRY(history, history_of(context, dataset.dataset, rule.id));
    rows.push_back(judge(rule, dataset.dataset, value, history, *run, at));
    if (rows.back().kind != QualityKind::kAnomaly) continue;
    alerts.push_back(anomaly_alert(dataset, rows.back()));
    anomalies.push_back(rows.back());
  }
  const auto raised = context.alerts.raise(alerts);
  if (!raised) return fail(raised.error());
  const auto added = append_quality(context, dataset.contract, rows, {{app_id, from, run->to}});
  if (!added) return fail(added.error());
  return anomalies;
}

}  // namespace haul::governance
