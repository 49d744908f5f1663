#include "haul/ingest/landing.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "haul/base/check.h"
#include "haul/columnar/selection.h"
#include "haul/ingest/landing_counts.h"
#include "haul/ingest/row_splitter.h"
#include "keyed_silver.h"
#include "landing_rows.h"
#include "landing_sink.h"
#include "partial_decoder.h"
#include "superseded_rows.h"

namespace haul::ingest {
namespace {

enum Layer : std::size_t { kBronze, kQuarantine, kSilver };

/// Producers that a commit counts one by one: its counts stay some kilobytes.
constexpr std::size_t kFilesPerCommit = 100;

class TableLanding final : public Landing {
 public:
  TableLanding(const LandingContext& context, LandingSpec spec) : context_(context), spec_(std::move(spec)) {}

  Result<void> start();

  [[nodiscard]] const std::vector<Offset>& resume() const override { return reached_; }
  Result<void> take(const LandingBatch& batch) override;
  [[nodiscard]] std::uint64_t pending_bytes() const override { return pending_bytes_; }
  Result<void> commit() override;
  void also_mark(std::string app_id, std::int64_t version) override {
    marks_.push_back({std::move(app_id), std::nullopt, version});
  }
  [[nodiscard]] const LandingCounts& counts() const override { return counts_; }

 private:
  Result<Decoder*> decoder_for(const LandingBatch& batch);
  Result<void> take_piece(const LandingBatch& batch);
  Result<void> take_decoded(const LandingBatch& batch);
  /// Takes out of `valid` what is not to join silver, and counts it; conflicts join the rejected.
  Result<void> settle_keys(const LandingBatch& batch, ValidatedBatch& valid);
  Result<void> refuse(const LandingBatch& batch, const ValidatedBatch& blocked);
  void count_file(const LandingBatch& batch, std::size_t quarantined);
  Result<void> commit_silver();
  void count_rules();

