#include <arrow/table.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "conditions.h"
#include "haul/base/sql_words.h"
#include "haul/base/units.h"
#include "haul/governance/quality.h"
#include "haul/ingest/landing_counts.h"
#include "system_tables.h"

namespace haul::governance {
namespace {

/// Rows that no file answers for raise an alert from so many on: a few rows have no share to speak of.
constexpr std::uint64_t kWindowRowsMin = 100;

/// What the commits after `from` counted, and the last of them.
struct Window {
  ingest::LandingCounts counts;
  lake::Version to = 0;
};

Result<std::optional<Window>> window_after(const GovernanceContext& context, const std::string& dataset,
                                           std::optional<std::int64_t> from) {
  auto table = lake::Table::open(context.lake, context.catalog.folder_of(dataset));
  if (!table && table.error().code == ErrorCode::kNotFound) return std::optional<Window>();
  if (!table) return fail(std::move(table).error());
  HAUL_TRY(newest, (*table)->history(1));
  if (newest.empty() || newest.front().version <= from.value_or(-1)) return std::optional<Window>();
  Window window;
  window.to = newest.front().version;
  HAUL_TRY(entries, (*table)->history(static_cast<std::size_t>(window.to - from.value_or(-1))));
  for (const lake::HistoryEntry& entry : entries) {
    const auto counts = entry.parameters.find(std::string(ingest::kCountsParameter));
    if (entry.version > window.to || counts == entry.parameters.end()) continue;
    auto decoded = ingest::decode_counts(counts->second);
    if (!decoded) return fail(with_context(decoded.error(), fmt::format("{}@{}", dataset, entry.version)));
    window.counts += *decoded;
  }
  return std::optional(std::move(window));
}

std::vector<QualityRow> rows_of(const GovernedDataset& dataset, const Window& window, IngestTime at) {
  const ingest::LandingCounts& counts = window.counts;
  const auto all = static_cast<std::int64_t>(counts.rows);
  std::vector<QualityRow> rows;
  const auto add = [&](std::string rule, QualityKind kind, std::string_view severity, std::int64_t checked,
                       std::uint64_t failed) -> QualityRow& {
    return rows.emplace_back(QualityRow{.dataset = dataset.dataset,
                                        .rule = std::move(rule),
                                        .kind = kind,
                                        .severity = std::string(severity),
                                        .checked = checked,
                                        .failed = static_cast<std::int64_t>(failed),
                                        .version = window.to,
                                        .at = at});
  };
  add("rows", QualityKind::kRows, "error", all, counts.quarantined);
  for (const auto& [producer, file] : counts.files) {
    QualityRow& row =
        add("rows", QualityKind::kFile, "error", static_cast<std::int64_t>(file.rows), file.quarantined);
    row.file = file.name;
    row.producer = producer;
  }
  for (const contract::RowRule& rule : dataset.contract.objects.front().row_rules) {
    const auto count = counts.rules.find(rule.id);
    if (count == counts.rules.end()) continue;
    add(rule.id, QualityKind::kRow, to_string(rule.severity),
        static_cast<std::int64_t>(count->second.checked), count->second.failed);
  }
  for (const auto& [rule, failed] : counts.quarantined_by_rule) {
    if (!counts.rules.contains(rule)) add(rule, QualityKind::kDecode, "error", all, failed);
  }
  return rows;
}

/// The rows of these producers that were recorded before, by producer.
Result<std::map<std::string, ingest::FileCount>> recorded_before(const GovernanceContext& context,
                                                                 const std::string& dataset,
                                                                 const ingest::LandingCounts& counts) {
  std::vector<std::string> producers;
  for (const auto& [producer, file] : counts.files) producers.push_back(quoted_text(producer));
  std::map<std::string, ingest::FileCount> out;
  if (producers.empty()) return out;
  HAUL_TRY(table,
           query_datasets(context,
                          fmt::format("SELECT producer, CAST(sum(checked) AS BIGINT), CAST(sum(failed) AS "
                                      "BIGINT) FROM system.quality WHERE dataset = {} AND kind = 'file' AND "
                                      "producer IN ({}) GROUP BY producer",
                                      quoted_text(dataset), fmt::join(producers, ", ")),
                          {"system.quality"}));
  for (std::int64_t row = 0; table != nullptr && row < table->num_rows(); ++row) {
    ingest::FileCount& file = out[text_at(*table, 0, row)];
    file.rows = static_cast<std::uint64_t>(integer_at(*table, 1, row).value_or(0));
    file.quarantined = static_cast<std::uint64_t>(integer_at(*table, 2, row).value_or(0));
  }
  return out;
}

bool passes_limit(const contract::Contract& contract, std::uint64_t rows, std::uint64_t bad) {
  return rows > 0 && static_cast<double>(bad) > contract.error_share_max * static_cast<double>(rows);
}

alert::Alert share_alert(const GovernedDataset& dataset, std::string subject, std::string occasion,
                         const ingest::FileCount& count, IngestTime at) {
  alert::Alert alert;
  alert.kind = "error_share";
  alert.severity = alert::Severity::kError;
  const double share =
      count.rows == 0 ? 0 : static_cast<double>(count.quarantined) / static_cast<double>(count.rows);
  alert.message =
      fmt::format("{}: {} of {} rows ({:.1f} %) are in quarantine; the contract {} allows {:.1f} %", subject,
                  format_count(count.quarantined), format_count(count.rows), 100 * share,
                  dataset.contract.name, 100 * dataset.contract.error_share_max);
  alert.subject = std::move(subject);
  alert.occasion = std::move(occasion);
  alert.raised_at = at;
  alert.labels = {{"source", dataset.source},
                  {"dataset", dataset.dataset},
                  {"rows", std::to_string(count.rows)},
                  {"quarantined", std::to_string(count.quarantined)}};
  return alert;
}

/// An alert for each producer with too many bad rows, and one for the rest of the source.
Result<void> raise_shares(const GovernanceContext& context, const GovernedDataset& dataset,
                          const Window& window, IngestTime at) {
  HAUL_TRY(before, recorded_before(context, dataset.dataset, window.counts));
  std::vector<alert::Alert> alerts;
  ingest::FileCount rest{.name = "", .rows = window.counts.rows, .quarantined = window.counts.quarantined};
  for (const auto& [producer, file] : window.counts.files) {
    ingest::FileCount whole = file;
    whole.rows += before[producer].rows;
    whole.quarantined += before[producer].quarantined;
    if (!passes_limit(dataset.contract, whole.rows, whole.quarantined)) continue;
    rest.rows -= std::min(rest.rows, file.rows);
    rest.quarantined -= std::min(rest.quarantined, file.quarantined);
    alert::Alert alert = share_alert(
        dataset,
        fmt::format("{} of the source {}", file.name.empty() ? "a producer" : file.name, dataset.source),
        producer, whole, at);
    alert.labels["file"] = file.name;
    alert.labels["producer"] = producer;
    alerts.push_back(std::move(alert));
  }
  const auto raised = context.alerts.raise(alerts);
  if (!raised) return fail(raised.error());
  if (rest.rows < kWindowRowsMin) return {};
  const bool broken = passes_limit(dataset.contract, rest.rows, rest.quarantined);
  return settle(context, {{share_alert(dataset, fmt::format("source {}", dataset.source),
                                       fmt::format("{}@{}", dataset.dataset, window.to), rest, at),
                           broken ? Condition::State::kBroken : Condition::State::kKept}});
}

constexpr std::string_view kBlocked = "blocked";

/// Rows came: what stopped the source before does so no more.
Result<void> end_blocked(const GovernanceContext& context, const GovernedDataset& dataset, IngestTime at) {
  HAUL_TRY(open, context.alerts.open());
  std::vector<alert::Alert> ended;
  for (const alert::OpenAlert& entry : open) {
    const auto source = entry.alert.labels.find("source");
    const bool ours = source != entry.alert.labels.end() && source->second == dataset.source;
    if (entry.alert.kind != kBlocked || !ours) continue;
    alert::Alert end = entry.alert;
    end.message = fmt::format("rows of the source {} land again", dataset.source);
    end.raised_at = at;
    ended.push_back(std::move(end));
  }
  const auto resolved = context.alerts.resolve(ended);
  if (!resolved) return fail(resolved.error());
  return {};
}

}  // namespace

Result<void> raise_blocked(const GovernanceContext& context, const GovernedDataset& dataset,
                           const std::string& rule, const std::string& reason) {
  alert::Alert alert;
  alert.kind = kBlocked;
  alert.subject = fmt::format("rule {} of the source {}", rule, dataset.source);
  alert.severity = alert::Severity::kCritical;
  alert.message = fmt::format("{} stops the source {}: {}", rule, dataset.source, reason);
  alert.raised_at = context.lake.clock.now();
  alert.occasion = format_utc(alert.raised_at);
  alert.labels = {{"source", dataset.source}, {"dataset", dataset.dataset}, {"rule", rule}};
  return settle(context, {{std::move(alert), Condition::State::kBroken}});
}

Result<std::uint64_t> record_landing(const GovernanceContext& context, const GovernedDataset& dataset) {
  const std::string app_id = "landed/" + dataset.dataset;
  HAUL_TRY(from, reached(context, "quality", app_id));
  HAUL_TRY(window, window_after(context, dataset.dataset, from));
  if (!window || window->counts.rows == 0) return std::uint64_t{0};
  const IngestTime at = context.lake.clock.now();
  // Alerts first: their ids make a repeat after a crash harmless, and the commit below ends the repeats.
  HAUL_TRY_VOID(raise_shares(context, dataset, *window, at));
  HAUL_TRY_VOID(end_blocked(context, dataset, at));
  HAUL_TRY(added, append_quality(context, dataset.contract, rows_of(dataset, *window, at),
                                 {{app_id, from, window->to}}));
  return added ? window->counts.rows : 0;
}

}  // namespace haul::governance
