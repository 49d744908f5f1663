#include "haul/ingest/replay.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "corrections.h"
#include "haul/base/check.h"
#include "haul/base/sql_words.h"
#include "haul/columnar/selection.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/validator.h"
#include "keyed_silver.h"
#include "landing_rows.h"
#include "replay_outcomes.h"

namespace haul::ingest {
namespace {

constexpr int kAttempts = 5;
/// Rows that were cut when they came in cannot be good; only a correction brings them back.

/// The column of a query of ours.
template <class Array>
const Array& column(const arrow::RecordBatch& rows, const char* name) {
  const auto found = rows.GetColumnByName(name);
  HAUL_CHECK(found != nullptr, name);
  return static_cast<const Array&>(*found);
}

RowOutcome::Kind outcome_of(KeyVerdict verdict) {
  switch (verdict) {
    case KeyVerdict::kKept:
      return RowOutcome::Kind::kLanded;
    case KeyVerdict::kDuplicate:
      return RowOutcome::Kind::kDuplicate;
    case KeyVerdict::kSuperseded:
      return RowOutcome::Kind::kSuperseded;
    case KeyVerdict::kConflict:
      break;
  }
  return RowOutcome::Kind::kStillBad;
}

enum class Verb : std::uint8_t { kReplay, kDrop };

/// One replay, or drop, over one snapshot of silver.
class Replay final : public query::ResultConsumer {
 public:
  Replay(Verb verb, const ReplayRequest& request, const LandingContext& context)
      : verb_(verb), request_(request), context_(context) {}

  /// kConflict: silver moved on; start anew.
  Result<ReplayReport> run();

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    return take(rows, JudgedBytes::kQuarantined);
  }

 private:
  Result<query::QueryRequest> open();
  Result<query::Scan> scan_quarantine();
  Result<void> take(const std::shared_ptr<arrow::RecordBatch>& rows, JudgedBytes bytes);
  Result<void> take_file(const std::shared_ptr<arrow::RecordBatch>& rows, const std::string& header,
                         JudgedBytes bytes);
  /// Judges rows that silver lacks; `place_of` says which outcome is whose.
  Result<void> judge(const std::shared_ptr<arrow::RecordBatch>& rows, const std::string& header,
                     const std::vector<std::uint32_t>& place_of, std::vector<RowOutcome>& outcomes);
  Result<Decoder*> decoder_for(const std::string& header);
  Result<void> land(const std::shared_ptr<arrow::RecordBatch>& rows, const GoodRows& good);
  Result<JudgedRows> judge_keys(const arrow::RecordBatch& rows, const ValidatedBatch& valid);
  Result<void> write(const arrow::RecordBatch& rows);
  Result<void> commit_silver();

