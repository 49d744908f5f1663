#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "conditions.h"
#include "haul/base/sql_words.h"
#include "haul/contract/set_rule.h"
#include "haul/governance/quality.h"
#include "haul/query/catalog.h"
#include "haul/query/syntax_tree.h"
#include "system_tables.h"

namespace haul::governance {
namespace {

/// The versions of datasets, added up: it grows when any of them changes. Nothing: one is not there yet.
Result<std::optional<std::int64_t>> versions_of(const GovernanceContext& context,
                                                const std::vector<std::string>& datasets) {
  std::int64_t sum = 0;
  for (const std::string& name : datasets) {
    auto snapshot = context.catalog.snapshot(name, {});
    if (!snapshot && snapshot.error().code == ErrorCode::kNotFound) return std::optional<std::int64_t>();
    if (!snapshot) return fail(std::move(snapshot).error());
    sum += snapshot->version;
  }
  return std::optional(sum);
}

Result<std::vector<std::string>> datasets_read_by(const GovernanceContext& context, const std::string& sql) {
  HAUL_TRY(tree, context.engine.parse(sql));
  HAUL_TRY(sources, query::sources_in(tree, sql));
  std::vector<std::string> names;
  for (const query::NamedTable& table : sources.tables) names.push_back(table.schema + "." + table.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// `now` so many calendar months and microseconds ago; the last day of a month that is too short.
Micros ago(IngestTime now, int months, Micros span) {
  using std::chrono::floor;
  const auto since_epoch = now.time_since_epoch() - span;
  const auto day = floor<std::chrono::days>(since_epoch);
  auto date = std::chrono::year_month_day(std::chrono::sys_days(day)) - std::chrono::months(months);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return std::chrono::sys_days(date).time_since_epoch() + (since_epoch - day);
}

/// One dataset, its contract and the time of the check.
class DatasetCheck {
 public:
  DatasetCheck(const GovernanceContext& context, const GovernedDataset& dataset,
               const lake::Snapshot& snapshot)
      : context_(context), dataset_(dataset), version_(snapshot.version), at_(context.lake.clock.now()) {
    for (const lake::DataFile& file : snapshot.files) {
      rows_ += file.rows - static_cast<std::int64_t>(file.deleted_rows.size());
    }
  }

  Result<void> check_rule(const contract::SetRule& rule) {
    const std::string sql = contract::number_query(rule, dataset_.dataset);
    HAUL_TRY(names, datasets_read_by(context_, sql));
    HAUL_TRY(versions, versions_of(context_, names));
    if (!versions) return {};  // what it refers to is not there yet: the rule waits
    const std::string app_id = fmt::format("checked/{}/{}", dataset_.dataset, rule.id);
    HAUL_TRY(stored, reached(context_, "quality", app_id));
    if (stored == versions) return {};
    HAUL_TRY(table, query_datasets(context_, sql, names));
    if (table == nullptr || table->num_rows() != 1) {
      return fail(ErrorCode::kInvalidInput, "the rule's query must give one number");
    }
    add_rule(rule, number_at(*table, 0, 0), {app_id, stored, *versions});
    return {};
  }

  Result<void> check_level(const contract::ServiceLevel& level) {
    const bool wants_newest = level.measure == contract::ServiceLevel::Measure::kFreshness;
    HAUL_TRY(table, query_datasets(context_,
                                   fmt::format("SELECT epoch_us(CAST({}({}) AS TIMESTAMP)) FROM {}",
                                               wants_newest ? "max" : "min", quoted_name(level.column),
                                               dataset_.dataset),
                                   {dataset_.dataset}));
    const auto micros = table == nullptr ? std::nullopt : integer_at(*table, 0, 0);
    if (!micros) return {};  // no row has a time
    const bool broken = Micros(*micros) < ago(at_, level.months, level.span);
    const std::string app_id = fmt::format("level/{}/{}", dataset_.dataset, level.id);
    const std::int64_t state = 2 * version_ + (broken ? 1 : 0);
    HAUL_TRY(stored, reached(context_, "quality", app_id));
    if (wants_newest) conditions_.push_back(freshness_condition(level, Micros(*micros), broken));
    if (stored == state) return {};
    const auto age = at_.time_since_epoch() - Micros(*micros);
    QualityRow row = base_row(level.id, QualityKind::kLevel, "warning");
    row.failed = broken ? 1 : 0;
    row.failing = Failing::kWhole;
    row.value = std::chrono::duration<double>(age).count();
    row.note =
        fmt::format("the {} {} is {}; {} promises {} {}", wants_newest ? "newest" : "oldest", level.column,
                    format_utc(Micros(*micros)), level.property, level.value, level.unit);
    rows_to_add_.push_back(std::move(row));
    moves_.push_back({app_id, stored, state});
    return {};
  }

  /// Raises and ends alerts, then adds the results that are new.
  Result<std::vector<QualityRow>> finish() {
    HAUL_TRY_VOID(settle(context_, conditions_));
    if (rows_to_add_.empty()) return std::vector<QualityRow>();
    const auto added = append_quality(context_, dataset_.contract, rows_to_add_, std::move(moves_));
    if (!added) return fail(added.error());
    return std::move(rows_to_add_);
  }

 private:
  [[nodiscard]] QualityRow base_row(const std::string& rule, QualityKind kind,
                                    std::string_view severity) const {
    return {.dataset = dataset_.dataset,
            .rule = rule,
            .kind = kind,
            .severity = std::string(severity),
            .checked = rows_,
            .version = version_,
            .at = at_};
  }

  [[nodiscard]] alert::Alert base_alert(std::string kind, const std::string& rule) const {
    alert::Alert alert;
    alert.kind = std::move(kind);
    alert.subject = fmt::format("rule {} of {}", rule, dataset_.dataset);
    alert.raised_at = at_;
    alert.labels = {{"dataset", dataset_.dataset}, {"source", dataset_.source}, {"rule", rule}};
    return alert;
  }

  void add_rule(const contract::SetRule& rule, std::optional<double> value, lake::OffsetMove move) {
    using Kind = contract::SetRule::Kind;
    const bool broken = value && !contract::keeps_bound(rule, *value);
    const bool counts_rows = rule.kind == Kind::kUnique || rule.kind == Kind::kReferential;
    QualityRow row = base_row(rule.id, QualityKind::kSet, to_string(rule.severity));
    row.value = value;
    row.failing = counts_rows ? Failing::kRows : Failing::kWhole;
    if (broken) row.failed = counts_rows ? std::llround(*value) : 1;
    row.note = fmt::format("must be {}", contract::bound_text(rule));
    const bool warns_only =
        rule.severity == contract::Severity::kInfo || rule.severity == contract::Severity::kWarning;
    if (!warns_only) {
      alert::Alert alert = base_alert("broken_rule", rule.id);
      alert.severity =
          rule.severity == contract::Severity::kBlock ? alert::Severity::kCritical : alert::Severity::kError;
      alert.occasion = fmt::format("{}@{}", dataset_.dataset, version_);
      alert.message = fmt::format("{} {} its rule {}: {:g}, {}", dataset_.dataset,
                                  broken ? "breaks" : "keeps", rule.id, value.value_or(0), row.note);
      conditions_.push_back({std::move(alert), broken ? Condition::State::kBroken : Condition::State::kKept});
    }
    rows_to_add_.push_back(std::move(row));
    moves_.push_back(std::move(move));
  }

  [[nodiscard]] Condition freshness_condition(const contract::ServiceLevel& level, Micros newest,
                                              bool broken) const {
    alert::Alert alert = base_alert("freshness", level.id);
    alert.occasion = format_utc(newest);
    alert.event_time = EventTime(newest);
    alert.message =
        fmt::format("{}: the newest {} is {}, {} than {} {} ago", dataset_.dataset, level.column,
                    format_utc(newest), broken ? "longer" : "not longer", level.value, level.unit);
    return {std::move(alert), broken ? Condition::State::kBroken : Condition::State::kKept};
  }

  const GovernanceContext& context_;
  const GovernedDataset& dataset_;
  lake::Version version_;
  IngestTime at_;
  std::int64_t rows_ = 0;
  std::vector<QualityRow> rows_to_add_;
  std::vector<lake::OffsetMove> moves_;
  std::vector<Condition> conditions_;
};

}  // namespace

Result<std::vector<QualityRow>> check_dataset(const GovernanceContext& context,
                                              const GovernedDataset& dataset) {
  auto snapshot = context.catalog.snapshot(dataset.dataset, {});
  if (!snapshot && snapshot.error().code == ErrorCode::kNotFound) return std::vector<QualityRow>();
  if (!snapshot) return fail(std::move(snapshot).error());
  DatasetCheck check(context, dataset, *snapshot);
  for (const contract::SetRule& rule : dataset.contract.objects.front().set_rules) {
    auto done = check.check_rule(rule);
    if (!done) {
      return fail(
          with_context(std::move(done).error(), fmt::format("{}: rule {}", to_string(rule.place), rule.id)));
    }
  }
  for (const contract::ServiceLevel& level : dataset.contract.service_levels) {
    if (level.measure != contract::ServiceLevel::Measure::kNone) HAUL_TRY_VOID(check.check_level(level));
  }
  return check.finish();
}

}  // namespace haul::governance
