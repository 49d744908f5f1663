#include "haul/ingest/validator.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/columnar/selection.h"
#include "haul/expression/expression.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

/// One rule, ready to run.
struct CompiledRule {
  const contract::RowRule* rule;
  expression::Expression expression;
  RuleCount* count;
};

/// The rows that break a rule: FALSE does, NULL does not (as in a SQL CHECK), a failed evaluation does.
class BrokenRows {
 public:
  explicit BrokenRows(const expression::Evaluated& evaluated) : evaluated_(evaluated) {
    if (evaluated.values->type_id() == arrow::Type::BOOL) {
      values_ = static_cast<const arrow::BooleanArray*>(evaluated.values.get());
    }
  }

  [[nodiscard]] bool none() const {
    const bool none_false =
        values_ == nullptr || values_->true_count() + values_->null_count() == values_->length();
    return none_false && evaluated_.failed.empty();
  }
  [[nodiscard]] bool failed(std::int64_t row) const {
    return !evaluated_.failed.empty() && evaluated_.failed[static_cast<std::size_t>(row)] != 0;
  }
  [[nodiscard]] bool broken(std::int64_t row) const {
    return failed(row) || (values_ != nullptr && values_->IsValid(row) && !values_->Value(row));
  }

 private:
  const expression::Evaluated& evaluated_;
  const arrow::BooleanArray* values_ = nullptr;  // null where every value is NULL, so that none is FALSE
};

class ContractValidator final : public Validator {
 public:
  explicit ContractValidator(const contract::Object& object) : object_(object) {}

  Result<void> compile(const expression::SqlParser& parser) {
    for (const contract::RowRule& rule : object_.row_rules) {
      auto compiled = expression::Expression::compile(rule.sql, object_.schema, parser);
      if (!compiled) {
        return fail(
            with_context(compiled.error(), fmt::format("{}: rule `{}`", to_string(rule.place), rule.id)));
      }
      const auto type = compiled->type()->id();
      if (type != arrow::Type::BOOL && type != arrow::Type::NA) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: rule `{}` gives {}: a rule is true or false", to_string(rule.place),
                                rule.id, compiled->type()->ToString()));
      }
      rules_.push_back({&rule, std::move(*compiled), &counts_[rule.id]});
    }
    return {};
  }

  Result<ValidatedBatch> validate(DecodedBatch batch) override {
    HAUL_TRY(findings, find(batch));
    ValidatedBatch result;
    result.rejected = std::move(findings.rejected);
    result.blocked = findings.blocked;
    HAUL_TRY_VOID(keep_good(std::move(batch), result));
    return result;
  }

  Result<RuleFindings> find(const DecodedBatch& batch) override {
    RuleFindings findings;
    const auto rows = batch.rows->num_rows();
    bad_.assign(static_cast<std::size_t>(rows), 0);
    for (CompiledRule& rule : rules_) {
      HAUL_TRY(evaluated, rule.expression.evaluate(*batch.rows));
      rule.count->checked += static_cast<std::uint64_t>(rows);
      const BrokenRows broken(evaluated);
      if (!broken.none()) collect(rule, broken, batch, findings);
    }
    std::stable_sort(findings.rejected.begin(), findings.rejected.end(),
                     [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
    return findings;
  }

  [[nodiscard]] const std::map<std::string, RuleCount>& counts() const override { return counts_; }

 private:
  void collect(CompiledRule& rule, const BrokenRows& broken, const DecodedBatch& batch,
               RuleFindings& findings) {
    const contract::Severity severity = rule.rule->severity;
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      if (!broken.broken(row)) continue;
      ++rule.count->failed;
      if (!contract::rejects(severity) && rule.count->failed > kNotedMax) continue;
      const auto index = static_cast<std::size_t>(row);
      auto& found = contract::rejects(severity) ? findings.rejected : findings.noted;
      found.push_back({.row = batch.row_of[index],
                       .rule = rule.rule->id,
                       .reason = reason(*rule.rule, *batch.rows, row, broken.failed(row))});
      if (contract::rejects(severity)) bad_[index] = 1;
      findings.blocked = findings.blocked || severity == contract::Severity::kBlock;
    }
  }

  [[nodiscard]] std::string reason(const contract::RowRule& rule, const arrow::RecordBatch& rows,
                                   std::int64_t row, bool failed) const {
    return fmt::format("{} `{}`{}{}", failed ? "cannot be computed:" : "breaks", rule.sql,
                       rule.columns.empty() ? "" : ": ",
                       describe_values(object_.schema, rule.columns, rows, row));
  }

  Result<void> keep_good(DecodedBatch batch, ValidatedBatch& result) {
    if (result.rejected.empty()) {
      result.rows = std::move(batch.rows);
      result.row_of = std::move(batch.row_of);
      return {};
    }
    std::vector<std::uint32_t> good;
    good.reserve(bad_.size());
    result.row_of.reserve(bad_.size());
    for (std::uint32_t row = 0; row < bad_.size(); ++row) {
      if (bad_[row] != 0) continue;
      good.push_back(row);
      result.row_of.push_back(batch.row_of[row]);
    }
    HAUL_TRY(rows, columnar::take_rows(batch.rows, good));
    result.rows = std::move(rows);
    return {};
  }

  const contract::Object object_;
  std::vector<CompiledRule> rules_;
  std::map<std::string, RuleCount> counts_;
  std::vector<std::uint8_t> bad_;
};

std::string shown_value(const columnar::Schema& schema, const std::string& name,
                        const arrow::RecordBatch& rows, std::int64_t row) {
  const auto column = schema.find(name);
  if (column && schema.columns[*column].privacy == columnar::Privacy::kPersonal) return "not shown";
  const auto values = rows.GetColumnByName(name);
  if (values == nullptr) return "no column";
  const auto value = values->GetScalar(row);
  if (!value.ok() || !(*value)->is_valid) return "null";
  return quoted_value((*value)->ToString());
}

}  // namespace

std::string describe_values(const columnar::Schema& schema, const std::vector<std::string>& columns,
                            const arrow::RecordBatch& rows, std::int64_t row) {
  std::string text;
  for (const std::string& name : columns) {
    text += fmt::format("{}`{}` is {}", text.empty() ? "" : ", ", name, shown_value(schema, name, rows, row));
  }
  return text;
}

Result<std::unique_ptr<Validator>> Validator::make(const contract::Object& object,
                                                   const expression::SqlParser& parser) {
  auto validator = std::make_unique<ContractValidator>(object);
  HAUL_TRY_VOID(validator->compile(parser));
  return std::unique_ptr<Validator>(std::move(validator));
}

}  // namespace haul::ingest
