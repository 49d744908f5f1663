#include "haul/ingest/landing.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "haul/base/check.h"
#include "key_set.h"
#include "landing_rows.h"

namespace haul::ingest {
namespace {

/// One of the three tables, with the data file that is being written and the offsets it has reached.
struct Sink {
  std::string dataset;
  std::unique_ptr<lake::Table> table;
  std::unique_ptr<lake::StagedWriter> writer;
  std::vector<std::optional<std::int64_t>> stored;  ///< Per partition, as the table has them.
  std::vector<Offset> start;                        ///< Per partition: the first offset it still takes.
};

enum Layer : std::size_t { kBronze, kQuarantine, kSilver };

/// Reads the keys of a result into the set.
class KeyConsumer final : public query::ResultConsumer {
 public:
  KeyConsumer(const std::vector<std::string>& columns, KeySet& keys) : columns_(columns), keys_(keys) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    HAUL_TRY_VOID(key_identities(*rows, columns_, identities_));
    for (const Hash128 key : identities_) keys_.insert(key);
    return {};
  }

 private:
  const std::vector<std::string>& columns_;
  KeySet& keys_;
  std::vector<Hash128> identities_;
};

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
  Result<Sink> open_sink(std::string_view layer, std::string_view name, columnar::Schema schema);
  Result<void> read_keys();
  Result<Decoder*> decoder_for(const LandingBatch& batch);
  Result<void> take_piece(const LandingBatch& batch);
  Result<void> take_decoded(const LandingBatch& batch);
  Result<std::shared_ptr<arrow::RecordBatch>> drop_duplicates(std::shared_ptr<arrow::RecordBatch> rows,
                                                              std::vector<std::uint32_t>& row_of);
  Result<void> stage(Sink& sink, const arrow::RecordBatch& rows);
  Result<void> commit_sink(Sink& sink, bool needs_rows);
  [[nodiscard]] bool wants(const Sink& sink, const LandingBatch& batch) const {
    return sink.start[batch.partition.raw()] <= batch.first;
  }

  LandingContext context_;
  LandingSpec spec_;
  const contract::Object* object_ = nullptr;
  std::array<Sink, 3> sinks_;
  std::vector<Offset> reached_;
  std::shared_ptr<arrow::Schema> silver_arrow_;
  std::unique_ptr<Validator> validator_;
  std::map<std::string, std::unique_ptr<Decoder>, std::less<>> decoders_;
  KeySet keys_;
  std::vector<Hash128> identities_;
  std::vector<lake::OffsetMove> marks_;
  std::uint64_t pending_bytes_ = 0;
  bool pending_rows_ = false;
  LandingCounts pending_;
  LandingCounts counts_;
};

Result<void> TableLanding::start() {
  HAUL_TRY(object, contract::single_object(spec_.contract));
  object_ = object;
  HAUL_TRY(validator, Validator::make(*object_, context_.parser));
  validator_ = std::move(validator);
  HAUL_TRY(bronze, open_sink("bronze", spec_.source, bronze_schema()));
  HAUL_TRY(quarantine, open_sink("quarantine", spec_.source, quarantine_schema()));
  HAUL_TRY(silver, open_sink("silver", spec_.silver, silver_schema(*object_)));
  silver_arrow_ = columnar::to_arrow(silver_schema(*object_));
  sinks_ = {std::move(bronze), std::move(quarantine), std::move(silver)};
  // Bronze and quarantine commit before silver: what silver has reached, they have too, even where quarantine
  // had no row to commit and so kept an older offset.
  reached_ = sinks_[kSilver].start;
  for (const Layer layer : {kBronze, kQuarantine}) {
    for (std::size_t p = 0; p < reached_.size(); ++p) {
      sinks_[layer].start[p] = std::max(sinks_[layer].start[p], reached_[p]);
    }
  }
  return read_keys();
}

Result<Sink> TableLanding::open_sink(std::string_view layer, std::string_view name, columnar::Schema schema) {
  Sink sink;
  sink.dataset = fmt::format("{}.{}", layer, name);
  HAUL_TRY(table, lake::Table::open_or_create(context_.lake, spec_.lake_folder / layer / name,
                                              lake::TableSpec{std::move(schema), {}, {}}));
  sink.table = std::move(table);
  HAUL_TRY(stored, sink.table->offsets(spec_.app_ids));
  for (const auto& offset : stored) sink.start.emplace_back(static_cast<std::uint64_t>(offset.value_or(0)));
  sink.stored = std::move(stored);
  return sink;
}

