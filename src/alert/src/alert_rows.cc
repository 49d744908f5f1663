#include "alert_rows.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "haul/base/json.h"
#include "haul/columnar/arrow_error.h"

namespace haul::alert {
namespace {

std::string labels_json(const std::map<std::string, std::string>& labels) {
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}: {}", out.size() == 1 ? "" : ", ", json_string(name), json_string(value));
  }
  return out + "}";
}

Result<std::map<std::string, std::string>> parse_labels(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::map<std::string, std::string> labels;
  bool fine = parser.parse(json).get(object) == simdjson::SUCCESS;
  if (fine) {
    for (const auto& [name, value] : object) {
      std::string_view text;
      fine = fine && value.get(text) == simdjson::SUCCESS;
      labels.emplace(name, text);
    }
  }
  if (!fine) return fail(ErrorCode::kCorrupt, fmt::format("system.alerts holds the labels {}", json));
  return labels;
}

/// The columns of alert_schema(), one builder each, in its order.
class RowsBuilder {
 public:
  void add(const Alert& alert, State state, const std::vector<NotifierSpec>& notifiers) {
    text(0, alert_id(alert));
    text(1, to_string(state));
    text(2, alert.kind);
    text(3, to_string(alert.severity));
    text(4, alert.subject);
    text(5, alert.occasion);
    text(6, alert.message);
    status_ &= changed_at_.Append(alert.raised_at.time_since_epoch().count());
    status_ &= alert.event_time ? event_time_.Append(alert.event_time->time_since_epoch().count())
                                : event_time_.AppendNull();
    text(7, labels_json(alert.labels));
    status_ &= notify_.Append();
    for (const NotifierSpec& notifier : notifiers) {
      if (notifier.from <= alert.severity) status_ &= names_->Append(notifier.name);
    }
    ++rows_;
  }

  Result<std::shared_ptr<arrow::RecordBatch>> finish() {
    arrow::ArrayVector columns;
    for (std::size_t i = 0; i < 7; ++i) take(texts_[i], columns);
    take(changed_at_, columns);
    take(event_time_, columns);
    take(texts_[7], columns);
    take(notify_, columns);
    if (!status_.ok()) return fail(columnar::to_error(status_, "rows of system.alerts"));
    return arrow::RecordBatch::Make(columnar::to_arrow(alert_schema()), rows_, columns);
  }

 private:
  void text(std::size_t column, std::string_view value) { status_ &= texts_.at(column).Append(value); }
  void take(arrow::ArrayBuilder& builder, arrow::ArrayVector& columns) {
    columns.emplace_back();
    status_ &= builder.Finish(&columns.back());
  }

  static std::shared_ptr<arrow::DataType> utc() { return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"); }

  arrow::Status status_;
  std::int64_t rows_ = 0;
  std::array<arrow::StringBuilder, 8> texts_;
  arrow::TimestampBuilder changed_at_{utc(), arrow::default_memory_pool()};
  arrow::TimestampBuilder event_time_{utc(), arrow::default_memory_pool()};
  std::shared_ptr<arrow::StringBuilder> names_ = std::make_shared<arrow::StringBuilder>();  // as Arrow wants
  arrow::ListBuilder notify_{arrow::default_memory_pool(), names_};
};

std::string text_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = table.column(column)->GetScalar(row);
  return value.ok() && (*value)->is_valid ? (*value)->ToString() : "";
}

std::optional<Micros> micros_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = table.column(column)->GetScalar(row);
  if (!value.ok() || !(*value)->is_valid) return std::nullopt;
  return Micros(static_cast<const arrow::Int64Scalar&>(**value).value);
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatch>> alert_rows(const std::vector<Alert>& alerts, State state,
                                                       const std::vector<NotifierSpec>& notifiers) {
  RowsBuilder rows;
  for (const Alert& alert : alerts) rows.add(alert, state, notifiers);
  return rows.finish();
}

Result<std::vector<ReadRow>> read_rows(const arrow::Table& table) {
  constexpr int kColumns = 10;
  std::vector<ReadRow> out;
  for (std::int64_t row = 0; row < table.num_rows(); ++row) {
    ReadRow& read = out.emplace_back();
    read.notification.id = text_at(table, 0, row);
    const std::string state = text_at(table, 1, row);
    read.notification.state = state == to_string(State::kRaised) ? State::kRaised : State::kResolved;
    Alert& alert = read.notification.alert;
    alert.kind = text_at(table, 2, row);
    const auto severity = parse_severity(text_at(table, 3, row));
    if (!severity || state != to_string(read.notification.state)) {
      return fail(ErrorCode::kCorrupt, fmt::format("system.alerts: alert {} has state {} and severity {}",
                                                   read.notification.id, state, text_at(table, 3, row)));
    }
    alert.severity = *severity;
    alert.subject = text_at(table, 4, row);
    alert.occasion = text_at(table, 5, row);
    alert.message = text_at(table, 6, row);
    read.notification.at = IngestTime(micros_at(table, 7, row).value_or(Micros::zero()));
    alert.raised_at = read.notification.at;
    if (const auto event = micros_at(table, 8, row)) alert.event_time = EventTime(*event);
    HAUL_TRY(labels, parse_labels(text_at(table, 9, row)));
    alert.labels = std::move(labels);
    if (table.num_columns() > kColumns) read.notifier = text_at(table, kColumns, row);
  }
  return out;
}

}  // namespace haul::alert
