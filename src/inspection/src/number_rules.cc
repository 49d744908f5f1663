#include "number_rules.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "haul/contract/set_rule.h"
#include "key_checks.h"
#include "parquet_file.h"
#include "references.h"
#include "rule_outcome.h"

namespace haul::inspection {
namespace {

constexpr const char* kLayer = "silver";

/// The one number of a result; NULL, as of an average over no rows, is nothing.
std::optional<double> number_in(const arrow::Table& table) {
  const auto value = table.column(0)->GetScalar(0);
  if (!value.ok() || !(*value)->is_valid) return std::nullopt;
  return static_cast<const arrow::DoubleScalar&>(**value).value;
}

}  // namespace

bool needs_sql(const contract::SetRule& rule) {
  return !KeyChecks::takes(rule) && rule.kind != contract::SetRule::Kind::kRowCount;
}

NumberRules::~NumberRules() {
  for (const auto& [reference, path] : staged_) static_cast<void>(context_.files.remove(path).has_value());
}

Result<RuleOutcome> NumberRules::outcome(const contract::SetRule& rule) {
  RuleOutcome outcome = outcome_of(rule);
  outcome.checked = good_rows_;
  outcome.must_be = contract::bound_text(rule);
  if (rule.kind == contract::SetRule::Kind::kRowCount) {
    outcome.value = static_cast<double>(good_rows_);
  } else {
    auto asked = query(rule, outcome);
    if (!asked && asked.error().code != ErrorCode::kInvalidInput) return fail(std::move(asked).error());
    if (!asked) return not_run(std::move(outcome), std::move(asked).error().message);
  }
  const bool holds = !outcome.value || contract::keeps_bound(rule, *outcome.value);
  outcome.status = holds ? RuleStatus::kHeld : RuleStatus::kBroken;
  return outcome;
}

Result<void> NumberRules::query(const contract::SetRule& rule, RuleOutcome& outcome) {
  query::QueryRequest request;
  request.sql = contract::number_query(rule, fmt::format("{}.\"{}\"", kLayer, object_.name));
  request.scans.push_back(
      {.schema = kLayer, .name = object_.name, .columns = object_.schema, .files = {{.path = good_}}});
  HAUL_TRY_VOID(add_references(rule, request.scans));
  request.limits.memory_bytes = check_.memory_bytes;
  request.limits.threads = static_cast<int>(check_.threads);
  if (check_.progress) {
    request.interrupted = [this] { return !check_.progress(0); };
  }
  HAUL_TRY(table, query::run_to_table(context_.engine, request));
  if (table->num_rows() != 1) return fail(ErrorCode::kInvalidInput, "its query must give one number");
  outcome.value = number_in(*table);
  return {};
}

/// The references that the rule names and whose columns are known.
Result<void> NumberRules::add_references(const contract::SetRule& rule, std::vector<query::Scan>& scans) {
  for (const ReferenceFile& reference : check_.references) {
    if (reference.object == nullptr || reference.object->name == object_.name) continue;
    if (rule.sql.find(reference.object->name) == std::string::npos) continue;
    HAUL_TRY(path, staged(reference));
    scans.push_back({.schema = kLayer,
                     .name = reference.object->name,
                     .columns = reference.object->schema,
                     .files = {{.path = path}}});
  }
  return {};
}

Result<Path> NumberRules::staged(const ReferenceFile& reference) {
  for (const auto& [known, path] : staged_) {
    if (known == &reference) return path;
  }
  const Path path = check_.work / fmt::format("reference-{}.parquet", staged_.size());
  HAUL_TRY(file, ParquetFile::open(context_.files, path, reference.object->schema));
  HAUL_TRY_VOID(read_reference(context_.files, {reference.file, reference.object->schema, check_.threads},
                               [&](const arrow::RecordBatch& rows) { return file->write(rows); }));
  HAUL_TRY_VOID(file->publish());
  staged_.emplace_back(&reference, path);
  return path;
}

}  // namespace haul::inspection
