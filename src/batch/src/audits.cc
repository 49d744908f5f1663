#include "audits.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/base/sql_words.h"
#include "sql_words.h"
#include "syntax.h"

namespace haul::batch {
namespace {

constexpr std::size_t kSampleRows = 3;

/// Counts the rows of a result and keeps the first few as text.
class BadRows final : public query::ResultConsumer {
 public:
  explicit BadRows(AuditOutcome& outcome) : outcome_(outcome) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>& /*schema*/) override { return {}; }

  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    for (std::int64_t row = 0; row < rows->num_rows() && outcome_.sample.size() < kSampleRows; ++row) {
      outcome_.sample.push_back(text_of(*rows, row));
    }
    outcome_.bad_rows += static_cast<std::uint64_t>(rows->num_rows());
    return {};
  }

 private:
  static std::string text_of(const arrow::RecordBatch& rows, std::int64_t row) {
    std::string out;
    for (int column = 0; column < rows.num_columns(); ++column) {
      const auto value = rows.column(column)->GetScalar(row);
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", rows.schema()->field(column)->name(),
                         value.ok() ? (*value)->ToString() : value.status().message());
    }
    return out;
  }

  AuditOutcome& outcome_;
};

/// The rows that repeat the grain, or lack a part of it.
std::string grain_sql(const Node& node) {
  const std::string grain = quoted_names(node.model.grain);
  std::string null;
  for (const std::string& column : node.model.grain) {
    null += fmt::format(" OR {} IS NULL", quoted_name(column));
  }
  return fmt::format("SELECT {0}, count(*) AS rows FROM {1} GROUP BY {0} HAVING count(*) > 1{2}", grain,
                     node.model.name, null);
}

Result<void> add_scans(const RunContext& context, const query::Scan& staged,
                       const std::vector<PinnedDataset>& inputs, query::QueryRequest& request) {
  HAUL_TRY(names, datasets_read_by(context.engine, request.sql));
  for (const std::string& name : names) {
    if (name == staged.schema + "." + staged.name) {
      request.scans.push_back(staged);
      continue;
    }
    const auto input = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const PinnedDataset& other) { return other.name == name; });
    if (input != inputs.end()) {
      request.scans.push_back(scan_of(*input));
      continue;
    }
    HAUL_TRY(pinned, pin_dataset({context.lake, context.engine, context.lake_folder}, name, {}));
    request.scans.push_back(scan_of(pinned));
  }
  return {};
}

Result<void> find_bad_rows(const RunContext& context, lake::DataFileVerifier& verifier,
                           const query::Scan& staged, const std::vector<PinnedDataset>& inputs,
                           query::QueryRequest request, AuditOutcome& outcome) {
  request.limits = context.limits;
  request.limits.rows_max.reset();
  request.interrupted = context.interrupted;
  HAUL_TRY_VOID(add_scans(context, staged, inputs, request));
  HAUL_TRY_VOID(verify_files(verifier, request.scans));
  BadRows rows(outcome);
  const auto summary = context.engine.run(request, rows);
  if (!summary) return fail(summary.error());
  return {};
}

}  // namespace

Result<std::vector<AuditOutcome>> run_audits(const RunContext& context, lake::DataFileVerifier& verifier,
                                             const Node& node, const query::Scan& staged,
                                             const std::vector<PinnedDataset>& inputs) {
  std::vector<AuditOutcome> out;
  const auto check = [&](std::string name, AuditEffect effect, std::string sql) -> Result<void> {
    AuditOutcome outcome;
    outcome.name = std::move(name);
    outcome.effect = effect;
    query::QueryRequest request;
    request.sql = std::move(sql);
    auto done = find_bad_rows(context, verifier, staged, inputs, std::move(request), outcome);
    if (!done) return fail(with_context(done.error(), "audit " + outcome.name));
    if (outcome.bad_rows > 0) out.push_back(std::move(outcome));
    return {};
  };
  if (!node.model.grain.empty()) HAUL_TRY_VOID(check("grain", AuditEffect::kBlock, grain_sql(node)));
  for (const Audit& audit : node.audits) {
    HAUL_TRY_VOID(check(audit.name, audit.effect, placed_sql(audit.sql, audit.sql_place)));
  }
  return out;
}

}  // namespace haul::batch
