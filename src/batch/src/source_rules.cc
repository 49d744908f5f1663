#include "source_rules.h"

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "haul/contract/set_rule.h"
#include "syntax.h"

namespace haul::batch {
namespace {

/// The one number of a result; NULL, as of an average over no rows, is nothing.
Result<std::optional<double>> number_in(const arrow::Table& table) {
  if (table.num_rows() != 1 || table.num_columns() != 1) {
    return fail(ErrorCode::kInvalidInput, "the rule's query must give one number");
  }
  const auto value = table.column(0)->GetScalar(0);
  if (!value.ok() || !(*value)->is_valid) return std::optional<double>();
  return std::optional(static_cast<const arrow::DoubleScalar&>(**value).value);
}

}  // namespace

Result<void> SourceRules::check(const PinnedDataset& dataset) {
  if (!checked_.insert(dataset.name).second) return {};
  for (const SourceDataset& source : graph_.sources()) {
    if (source.name != dataset.name) continue;
    for (const contract::SetRule& rule : source.set_rules) {
      auto done = check_rule(dataset, rule);
      if (!done)
        return fail(with_context(done.error(), fmt::format("{}: rule {}", to_string(rule.place), rule.id)));
    }
  }
  return {};
}

Result<void> SourceRules::check_rule(const PinnedDataset& dataset, const contract::SetRule& rule) {
  query::QueryRequest request;
  request.sql = contract::number_query(rule, dataset.name);
  request.limits = context_.limits;
  request.interrupted = context_.interrupted;
  HAUL_TRY(names, datasets_read_by(context_.engine, request.sql));
  for (const std::string& name : names) {
    if (name == dataset.name) {
      request.scans.push_back(scan_of(dataset));
      continue;
    }
    auto other = pin_dataset({context_.lake, context_.engine, context_.lake_folder}, name, {});
    if (!other && other.error().code == ErrorCode::kNotFound) return {};
    if (!other) return fail(other.error());
    request.scans.push_back(scan_of(*other));
  }
  HAUL_TRY_VOID(verify_files(verifier_, request.scans));
  HAUL_TRY(table, query::run_to_table(context_.engine, request));
  HAUL_TRY(value, number_in(*table));
  if (!value || contract::keeps_bound(rule, *value)) return {};
  broken_.push_back({.dataset = dataset.name,
                     .rule = rule.id,
                     .severity = rule.severity,
                     .value = *value,
                     .description = rule.description});
  return {};
}

const BrokenRule* SourceRules::blocking(const std::string& dataset) const {
  const auto rule = std::find_if(broken_.begin(), broken_.end(), [&](const BrokenRule& other) {
    return other.dataset == dataset && other.severity == contract::Severity::kBlock;
  });
  return rule == broken_.end() ? nullptr : &*rule;
}

}  // namespace haul::batch
