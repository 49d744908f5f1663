#include "schema_match.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "haul/columnar/arrow_error.h"
#include "haul/columnar/widening.h"

namespace haul::lake {
namespace {

tl::unexpected<Error> mismatch(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

/// Column of the batch by name, or null.
std::shared_ptr<arrow::Array> column_of(const arrow::RecordBatch& batch, const std::string& name) {
  return batch.GetColumnByName(name);
}

}  // namespace

Result<SchemaChange> change_between(const columnar::Schema& table, const columnar::Schema& wanted) {
  SchemaChange change;
  for (const auto& column : wanted.columns) {
    const auto place = table.find(column.name);
    if (!place) {
      change.add.push_back(column);
      change.add.back().presence = columnar::Presence::kOptional;
      continue;
    }
    const auto& present = table.columns[*place];
    if (present.name != column.name) {
      return mismatch(fmt::format("column {} is called {} in the table: names differ in case only",
                                  column.name, present.name));
    }
    if (!columnar::can_widen(*present.type, *column.type)) {
      return mismatch(
          fmt::format("column {} is {} in the table, and {} does not hold all its values: give "
                      "the new type a new column",
                      column.name, present.type->ToString(), column.type->ToString()));
    }
    if (present.presence == columnar::Presence::kRequired &&
        column.presence == columnar::Presence::kOptional) {
      return mismatch(fmt::format("column {} is required in the table and cannot hold nulls", column.name));
    }
    if (present.type->Equals(*column.type)) continue;
    change.retype.push_back(present);
    change.retype.back().type = column.type;
  }
  return change;
}

columnar::Schema with_change(columnar::Schema table, const SchemaChange& change) {
  for (const auto& column : change.retype) table.columns[*table.find(column.name)].type = column.type;
  table.columns.insert(table.columns.end(), change.add.begin(), change.add.end());
  return table;
}

std::string retypings(const columnar::Schema& table, const SchemaChange& change) {
  std::string text;
  for (const auto& column : change.retype) {
    const auto& before = table.columns[*table.find(column.name)];
    text += fmt::format("{}{}: {} to {}", text.empty() ? "" : ", ", column.name, before.type->ToString(),
                        column.type->ToString());
  }
  return text;
}

Result<std::shared_ptr<arrow::RecordBatch>> arrange(const arrow::RecordBatch& batch,
                                                    const columnar::Schema& schema) {
  for (const auto& field : batch.schema()->fields()) {
    const auto place = schema.find(field->name());
    if (!place || schema.columns[*place].name != field->name()) {
      return mismatch(fmt::format("the table has no column {}", field->name()));
    }
  }
  std::vector<std::shared_ptr<arrow::Array>> columns;
  columns.reserve(schema.columns.size());
  arrow::FieldVector fields = columnar::to_arrow(schema)->fields();
  for (const auto& wanted : schema.columns) {
    auto column = column_of(batch, wanted.name);
    if (!column) {
      if (wanted.presence == columnar::Presence::kRequired) {
        return mismatch(fmt::format("the rows lack the required column {}", wanted.name));
      }
      auto nulls = arrow::MakeArrayOfNull(wanted.type, batch.num_rows());
      if (!nulls.ok()) return fail(columnar::to_error(nulls.status(), "column " + wanted.name));
      column = *std::move(nulls);
    }
    if (!columnar::holds(*column->type(), *wanted.type)) {
      return mismatch(fmt::format("column {} is {} in the table, not {}", wanted.name,
                                  wanted.type->ToString(), column->type()->ToString()));
    }
    auto& field = fields[columns.size()];
    field = field->WithType(column->type());
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(), std::move(columns));
}

}  // namespace haul::lake