  LandingContext context_;
  LandingSpec spec_;
  const contract::Object* object_ = nullptr;
  std::array<LandingSink, 3> sinks_;
  std::vector<Offset> reached_;
  std::shared_ptr<arrow::Schema> silver_arrow_;
  std::unique_ptr<Validator> validator_;
  std::unique_ptr<PartialDecoder> partial_;
  QuarantineOrigin origin_;
  std::map<std::string, std::unique_ptr<Decoder>, std::less<>> decoders_;
  std::unique_ptr<KeyedSilver> keyed_;
  RowsByFile superseded_;  // until the first commit
  std::vector<lake::OffsetMove> marks_;
  std::uint64_t pending_bytes_ = 0;
  bool pending_rows_ = false;
  std::map<std::string, RuleCount> committed_rules_;  // what the validator had counted at the last commit
  LandingCounts pending_;
  LandingCounts counts_;
};

Result<void> TableLanding::start() {
  HAUL_TRY(object, contract::single_object(spec_.contract));
  object_ = object;
  HAUL_TRY(validator, Validator::make(*object_, context_.parser));
  validator_ = std::move(validator);
  partial_ = std::make_unique<PartialDecoder>(object_->schema);
  origin_ = {spec_.source, spec_.contract.id, spec_.contract.version, new_uuid(context_.lake.rng)};
  const lake::LakeContext& lake = context_.lake;
  HAUL_TRY(bronze, LandingSink::open(lake, spec_, "bronze", spec_.source, bronze_schema()));
  HAUL_TRY(quarantine, LandingSink::open(lake, spec_, "quarantine", spec_.source, quarantine_schema()));
  HAUL_TRY(silver, LandingSink::open(lake, spec_, "silver", spec_.silver, silver_schema(*object_)));
  silver_arrow_ = columnar::to_arrow(silver_schema(*object_));
  sinks_ = {std::move(bronze), std::move(quarantine), std::move(silver)};
  // Bronze and quarantine commit before silver: what silver has reached, they have too, even where quarantine
  // had no row to commit and so kept an older offset.
  reached_ = sinks_[kSilver].start();
  sinks_[kBronze].skip_to(reached_);
  sinks_[kQuarantine].skip_to(reached_);
  keyed_ = std::make_unique<KeyedSilver>(context_, *object_, spec_.dedupe_by);
  HAUL_TRY(snapshot, sinks_[kSilver].table().snapshot());
  HAUL_TRY(superseded,
           find_superseded_rows(context_, sinks_[kSilver].table().folder(), snapshot, spec_.supersedes));
  superseded_ = std::move(superseded);
  hide_rows(snapshot, superseded_);
  return keyed_->read(spec_.silver, sinks_[kSilver].table().folder(), snapshot);
}

Result<Decoder*> TableLanding::decoder_for(const LandingBatch& batch) {
  const FormatOptions& format = batch.format;
  const std::string key = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", static_cast<int>(format.format), format.message, format.csv.delimiter,
      format.csv.quote, format.csv.null_text, format.csv.encoding, format.timestamp_offset, batch.header);
  auto found = decoders_.find(key);
  if (found == decoders_.end()) {
    HAUL_TRY(decoder, Decoder::make(format, *object_, batch.header));
    found = decoders_.emplace(key, std::move(decoder)).first;
  }
  return found->second.get();
}

Result<void> TableLanding::take(const LandingBatch& batch) {
  const std::size_t partition = batch.partition.raw();
  HAUL_CHECK(partition < reached_.size(), "a landing knows its partitions");
  HAUL_CHECK(batch.storage != nullptr, "staged rows outlive the call");
  const std::uint64_t end = batch.first.raw() + batch.rows.size();
  if (batch.first > reached_[partition]) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: offset {} of partition {} follows {}: offsets between are missing",
                            spec_.source, batch.first.raw(), partition, reached_[partition].raw()));
  }
  // A table that is ahead after a crash begins inside the batch: cut there, so that each piece is new to a
  // table whole.
  std::uint64_t from = reached_[partition].raw();
  while (from < end) {
    std::uint64_t to = end;
    for (const LandingSink& sink : sinks_) {
      const std::uint64_t start = sink.start()[partition].raw();
      if (start > from) to = std::min(to, start);
    }
    LandingBatch piece = batch;
    const std::size_t skip = from - batch.first.raw();
    piece.first = Offset{from};
    piece.rows.ends = batch.rows.ends.subspan(skip, to - from + 1);
    if (!batch.lines.empty()) piece.lines = batch.lines.subspan(skip, to - from);
    HAUL_TRY_VOID(take_piece(piece));
    from = to;
    reached_[partition] = Offset{to};
  }
  return {};
}

Result<void> TableLanding::take_piece(const LandingBatch& batch) {
  pending_rows_ = true;
  pending_bytes_ += static_cast<std::uint64_t>(batch.rows.ends.back() - batch.rows.ends.front());
  if (sinks_[kBronze].wants(batch)) {
    HAUL_TRY(rows, bronze_rows(batch, spec_.source));
    HAUL_TRY_VOID(sinks_[kBronze].stage(*rows));
  }
  return take_decoded(batch);
}

