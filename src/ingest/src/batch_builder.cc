#include "batch_builder.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <utility>

#include "text_values.h"

namespace haul::ingest {

BatchBuilder::BatchBuilder(const columnar::Schema& schema, std::int64_t offset_micros) {
  arrow::FieldVector fields;
  const auto required_kept = columnar::to_arrow(schema);
  for (const auto& field : required_kept->fields()) fields.push_back(field->WithNullable(true));
  schema_ = arrow::schema(std::move(fields));
  for (const columnar::Column& column : schema.columns) {
    columns_.emplace_back(column.name, column.type, offset_micros);
    privacy_.push_back(column.privacy);
  }
}

Result<void> BatchBuilder::set_defaults(const std::map<std::string, std::string>& defaults) {
  for (ColumnSink& column : columns_) {
    const auto found = defaults.find(column.name());
    if (found == defaults.end() || column.set_default(found->second)) continue;
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the default of column `{}`: {} is not {}", column.name(),
                            quoted_value(found->second), wanted_by(*column.type())));
  }
  return {};
}

void BatchBuilder::note_unknown(std::string_view name) {
  if (unknown_names_.size() >= kUnknownNamesMax || unknown_names_.contains(name)) return;
  unknown_names_.emplace(name);
  new_unknown_names_.emplace_back(name);
}

void BatchBuilder::keep_extra(std::uint32_t row) {
  extra_.json += '}';
  extra_.row.push_back(row);
  extra_.ends.push_back(extra_.json.size());
  has_extra_ = false;
}

void BatchBuilder::start(std::size_t rows) {
  for (ColumnSink& column : columns_) column.start(static_cast<std::int64_t>(rows));
  row_of_.clear();
  row_of_.reserve(rows);
  rejected_.clear();
  kept_ = 0;
  extra_ = {};
  has_extra_ = false;
}

void BatchBuilder::undo() {
  for (ColumnSink& column : columns_) column.truncate(kept_);
  if (has_extra_) extra_.json.resize(extra_.ends.back());
  has_extra_ = false;
}

void BatchBuilder::reject(std::uint32_t row, std::string rule, std::string reason) {
  undo();
  rejected_.push_back({.row = row, .rule = std::move(rule), .reason = std::move(reason)});
}

void BatchBuilder::reject_value(std::uint32_t row, std::size_t column, std::string_view value) {
  const ColumnSink& sink = columns_[column];
  const std::string shown =
      privacy_[column] == columnar::Privacy::kPersonal ? "the value" : quoted_value(value);
  reject(row, "type." + sink.name(),
         fmt::format("column `{}`: {} is not {}", sink.name(), shown, wanted_by(*sink.type())));
}

DecodedBatch BatchBuilder::finish(std::uint64_t unknown_fields) {
  arrow::ArrayVector arrays;
  arrays.reserve(columns_.size());
  for (ColumnSink& column : columns_) {
    HAUL_CHECK(column.length() == kept_, "every kept row has a value in every column");
    arrays.push_back(column.finish());
  }
  return {.rows = arrow::RecordBatch::Make(schema_, kept_, std::move(arrays)),
          .row_of = std::move(row_of_),
          .rejected = std::move(rejected_),
          .unknown_fields = unknown_fields,
          .extra = std::exchange(extra_, {}),
          .new_unknown_names = std::exchange(new_unknown_names_, {})};
}

}  // namespace haul::ingest
