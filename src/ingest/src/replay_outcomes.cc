#include "replay_outcomes.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include <array>

#include "haul/base/rng.h"
#include "haul/columnar/arrow_error.h"
#include "haul/columnar/selection.h"

namespace haul::ingest {
namespace {

constexpr std::array<const char*, 5> kNames{"landed", "duplicate", "superseded", "still_bad", "dropped"};

/// The columns that differ from row to row: outcome, rules, reason.
Result<arrow::ArrayVector> judged_columns(const std::vector<RowOutcome>& outcomes) {
  arrow::StringBuilder names;
  const auto texts = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder rules(arrow::default_memory_pool(), texts);
  arrow::StringBuilder reasons;
  arrow::Status status;
  for (const RowOutcome& outcome : outcomes) {
    const bool bad = outcome.kind == RowOutcome::Kind::kStillBad;
    status &= names.Append(kNames[static_cast<std::size_t>(outcome.kind)]);
    status &= bad ? rules.Append() & texts->AppendValues(outcome.rules) : rules.AppendNull();
    status &= bad ? reasons.Append(outcome.reason) : reasons.AppendNull();
  }
  arrow::ArrayVector columns(3);
  status &= names.Finish(&columns[0]) & rules.Finish(&columns[1]) & reasons.Finish(&columns[2]);
  if (!status.ok()) return fail(columnar::to_error(status, "outcomes of a replay"));
  return columns;
}

}  // namespace

Result<OutcomeSink> OutcomeSink::open(const LandingContext& context, const ReplayRequest& request) {
  OutcomeSink sink(request);
  HAUL_TRY(table, lake::Table::open_or_create(context.lake, request.lake_folder / "system" / kReplaysTable,
                                              lake::TableSpec{replays_schema(), {}, {}}));
  sink.table_ = std::move(table);
  sink.at_ = context.lake.clock.now();
  sink.report_.id = new_uuid(context.lake.rng);
  return sink;
}

Result<void> OutcomeSink::write(const arrow::RecordBatch& rows, const std::vector<RowOutcome>& outcomes,
                                JudgedBytes bytes) {
  if (outcomes.empty()) return {};
  const auto count_of_rows = rows.num_rows();
  HAUL_TRY(judged, judged_columns(outcomes));
  HAUL_TRY(source, columnar::constant_text(request_->source, count_of_rows));
  HAUL_TRY(contract_id, columnar::constant_text(request_->contract.id, count_of_rows));
  HAUL_TRY(contract_version, columnar::constant_text(request_->contract.version, count_of_rows));
  HAUL_TRY(replay, columnar::constant_text(report_.id, count_of_rows));
  const std::vector<std::int64_t> times(outcomes.size(), at_.time_since_epoch().count());
  HAUL_TRY(at, columnar::utc_column(times));
  HAUL_TRY(by, columnar::constant_text(request_->by, count_of_rows));
  std::shared_ptr<arrow::Array> payload = rows.GetColumnByName("payload");
  if (bytes == JudgedBytes::kQuarantined) {
    HAUL_TRY(none, columnar::constant_column(*arrow::MakeNullScalar(arrow::binary()), count_of_rows));
    payload = none;
  }
  const auto batch =
      arrow::RecordBatch::Make(columnar::to_arrow(replays_schema()), count_of_rows,
                               {source, rows.GetColumnByName("_partition"), rows.GetColumnByName("_offset"),
                                rows.GetColumnByName("_ingest_time"), judged[0], judged[1], judged[2],
                                contract_id, contract_version, replay, at, by, payload});
  if (writer_ == nullptr) {
    HAUL_TRY(writer, table_->stage());
    writer_ = std::move(writer);
  }
  HAUL_TRY_VOID(writer_->write(*batch));
  for (const RowOutcome& outcome : outcomes) count(outcome);
  return {};
}

void OutcomeSink::count(const RowOutcome& outcome) {
  ++report_.rows;
  switch (outcome.kind) {
    case RowOutcome::Kind::kLanded:
      ++report_.landed;
      break;
    case RowOutcome::Kind::kDuplicate:
      ++report_.duplicates;
      break;
    case RowOutcome::Kind::kSuperseded:
      ++report_.superseded;
      break;
    case RowOutcome::Kind::kStillBad:
      ++report_.still_bad;
      for (const std::string& rule : outcome.rules) ++report_.still_bad_by_rule[rule];
      break;
    case RowOutcome::Kind::kDropped:
      ++report_.dropped;
      break;
  }
}

Result<void> OutcomeSink::commit() {
  if (writer_ == nullptr) return {};
  HAUL_TRY(file, writer_->finish());
  writer_.reset();
  lake::CommitRequest request;
  request.parameters = {{"source", request_->source}, {"replay", report_.id}};
  request.adds.push_back(std::move(file));
  HAUL_TRY_VOID(table_->commit(std::move(request)));
  return {};
}

}  // namespace haul::ingest