Result<void> TableLanding::take_decoded(const LandingBatch& batch) {
  ValidatedBatch valid;
  std::vector<RejectedRow> undecoded;
  DecodedRows decoded_rows;
  ExtraFields extra;
  if (batch.reject_reason.empty()) {
    HAUL_TRY(decoder, decoder_for(batch));
    HAUL_TRY(decoded, decoder->decode(batch.rows));
    undecoded = std::move(decoded.rejected);
    extra = std::move(decoded.extra);
    pending_.unknown_columns.insert(decoded.new_unknown_names.begin(), decoded.new_unknown_names.end());
    decoded_rows = {decoded.rows, decoded.row_of};
    HAUL_TRY(validated, validator_->validate(std::move(decoded)));
    valid = std::move(validated);
  } else {
    for (std::uint32_t row = 0; row < batch.rows.size(); ++row) {
      const std::string_view rule = batch.reject_rule.empty() ? kRowTooLong : batch.reject_rule;
      undecoded.push_back({row, std::string(rule), std::string(batch.reject_reason)});
    }
  }
  if (valid.blocked) return refuse(batch, valid);
  HAUL_TRY_VOID(settle_keys(batch, valid));
  std::vector<Rejection> rejections = merge_rejections(undecoded, std::move(valid.rejected));
  if (!rejections.empty() && sinks_[kQuarantine].wants(batch)) {
    HAUL_TRY_VOID(partial_->add_decoded(batch, undecoded, decoded_rows, rejections));
    HAUL_TRY(rows, quarantine_rows(batch, origin_, rejections));
    HAUL_TRY_VOID(sinks_[kQuarantine].stage(*rows));
  }
  pending_.rows += batch.rows.size();
  pending_.quarantined += rejections.size();
  count_file(batch, rejections.size());
  for (const Rejection& rejection : rejections) {
    for (const std::string& rule : rejection.rules) ++pending_.quarantined_by_rule[rule];
  }
  if (valid.rows == nullptr || valid.rows->num_rows() == 0) return {};
  HAUL_TRY(rows, silver_rows(batch, {valid.rows, valid.row_of, extra}, silver_arrow_));
  return keyed_->stage(rows, [this](const arrow::RecordBatch& good) { return sinks_[kSilver].stage(good); });
}

Result<void> TableLanding::settle_keys(const LandingBatch& batch, ValidatedBatch& valid) {
  if (valid.rows == nullptr || valid.rows->num_rows() == 0) return {};
  std::vector<std::uint64_t> sources;
  sources.reserve(valid.row_of.size());
  for (const std::uint32_t row : valid.row_of) {
    sources.push_back(SourcePlace{static_cast<std::int32_t>(batch.partition.raw()),
                                  static_cast<std::int64_t>(batch.first.raw() + row)}
                          .packed());
  }
  HAUL_TRY(judged, keyed_->judge(*valid.rows, sources));
  for (const KeyVerdict verdict : judged.verdicts) {
    pending_.duplicates += verdict == KeyVerdict::kDuplicate ? 1 : 0;
    pending_.superseded += verdict == KeyVerdict::kSuperseded ? 1 : 0;
  }
  pending_.valid += judged.kept.size();
  pending_.replaced += judged.replaced;
  for (RejectedRow& conflict : judged.conflicts) {
    conflict.row = valid.row_of[conflict.row];
    valid.rejected.push_back(std::move(conflict));
  }
  if (judged.kept.size() == valid.row_of.size()) return {};
  HAUL_TRY(kept, columnar::take_rows(valid.rows, judged.kept));
  valid.rows = std::move(kept);
  for (std::size_t i = 0; i < judged.kept.size(); ++i) valid.row_of[i] = valid.row_of[judged.kept[i]];
  valid.row_of.resize(judged.kept.size());
  return {};
}

Result<void> TableLanding::refuse(const LandingBatch& batch, const ValidatedBatch& blocked) {
  const auto severity_of = [this](const std::string& rule) {
    const auto found = std::find_if(object_->row_rules.begin(), object_->row_rules.end(),
                                    [&rule](const contract::RowRule& known) { return known.id == rule; });
    return found == object_->row_rules.end() ? contract::Severity::kError : found->severity;
  };
  const auto cause = std::find_if(
      blocked.rejected.begin(), blocked.rejected.end(),
      [&](const RejectedRow& rejected) { return severity_of(rejected.rule) == contract::Severity::kBlock; });
  HAUL_CHECK(cause != blocked.rejected.end(),
             "a blocked batch has a row that broke a rule of severity block");
  if (context_.listener != nullptr) context_.listener->blocked(spec_, *cause);
  return fail(
      ErrorCode::kInvalidInput,
      fmt::format("{}: rule {} has severity block and failed: {}; nothing was published from offset {} of "
                  "partition {} on: correct the rows or the contract",
                  spec_.source, cause->rule, cause->reason, batch.first.raw(), batch.partition.raw()));
}