  Verb verb_;
  const ReplayRequest& request_;
  LandingContext context_;
  const contract::Object* object_ = nullptr;
  std::unique_ptr<Validator> validator_;
  std::map<std::string, std::unique_ptr<Decoder>> decoders_;
  std::optional<KeyedSilver> keyed_;
  std::unique_ptr<lake::Table> silver_;
  lake::Version silver_version_ = 0;
  std::unique_ptr<lake::StagedWriter> writer_;
  std::optional<OutcomeSink> outcomes_;
};

Result<query::Scan> Replay::scan_quarantine() {
  const Path folder = request_.lake_folder / "quarantine" / request_.source;
  auto table = lake::Table::open(context_.lake, folder);
  if (!table && table.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no quarantine.{}: the source has sent nothing yet", request_.source));
  }
  if (!table) return fail(std::move(table).error());
  HAUL_TRY(snapshot, (*table)->snapshot());
  HAUL_TRY(scan, scan_of(context_, "quarantine", request_.source, folder, snapshot));
  scan.columns = quarantine_schema();  // tables of before may lack some: they read as null
  return scan;
}

Result<query::QueryRequest> Replay::open() {
  HAUL_TRY(object, contract::single_object(request_.contract));
  object_ = object;
  HAUL_TRY(validator, Validator::make(*object_, context_.parser));
  validator_ = std::move(validator);
  HAUL_TRY(quarantine, scan_quarantine());
  HAUL_TRY(outcomes, OutcomeSink::open(context_, request_));
  outcomes_.emplace(std::move(outcomes));
  HAUL_TRY(replayed, outcomes_->table().snapshot());
  HAUL_TRY(replays,
           scan_of(context_, "system", std::string(kReplaysTable), outcomes_->table().folder(), replayed));
  HAUL_TRY(silver,
           lake::Table::open_or_create(context_.lake, request_.lake_folder / "silver" / request_.silver,
                                       lake::TableSpec{silver_schema(*object_), {}, {}}));
  silver_ = std::move(silver);
  HAUL_TRY(newest, silver_->snapshot());
  silver_version_ = newest.version;
  keyed_.emplace(context_, *object_, request_.dedupe_by);
  if (verb_ == Verb::kReplay) HAUL_TRY_VOID(keyed_->read(request_.silver, silver_->folder(), newest));
  HAUL_TRY(landed, scan_of(context_, "silver", request_.silver, silver_->folder(), newest));
  query::QueryRequest request;
  request.sql = fmt::format(
      "SELECT q.*, list_contains(rules, '{}') AS cut, s._offset IS NOT NULL AS in_silver FROM ({}) AS q LEFT "
      "JOIN "
      "(SELECT DISTINCT _partition, _offset, _ingest_time FROM silver.{}) AS s "
      "USING (_partition, _offset, _ingest_time) ORDER BY q._ingest_time, q._file, q._partition, q._offset",
      kRowTooLong, quarantined_rows_sql(request_.source, request_.filter), quoted_name(request_.silver));
  request.scans = {std::move(quarantine), std::move(replays), std::move(landed)};
  return request;
}

Result<ReplayReport> Replay::run() {
  HAUL_TRY(pending, open());
  if (request_.corrections) {
    HAUL_TRY(corrections, Corrections::read(context_.lake.files, *request_.corrections, request_.format));
    HAUL_TRY(rows, corrections.resolve(context_.engine, pending));
    HAUL_TRY_VOID(take(rows, JudgedBytes::kCorrected));
  } else {
    HAUL_TRY_VOID(context_.engine.run(pending, *this));
  }
  HAUL_TRY_VOID(commit_silver());
  HAUL_TRY_VOID(outcomes_->commit());
  return outcomes_->report();
}

Result<void> Replay::take(const std::shared_ptr<arrow::RecordBatch>& rows, JudgedBytes bytes) {
  const auto& headers = column<arrow::StringArray>(*rows, "_header");
  const auto header_at = [&headers](std::int64_t row) {
    return headers.IsNull(row) ? std::string_view() : headers.GetView(row);
  };
  for (std::int64_t from = 0; from < rows->num_rows();) {
    std::int64_t to = from + 1;
    while (to < rows->num_rows() && header_at(to) == header_at(from)) ++to;
    HAUL_TRY_VOID(take_file(rows->Slice(from, to - from), std::string(header_at(from)), bytes));
    from = to;
  }
  return {};
}

Result<void> Replay::take_file(const std::shared_ptr<arrow::RecordBatch>& rows, const std::string& header,
                               JudgedBytes bytes) {
  const auto& in_silver = column<arrow::BooleanArray>(*rows, "in_silver");
  const bool as_received = bytes == JudgedBytes::kQuarantined;
  std::vector<RowOutcome> outcomes(static_cast<std::size_t>(rows->num_rows()));
  std::vector<std::uint32_t> missing;
  for (std::uint32_t row = 0; row < outcomes.size(); ++row) {
    if (in_silver.Value(row)) continue;  // landed by a replay that could not record it
    if (verb_ == Verb::kDrop) {
      outcomes[row].kind = RowOutcome::Kind::kDropped;
      continue;
    }
    if (as_received && column<arrow::BooleanArray>(*rows, "cut").Value(row)) {
      outcomes[row] = {RowOutcome::Kind::kStillBad, {kRowTooLong}, "only a part of the row was kept"};
      continue;
    }
    missing.push_back(row);
  }
  HAUL_TRY(open_rows, columnar::take_rows(rows, missing));
  if (!missing.empty()) HAUL_TRY_VOID(judge(open_rows, header, missing, outcomes));
  return outcomes_->write(*rows, outcomes, bytes);
}

Result<Decoder*> Replay::decoder_for(const std::string& header) {
  auto found = decoders_.find(header);
  if (found == decoders_.end()) {
    FormatOptions format = request_.format;
    format.format = header.empty() ? Format::kNdjson : Format::kCsv;
    contract::Object target = *object_;
    if (request_.corrections) {  // read, then left out: they are no columns of the contract
      for (const columnar::Column& address : address_schema().columns) {
        target.schema.columns.push_back(address);
      }
    }
    HAUL_TRY(decoder, Decoder::make(format, target, header));
    found = decoders_.emplace(header, std::move(decoder)).first;
  }
  return found->second.get();
}

Result<void> Replay::judge(const std::shared_ptr<arrow::RecordBatch>& rows, const std::string& header,
                           const std::vector<std::uint32_t>& place_of, std::vector<RowOutcome>& outcomes) {
  const auto decoder = decoder_for(header);
  if (!decoder && decoder.error().code == ErrorCode::kInvalidInput) {  // the contract wants other columns now
    for (const std::uint32_t place : place_of) {
      outcomes[place] = {RowOutcome::Kind::kStillBad, {"decode.csv"}, decoder.error().message};
    }
    return {};
  }
  if (!decoder) return fail(decoder.error());
  const auto& payload = column<arrow::BinaryArray>(*rows, "payload");
  const auto count = static_cast<std::size_t>(rows->num_rows());
  const std::span<const std::int32_t> ends(payload.raw_value_offsets(), count + 1);
  const std::span<const std::uint8_t> bytes(payload.raw_data(), static_cast<std::size_t>(ends.back()));
  HAUL_TRY(decoded, (*decoder)->decode({ends, std::as_bytes(bytes)}));
  if (request_.corrections) {
    std::vector<int> own(object_->schema.columns.size());
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<int>(i);
    const auto without_address = decoded.rows->SelectColumns(own);
    HAUL_CHECK(without_address.ok(), "the contract's columns come first");
    decoded.rows = *without_address;
  }
  std::vector<RejectedRow> undecoded = std::move(decoded.rejected);
  const ExtraFields extra = std::move(decoded.extra);
  HAUL_TRY(valid, validator_->validate(std::move(decoded)));
  for (Rejection& rejection : merge_rejections(std::move(undecoded), std::move(valid.rejected))) {
    outcomes[place_of[rejection.row]] = {RowOutcome::Kind::kStillBad, std::move(rejection.rules),
                                         std::move(rejection.reason)};
  }
  if (valid.rows->num_rows() == 0) return {};
  HAUL_TRY(judged, judge_keys(*rows, valid));
  for (std::size_t i = 0; i < judged.verdicts.size(); ++i) {
    outcomes[place_of[valid.row_of[i]]].kind = outcome_of(judged.verdicts[i]);
  }
  for (RejectedRow& conflict : judged.conflicts) {
    outcomes[place_of[valid.row_of[conflict.row]]] = {
        RowOutcome::Kind::kStillBad, {std::move(conflict.rule)}, std::move(conflict.reason)};
  }
  if (judged.kept.empty()) return {};
  HAUL_TRY(kept, columnar::take_rows(valid.rows, judged.kept));
  std::vector<std::uint32_t> row_of;
  for (const std::uint32_t row : judged.kept) row_of.push_back(valid.row_of[row]);
  return land(rows, {kept, row_of, extra});
}

Result<JudgedRows> Replay::judge_keys(const arrow::RecordBatch& rows, const ValidatedBatch& valid) {
  const auto& partitions = column<arrow::Int32Array>(rows, "_partition");
  const auto& offsets = column<arrow::Int64Array>(rows, "_offset");
  std::vector<std::uint64_t> sources;
  sources.reserve(valid.row_of.size());
  for (const std::uint32_t row : valid.row_of) {
    sources.push_back(SourcePlace{partitions.Value(row), offsets.Value(row)}.packed());
  }
  return keyed_->judge(*valid.rows, sources);
}

Result<void> Replay::land(const std::shared_ptr<arrow::RecordBatch>& rows, const GoodRows& good) {
  HAUL_TRY(places, columnar::take_rows(rows, good.row_of));
  arrow::ArrayVector columns = good.rows->columns();
  for (const char* name : {"_partition", "_offset", "_ingest_time", "_file"}) {
    columns.push_back(places->GetColumnByName(name));
  }
  HAUL_TRY(extra, extra_column(good));
  columns.push_back(std::move(extra));
  const auto schema = columnar::to_arrow(silver_schema(*object_));
  return keyed_->stage(arrow::RecordBatch::Make(schema, good.rows->num_rows(), std::move(columns)),
                       [this](const arrow::RecordBatch& landed) { return write(landed); });
}

Result<void> Replay::write(const arrow::RecordBatch& rows) {
  if (writer_ == nullptr) {
    HAUL_TRY(writer, silver_->stage());
    writer_ = std::move(writer);
  }
  return writer_->write(rows);
}

Result<void> Replay::commit_silver() {
  HAUL_TRY_VOID(keyed_->flush([this](const arrow::RecordBatch& landed) { return write(landed); }));
  if (writer_ == nullptr) return {};
  HAUL_TRY(file, writer_->finish());
  writer_.reset();
  const std::string app_id = fmt::format("replay/{}", request_.source);
  HAUL_TRY(stored, silver_->offsets({app_id}));
  lake::CommitRequest request;
  request.parameters = {{"replay", outcomes_->report().id}};
  request.adds.push_back(std::move(file));
  request.offsets = {{app_id, stored.front(), stored.front().value_or(0) + 1}};
  request.deletes = keyed_->deletes();
  request.read_version = silver_version_;
  auto committed = silver_->commit(std::move(request));
  if (!committed) return fail(with_context(std::move(committed).error(), "silver." + request_.silver));
  return {};
}

}  // namespace

Result<ReplayReport> replay_quarantine(const ReplayRequest& request, const LandingContext& context) {
  for (int attempt = 1;; ++attempt) {
    auto report = Replay(Verb::kReplay, request, context).run();
    const bool lost = !report && report.error().code == ErrorCode::kConflict;
    if (!lost || attempt == kAttempts) return report;
  }
}

Result<ReplayReport> drop_quarantined(const ReplayRequest& request, const LandingContext& context) {
  return Replay(Verb::kDrop, request, context).run();
}

}  // namespace haul::ingest
