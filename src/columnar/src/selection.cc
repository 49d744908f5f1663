#include "haul/columnar/selection.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/buffer_builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/util/bit_util.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "haul/columnar/arrow_error.h"

namespace haul::columnar {
namespace {

bool is_run(std::span<const std::uint32_t> rows) {
  return std::adjacent_find(rows.begin(), rows.end(),
                            [](std::uint32_t a, std::uint32_t b) { return b != a + 1; }) == rows.end();
}

/// Whether the rows ascend and leave out but few of `length` rows.
bool is_most(std::span<const std::uint32_t> rows, std::int64_t length) {
  constexpr std::int64_t kOneIn = 16;
  const std::int64_t left_out = length - static_cast<std::int64_t>(rows.size());
  return left_out >= 0 && left_out * kOneIn <= length &&
         std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
}

/// Most rows of a batch, ascending: the runs between the gaps are copied whole, column by column.
arrow::Result<BatchPtr> take_runs(const arrow::RecordBatch& batch, std::span<const std::uint32_t> rows) {
  arrow::TypedBufferBuilder<bool> bits;
  ARROW_RETURN_NOT_OK(bits.Append(batch.num_rows(), false));
  for (const std::uint32_t row : rows) arrow::bit_util::SetBit(bits.mutable_data(), row);
  ARROW_ASSIGN_OR_RAISE(auto taken, bits.Finish());
  const auto mask = std::make_shared<arrow::BooleanArray>(batch.num_rows(), std::move(taken));
  arrow::ArrayVector columns;
  for (const auto& column : batch.columns()) {
    ARROW_ASSIGN_OR_RAISE(const arrow::Datum kept, arrow::compute::Filter(column, mask));
    columns.push_back(kept.make_array());
  }
  return arrow::RecordBatch::Make(batch.schema(), static_cast<std::int64_t>(rows.size()), std::move(columns));
}

/// A column over a copy of `values`.
Result<ArrayPtr> copied_column(const std::shared_ptr<arrow::DataType>& type,
                               std::span<const std::int64_t> values) {
  auto bytes = arrow::AllocateBuffer(static_cast<std::int64_t>(values.size_bytes()));
  if (!bytes.ok()) return fail(to_error(bytes.status(), "make a column"));
  std::copy(values.begin(), values.end(), reinterpret_cast<std::int64_t*>((*bytes)->mutable_data()));
  return arrow::MakeArray(arrow::ArrayData::Make(type, static_cast<std::int64_t>(values.size()),
                                                 {nullptr, std::shared_ptr<arrow::Buffer>(std::move(*bytes))},
                                                 0));
}

}  // namespace

Result<BatchPtr> take_rows(const BatchPtr& batch, std::span<const std::uint32_t> rows) {
  const auto length = batch->num_rows();
  const auto past_end =
      std::find_if(rows.begin(), rows.end(), [length](std::uint32_t row) { return row >= length; });
  if (past_end != rows.end()) {
    return fail(ErrorCode::kInvalidInput, fmt::format("row {} of a batch of {} rows", *past_end, length));
  }
  if (is_run(rows)) {
    return batch->Slice(rows.empty() ? 0 : rows.front(), static_cast<std::int64_t>(rows.size()));
  }
  if (is_most(rows, length)) {
    auto taken = take_runs(*batch, rows);
    if (!taken.ok()) return fail(to_error(taken.status(), "take rows"));
    return std::move(*taken);
  }
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto positions = std::make_shared<arrow::UInt32Array>(
      count, std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(rows.data()),
                                             static_cast<std::int64_t>(rows.size_bytes())));
  auto taken =
      arrow::compute::Take(batch, arrow::Datum(positions), arrow::compute::TakeOptions::NoBoundsCheck());
  if (!taken.ok()) return fail(to_error(taken.status(), "take rows"));
  return taken->record_batch();
}

Result<BatchPtr> concatenate(const std::vector<BatchPtr>& batches) {
  if (batches.empty()) return fail(ErrorCode::kInvalidInput, "concatenate needs at least one batch");
  if (batches.size() == 1) return batches.front();
  for (const BatchPtr& batch : batches) {
    if (!batch->schema()->Equals(*batches.front()->schema(), /*check_metadata=*/false)) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("batches of two schemas: {} and {}", batches.front()->schema()->ToString(),
                              batch->schema()->ToString()));
    }
  }
  auto joined = arrow::ConcatenateRecordBatches(batches);
  if (!joined.ok()) return fail(to_error(joined.status(), "concatenate batches"));
  return std::move(*joined);
}

Result<BatchPtr> append_columns(const arrow::RecordBatch& batch, const std::vector<ExtraColumn>& extra) {
  arrow::FieldVector fields = batch.schema()->fields();
  arrow::ArrayVector columns = batch.columns();
  for (const ExtraColumn& column : extra) {
    if (column.values->length() != batch.num_rows()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("column `{}` has {} rows, the batch has {}", column.name,
                              column.values->length(), batch.num_rows()));
    }
    const auto same_name = [&column](const auto& field) { return field->name() == column.name; };
    if (std::any_of(fields.begin(), fields.end(), same_name)) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the batch has a column `{}` already", column.name));
    }
    fields.push_back(arrow::field(column.name, column.values->type(), column.values->null_count() > 0));
    columns.push_back(column.values);
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields), batch.schema()->metadata()),
                                  batch.num_rows(), std::move(columns));
}

Result<ArrayPtr> constant_column(const arrow::Scalar& value, std::int64_t rows) {
  auto column =
      value.is_valid ? arrow::MakeArrayFromScalar(value, rows) : arrow::MakeArrayOfNull(value.type, rows);
  if (!column.ok()) return fail(to_error(column.status(), "make a constant column"));
  return std::move(*column);
}

Result<ArrayPtr> constant_text(std::string_view text, std::int64_t rows) {
  return constant_column(arrow::StringScalar(std::string(text)), rows);
}

Result<ArrayPtr> repeated_text(std::string_view text, std::int64_t rows) {
  HAUL_TRY(dictionary, constant_text(text, 1));
  HAUL_TRY(indices, constant_column(arrow::Int32Scalar(0), rows));
  auto column = arrow::DictionaryArray::FromArrays(indices, dictionary);
  if (!column.ok()) return fail(to_error(column.status(), "make a constant column"));
  return std::move(*column);
}

Result<ArrayPtr> int64_column(std::span<const std::int64_t> values) {
  return copied_column(arrow::int64(), values);
}

Result<ArrayPtr> utc_column(std::span<const std::int64_t> micros) {
  return copied_column(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), micros);
}

}  // namespace haul::columnar