void TableLanding::count_file(const LandingBatch& batch, std::size_t quarantined) {
  if (batch.producer.empty()) return;
  auto file = pending_.files.find(std::string(batch.producer));
  if (file == pending_.files.end()) {
    if (pending_.files.size() == kFilesPerCommit) return;
    file = pending_.files.emplace(batch.producer, FileCount{.name = std::string(batch.file)}).first;
  }
  file->second.rows += batch.rows.size();
  file->second.quarantined += quarantined;
}

void TableLanding::count_rules() {
  for (const auto& [rule, total] : validator_->counts()) {
    RuleCount& committed = committed_rules_[rule];
    pending_.rules[rule] = {total.checked - committed.checked, total.failed - committed.failed};
    committed = total;
  }
  for (const contract::RowRule& rule : object_->row_rules) {
    const std::uint64_t failed = pending_.rules[rule.id].failed;
    if (!contract::rejects(rule.severity) && failed > 0) pending_.warned_by_rule[rule.id] = failed;
  }
}

Result<void> TableLanding::commit_silver() {
  LandingSink& silver = sinks_[kSilver];
  HAUL_TRY_VOID(keyed_->flush([&silver](const arrow::RecordBatch& rows) { return silver.stage(rows); }));
  lake::CommitRequest request;
  request.offsets = std::exchange(marks_, {});
  request.deletes = keyed_->deletes();
  for (auto& [path, rows] : superseded_) {
    std::vector<std::uint64_t>& gone = request.deletes[path];
    gone.insert(gone.end(), rows.begin(), rows.end());
    std::sort(gone.begin(), gone.end());
  }
  superseded_.clear();
  request.parameters = {{std::string(kCountsParameter), encode_counts(pending_)},
                        {std::string(kReachedParameter), encode_reached(reached_)}};
  HAUL_TRY(path, silver.commit(spec_.app_ids, reached_, std::move(request)));
  keyed_->committed(path);
  return {};
}

Result<void> TableLanding::commit() {
  if (!pending_rows_ && marks_.empty()) return {};
  HAUL_TRY_VOID(sinks_[kBronze].commit(spec_.app_ids, reached_, {}));
  // Without a row of its own quarantine needs no commit: silver's offset stands for it.
  if (sinks_[kQuarantine].has_rows()) HAUL_TRY_VOID(sinks_[kQuarantine].commit(spec_.app_ids, reached_, {}));
  pending_.commits = 1;
  count_rules();
  HAUL_TRY_VOID(commit_silver());
  counts_ += pending_;
  const LandingCounts window = std::exchange(pending_, {});
  pending_rows_ = false;
  pending_bytes_ = 0;
  if (context_.listener != nullptr) context_.listener->committed(spec_, window);
  return {};
}

}  // namespace

LandingCounts& LandingCounts::operator+=(const LandingCounts& more) {
  rows += more.rows;
  valid += more.valid;
  quarantined += more.quarantined;
  duplicates += more.duplicates;
  superseded += more.superseded;
  replaced += more.replaced;
  commits += more.commits;
  for (const auto& [rule, count] : more.quarantined_by_rule) quarantined_by_rule[rule] += count;
  for (const auto& [rule, count] : more.warned_by_rule) warned_by_rule[rule] += count;
  unknown_columns.insert(more.unknown_columns.begin(), more.unknown_columns.end());
  for (const auto& [rule, count] : more.rules) {
    rules[rule].checked += count.checked;
    rules[rule].failed += count.failed;
  }
  for (const auto& [producer, file] : more.files) {
    FileCount& sum = files[producer];
    sum.name = file.name;
    sum.rows += file.rows;
    sum.quarantined += file.quarantined;
  }
  return *this;
}

Result<std::unique_ptr<Landing>> Landing::open(const LandingContext& context, LandingSpec spec) {
  auto landing = std::make_unique<TableLanding>(context, std::move(spec));
  HAUL_TRY_VOID(landing->start());
  return landing;
}

}  // namespace haul::ingest