Result<void> TableLanding::read_keys() {
  if (spec_.dedupe_by.empty()) return {};
  HAUL_TRY(snapshot, sinks_[kSilver].table->snapshot());
  if (snapshot.files.empty()) return {};
  query::QueryRequest request;
  query::Scan scan{"silver", spec_.silver, snapshot.schema, {}, nullptr};
  for (const lake::DataFile& file : snapshot.files) {
    const Path path = sinks_[kSilver].table->folder() / file.path;
    HAUL_TRY_VOID(lake::verify_data_file(context_.lake.files, path));
    scan.files.push_back({path, file.deleted_rows});
  }
  request.scans.push_back(std::move(scan));
  std::string columns;
  for (const std::string& name : spec_.dedupe_by) {
    if (!columns.empty()) columns += ", ";
    columns += fmt::format("\"{}\"", name);
  }
  request.sql = fmt::format("SELECT {} FROM silver.\"{}\"", columns, spec_.silver);
  KeyConsumer consumer(spec_.dedupe_by, keys_);
  HAUL_TRY_VOID(context_.engine.run(request, consumer));
  return {};
}

Result<Decoder*> TableLanding::decoder_for(const LandingBatch& batch) {
  const FormatOptions& format = batch.format;
  const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", static_cast<int>(format.format),
                                      format.csv.delimiter, format.csv.quote, format.csv.null_text,
                                      format.csv.encoding, format.timestamp_offset, batch.header);
  auto found = decoders_.find(key);
  if (found == decoders_.end()) {
    HAUL_TRY(decoder, Decoder::make(format, object_->schema, batch.header));
    found = decoders_.emplace(key, std::move(decoder)).first;
  }
  return found->second.get();
}

Result<void> TableLanding::take(const LandingBatch& batch) {
  const std::size_t partition = batch.partition.raw();
  HAUL_CHECK(partition < reached_.size(), "a landing knows its partitions");
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
    for (const Sink& sink : sinks_) {
      const std::uint64_t start = sink.start[partition].raw();
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
  if (wants(sinks_[kBronze], batch)) {
    HAUL_TRY(rows, bronze_rows(batch, spec_.source));
    HAUL_TRY_VOID(stage(sinks_[kBronze], *rows));
  }
  return take_decoded(batch);
}

Result<void> TableLanding::take_decoded(const LandingBatch& batch) {
  ValidatedBatch valid;
  std::vector<RejectedRow> undecoded;
  if (batch.reject_reason.empty()) {
    HAUL_TRY(decoder, decoder_for(batch));
    HAUL_TRY(decoded, decoder->decode(batch.rows));
    undecoded = std::move(decoded.rejected);
    HAUL_TRY(validated, validator_->validate(std::move(decoded)));
    valid = std::move(validated);
  } else {
    for (std::uint32_t row = 0; row < batch.rows.size(); ++row) {
      undecoded.push_back({row, "decode.row_too_long", std::string(batch.reject_reason)});
    }
  }
  if (valid.blocked) {
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("{}: rule {} has severity block and failed: {}; nothing was published from offset {} of "
                    "partition {} on: correct the rows or the contract",
                    spec_.source, valid.rejected.front().rule, valid.rejected.front().reason,
                    batch.first.raw(), batch.partition.raw()));
  }
  const std::vector<Rejection> rejections = merge_rejections(undecoded, valid.rejected);
  if (!rejections.empty() && wants(sinks_[kQuarantine], batch)) {
    HAUL_TRY(rows, quarantine_rows(batch, spec_.source, spec_.contract, rejections));
    HAUL_TRY_VOID(stage(sinks_[kQuarantine], *rows));
  }
  pending_.rows += batch.rows.size();
  pending_.quarantined += rejections.size();
  for (const Rejection& rejection : rejections) {
    for (const std::string& rule : rejection.rules) ++pending_.quarantined_by_rule[rule];
  }
  if (valid.rows == nullptr || valid.rows->num_rows() == 0) return {};
  const auto decoded_rows = static_cast<std::uint64_t>(valid.rows->num_rows());
  HAUL_TRY(fresh, drop_duplicates(valid.rows, valid.row_of));
  const auto fresh_rows = static_cast<std::uint64_t>(fresh->num_rows());
  pending_.duplicates += decoded_rows - fresh_rows;
  pending_.valid += fresh_rows;
  if (fresh_rows == 0) return {};
  HAUL_TRY(rows, silver_rows(batch, fresh, valid.row_of, silver_arrow_));
  return stage(sinks_[kSilver], *rows);
}

