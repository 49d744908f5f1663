#include "stager.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <utility>

namespace haul::batch {
namespace {

/// A file that has grown so far ends, whatever its month: readers work file by file.
constexpr std::uint64_t kFileBytes = 128U << 20U;

/// The day of each row of a date or timestamp column.
class DayColumn {
 public:
  explicit DayColumn(const arrow::Array& column) : column_(column) {}

  [[nodiscard]] bool is_null(std::int64_t row) const { return column_.IsNull(row); }

  [[nodiscard]] Day at(std::int64_t row) const {
    if (column_.type_id() == arrow::Type::DATE32) {
      return Day(std::chrono::days(static_cast<const arrow::Date32Array&>(column_).Value(row)));
    }
    return day_of(EventTime(Micros(static_cast<const arrow::TimestampArray&>(column_).Value(row))));
  }

 private:
  const arrow::Array& column_;
};

bool is_time(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DATE32) return true;
  return type.id() == arrow::Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::MICRO;
}

}  // namespace

Stager::Stager(lake::Table& table, std::string time_column)
    : table_(table), time_column_(std::move(time_column)) {}

Result<void> Stager::begin(const std::shared_ptr<arrow::Schema>& schema) {
  if (time_column_.empty()) return {};
  time_index_ = schema->GetFieldIndex(time_column_);
  if (time_index_ >= 0 && is_time(*schema->field(time_index_)->type())) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("the time column {} is not a date or a timestamp in microseconds", time_column_));
}

Result<void> Stager::batch(const std::shared_ptr<arrow::RecordBatch>& rows) {
  if (time_column_.empty()) return write(*rows);
  const DayColumn days(*rows->column(time_index_));
  std::int64_t begin = 0;
  std::optional<Day> last;
  for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
    if (days.is_null(row)) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("a row has no {}: it belongs to no interval; keep it out with WHERE", time_column_));
    }
    const Day day = days.at(row);
    if (day == last) continue;
    last = day;
    if (month_ == month_of(day)) continue;
    HAUL_TRY_VOID(write(*rows->Slice(begin, row - begin)));
    HAUL_TRY_VOID(close());
    begin = row;
    month_ = month_of(day);
  }
  return write(*rows->Slice(begin));
}

Result<void> Stager::write(const arrow::RecordBatch& rows) {
  if (rows.num_rows() == 0) return {};
  if (writer_ != nullptr && writer_->bytes() >= kFileBytes) HAUL_TRY_VOID(close());
  if (writer_ == nullptr) {
    HAUL_TRY(writer, table_.stage());
    writer_ = std::move(writer);
  }
  HAUL_TRY_VOID(writer_->write(rows));
  rows_ += static_cast<std::uint64_t>(rows.num_rows());
  return {};
}

Result<void> Stager::close() {
  if (writer_ == nullptr) return {};
  HAUL_TRY(file, writer_->finish());
  files_.push_back(std::move(file));
  writer_.reset();
  return {};
}

Result<void> Stager::end_query() {
  month_.reset();
  return close();
}

}  // namespace haul::batch
