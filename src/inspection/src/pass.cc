#include "pass.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/columnar/selection.h"
#include "ordered_pipeline.h"

namespace haul::inspection {
namespace {

/// Rows of one batch: enough for columnar work to pay, and few enough to stay near the processor.
constexpr std::uint32_t kChunkBytes = 2U << 20U;

std::string key_reason(const KeyCheck& check, const columnar::Schema& schema, const arrow::RecordBatch& rows,
                       std::uint32_t row) {
  const contract::SetRule& rule = *check.rule;
  std::vector<std::string> columns = rule.columns;
  columns.insert(columns.end(), check.beside.begin(), check.beside.end());
  const std::string values = ingest::describe_values(schema, columns, rows, row);
  if (rule.kind != contract::SetRule::Kind::kUnique) {
    return fmt::format("{} has no such row: {}", rule.references, values);
  }
  return fmt::format("repeats the key {}of an earlier row: {}", check.beside.empty() ? "" : "and version ",
                     values);
}

}  // namespace

/// Rows of one read, what they are and what is wrong with them.
struct Pass::Batch {
  ingest::SplitRows rows;
  std::uint64_t first_row = 0;  // its number in the file
  ingest::DecodedBatch decoded;
  ingest::RuleFindings findings;
  std::vector<ingest::GivenKeys> keys;
  std::vector<ingest::Rejection> rejections;  // by the decoder, rules and keys
  std::shared_ptr<arrow::RecordBatch> good;   // null where no row is, or none is written
};

Result<std::unique_ptr<Pass>> Pass::open(PassSpec spec) {
  std::unique_ptr<Pass> pass(new Pass(spec));
  HAUL_TRY_VOID(pass->prepare());
  return pass;
}

Result<void> Pass::prepare() {
  const ingest::FormatOptions& format = spec_.check.data.format;
  auto splitter = ingest::RowSplitter::open(spec_.file, format, {.chunk_bytes = kChunkBytes});
  if (!splitter && splitter.error().code != ErrorCode::kInvalidInput) return fail(splitter.error());
  if (!splitter) {
    header_problem_ = splitter.error().message;
    return {};
  }
  splitter_ = std::move(*splitter);
  for (std::size_t worker = 0; worker < std::max<std::size_t>(spec_.check.threads, 1); ++worker) {
    HAUL_TRY(validator, ingest::Validator::make(spec_.object, spec_.context.parser));
    auto decoder = ingest::Decoder::make(splitter_->row_format(), spec_.object, splitter_->header());
    if (!decoder) {
      header_problem_ = decoder.error().message;
      return {};
    }
    workers_.push_back({std::move(*decoder), std::move(validator)});
  }
  provenance_ = {.header = splitter_->header(),
                 .file = spec_.check.data.shown_name,
                 .contract_id = spec_.check.contract.id,
                 .contract_version = spec_.check.contract.version};
  return {};
}

Result<PassResult> Pass::run() {
  OrderedPipeline<Batch> pipeline(
      {.produce = [this] { return produce(); },
       .work = [this](std::size_t thread, Batch& batch) { return work(workers_[thread], batch); },
       .judge = [this](Batch& batch) { return judge(batch); },
       .consume = [this](Batch batch) { return write(batch); }},
      workers_.size());
  HAUL_TRY_VOID(pipeline.run());
  for (const Worker& worker : workers_) {
    for (const auto& [rule, count] : worker.validator->counts()) {
      result_.row_rules[rule].checked += count.checked;
      result_.row_rules[rule].failed += count.failed;
    }
  }
  return std::move(result_);
}

Result<std::optional<Pass::Batch>> Pass::produce() {
  if (ended_) return std::optional<Batch>();
  HAUL_TRY(rows, splitter_->next());
  ended_ = rows.last;
  if (spec_.check.progress && !spec_.check.progress(rows.read_bytes)) {
    return fail(ErrorCode::kCancelled, "interrupted");
  }
  Batch batch;
  batch.first_row = next_row_;
  next_row_ += rows.lines.size();
  batch.rows = std::move(rows);
  return std::optional(std::move(batch));
}

Result<void> Pass::work(Worker& worker, Batch& batch) const {
  HAUL_TRY(decoded, worker.decoder->decode(batch.rows.view()));
  HAUL_TRY(findings, worker.validator->find(decoded));
  HAUL_TRY_VOID(spec_.keys.identities(*decoded.rows, batch.keys));
  batch.decoded = std::move(decoded);
  batch.findings = std::move(findings);
  return {};
}

Result<void> Pass::judge(Batch& batch) {
  tally(batch);
  HAUL_TRY_VOID(check_keys(batch));
  HAUL_TRY_VOID(take_good(batch));
  batch.decoded.rows.reset();
  return {};
}

Result<void> Pass::write(const Batch& batch) {
  if (batch.good != nullptr) HAUL_TRY_VOID(spec_.good->write(*batch.good));
  if (spec_.quarantine == nullptr) return {};
  return write_quarantine(*spec_.quarantine, provenance_, batch.rows, batch.rejections);
}

void Pass::add_example(const std::string& rule, std::uint64_t line, const std::string& reason) {
  auto& examples = result_.tallies[rule].examples;
  if (examples.size() < kExamplesMax) examples.push_back({line, reason});
}

void Pass::tally(const Batch& batch) {
  result_.rows += batch.rows.lines.size() + batch.rows.too_long.size();
  result_.refused += batch.rows.too_long.size();
  result_.decoded += batch.decoded.row_of.size();
  result_.unknown_fields += batch.decoded.unknown_fields;
  for (const ingest::RejectedRow& row : batch.decoded.rejected) {
    ++result_.tallies[row.rule].failed;
    add_example(row.rule, batch.rows.lines[row.row], row.reason);
  }
  for (const auto& row : batch.rows.too_long) {
    const std::string rule(refusal_rule(row));
    ++result_.tallies[rule].failed;
    add_example(rule, row.line, too_long_reason(row));
  }
  for (const auto* rows : {&batch.findings.rejected, &batch.findings.noted}) {
    for (const ingest::RejectedRow& row : *rows) add_example(row.rule, batch.rows.lines[row.row], row.reason);
  }
}

/// Asks the keys, and gathers all that puts rows of the batch into quarantine.
Result<void> Pass::check_keys(Batch& batch) {
  std::vector<ingest::RejectedRow>& rejected = batch.findings.rejected;
  breaks_.clear();
  HAUL_TRY_VOID(spec_.keys.check(batch.first_row, batch.decoded.row_of, batch.keys, breaks_));
  for (const KeyBreak& one : breaks_) {
    const KeyCheck& check = spec_.keys.checks()[one.check];
    const contract::SetRule& rule = *check.rule;
    const std::uint32_t row = batch.decoded.row_of[one.row];
    Tally& tally = result_.tallies[rule.id];
    const bool is_example = tally.examples.size() < kExamplesMax;
    ++tally.failed;
    if (!is_example && !contract::rejects(rule.severity)) continue;
    std::string reason = key_reason(check, spec_.object.schema, *batch.decoded.rows, one.row);
    if (is_example) tally.examples.push_back({batch.rows.lines[row], reason});
    if (contract::rejects(rule.severity)) rejected.push_back({row, rule.id, std::move(reason)});
  }
  batch.rejections = ingest::merge_rejections(std::move(batch.decoded.rejected), std::move(rejected));
  return {};
}

Result<void> Pass::take_good(Batch& batch) {
  good_rows_.clear();
  auto bad = batch.rejections.begin();
  for (std::uint32_t row = 0; row < batch.decoded.row_of.size(); ++row) {
    while (bad != batch.rejections.end() && bad->row < batch.decoded.row_of[row]) ++bad;
    if (bad == batch.rejections.end() || bad->row != batch.decoded.row_of[row]) good_rows_.push_back(row);
  }
  result_.valid += good_rows_.size();
  if (spec_.good == nullptr || good_rows_.empty()) return {};
  HAUL_TRY(rows, columnar::take_rows(batch.decoded.rows, good_rows_));
  batch.good = std::move(rows);
  return {};
}

}  // namespace haul::inspection