Result<std::shared_ptr<arrow::RecordBatch>> TableLanding::drop_duplicates(
    std::shared_ptr<arrow::RecordBatch> rows, std::vector<std::uint32_t>& row_of) {
  if (spec_.dedupe_by.empty()) return rows;
  HAUL_TRY_VOID(key_identities(*rows, spec_.dedupe_by, identities_));
  std::vector<std::uint32_t> kept;
  kept.reserve(identities_.size());
  for (std::uint32_t row = 0; row < identities_.size(); ++row) {
    if (keys_.insert(identities_[row])) kept.push_back(row);
  }
  if (kept.size() == identities_.size()) return rows;
  arrow::UInt32Builder selection;
  std::shared_ptr<arrow::Array> selected;
  arrow::Status status = selection.AppendValues(kept);
  if (status.ok()) status = selection.Finish(&selected);
  auto taken = status.ok() ? arrow::compute::Take(arrow::Datum(rows), arrow::Datum(selected))
                           : arrow::Result<arrow::Datum>(status);
  if (!taken.ok()) {
    return fail(ErrorCode::kUnavailable, fmt::format("dropping duplicates: {}", taken.status().ToString()));
  }
  for (std::size_t i = 0; i < kept.size(); ++i) row_of[i] = row_of[kept[i]];
  row_of.resize(kept.size());
  return taken->record_batch();
}

Result<void> TableLanding::stage(Sink& sink, const arrow::RecordBatch& rows) {
  if (sink.writer == nullptr) {
    HAUL_TRY(writer, sink.table->stage());
    sink.writer = std::move(writer);
  }
  auto written = sink.writer->write(rows);
  if (!written) return fail(with_context(std::move(written).error(), sink.dataset));
  return {};
}

Result<void> TableLanding::commit_sink(Sink& sink, bool needs_rows) {
  if (sink.writer == nullptr && needs_rows) return {};
  lake::CommitRequest request;
  request.operation = "STREAMING UPDATE";
  if (sink.writer != nullptr) {
    HAUL_TRY(file, sink.writer->finish());
    sink.writer.reset();
    request.adds.push_back(std::move(file));
  }
  std::vector<std::optional<std::int64_t>> reached = sink.stored;
  for (std::size_t p = 0; p < reached_.size(); ++p) {
    const auto offset = static_cast<std::int64_t>(reached_[p].raw());
    if (offset <= sink.stored[p].value_or(0)) continue;
    request.offsets.push_back({spec_.app_ids[p], sink.stored[p], offset});
    reached[p] = offset;
  }
  if (&sink == &sinks_[kSilver]) {
    request.offsets.insert(request.offsets.end(), marks_.begin(), marks_.end());
  }
  if (request.adds.empty() && request.offsets.empty()) return {};
  auto committed = sink.table->commit(std::move(request));
  if (!committed) return fail(with_context(std::move(committed).error(), sink.dataset));
  sink.stored = std::move(reached);
  for (std::size_t p = 0; p < reached_.size(); ++p) sink.start[p] = std::max(sink.start[p], reached_[p]);
  return {};
}

Result<void> TableLanding::commit() {
  if (!pending_rows_ && marks_.empty()) return {};
  HAUL_TRY_VOID(commit_sink(sinks_[kBronze], false));
  HAUL_TRY_VOID(commit_sink(sinks_[kQuarantine], true));
  HAUL_TRY_VOID(commit_sink(sinks_[kSilver], false));
  marks_.clear();
  pending_.commits = 1;
  counts_ += pending_;
  for (const contract::RowRule& rule : object_->row_rules) {
    const auto count = validator_->counts().find(rule.id);
    const bool passes =
        rule.severity == contract::Severity::kInfo || rule.severity == contract::Severity::kWarning;
    if (passes && count != validator_->counts().end() && count->second.failed > 0) {
      counts_.warned_by_rule[rule.id] = count->second.failed;
    }
  }
  pending_ = {};
  pending_rows_ = false;
  pending_bytes_ = 0;
  return {};
}

}  // namespace

LandingCounts& LandingCounts::operator+=(const LandingCounts& more) {
  rows += more.rows;
  valid += more.valid;
  quarantined += more.quarantined;
  duplicates += more.duplicates;
  commits += more.commits;
  for (const auto& [rule, count] : more.quarantined_by_rule) quarantined_by_rule[rule] += count;
  for (const auto& [rule, count] : more.warned_by_rule) warned_by_rule[rule] += count;
  return *this;
}

Result<std::unique_ptr<Landing>> Landing::open(const LandingContext& context, LandingSpec spec) {
  auto landing = std::make_unique<TableLanding>(context, std::move(spec));
  HAUL_TRY_VOID(landing->start());
  return landing;
}

}  // namespace haul::ingest
