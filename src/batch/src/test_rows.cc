#include "test_rows.h"

#include <arrow/builder.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/base/time.h"

namespace haul::batch {
namespace {

/// Arrow reads times without a zone only, and with a T: ours are read as everywhere else in a project.
arrow::Result<std::shared_ptr<arrow::Scalar>> parse(const std::shared_ptr<arrow::DataType>& type,
                                                    const std::string& text) {
  std::int64_t micros = 0;
  if (type->id() != arrow::Type::TIMESTAMP) return arrow::Scalar::Parse(type, text);
  if (!try_parse_utc(text, &micros)) return arrow::Status::Invalid("not a time");
  return std::make_shared<arrow::TimestampScalar>(micros, type);
}

Result<std::shared_ptr<arrow::Array>> to_column(const TestRows& rows, const columnar::Column& column) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  auto status = arrow::MakeBuilder(arrow::default_memory_pool(), column.type, &builder);
  for (const TestRow& row : rows.rows) {
    if (!status.ok()) break;
    const auto value = row.find(column.name);
    if (value == row.end() || !value->second) {
      status = builder->AppendNull();
      continue;
    }
    const auto scalar = parse(column.type, *value->second);
    if (!scalar.ok()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: `{}` is no value of {}, whose type is {}", to_string(rows.place),
                              *value->second, column.name, column.type->ToString()));
    }
    status = builder->AppendScalar(**scalar);
  }
  std::shared_ptr<arrow::Array> out;
  if (status.ok()) status = builder->Finish(&out);
  if (!status.ok()) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: column {}: {}", to_string(rows.place), column.name, status.message()));
  }
  return out;
}

Result<void> check_names(const TestRows& rows, const columnar::Schema& schema) {
  for (const TestRow& row : rows.rows) {
    for (const auto& [name, value] : row) {
      if (schema.find(name)) continue;
      std::vector<std::string_view> known;
      for (const columnar::Column& column : schema.columns) known.emplace_back(column.name);
      const std::string_view near = nearest(name, known);
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: there is no column {}{}", to_string(rows.place), name,
                              near.empty() ? std::string() : fmt::format("; did you mean {}?", near)));
    }
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<arrow::Table>> to_table(const TestRows& rows, const columnar::Schema& schema) {
  HAUL_TRY_VOID(check_names(rows, schema));
  std::vector<std::shared_ptr<arrow::Array>> columns;
  arrow::FieldVector fields;
  for (const columnar::Column& column : schema.columns) {
    HAUL_TRY(array, to_column(rows, column));
    columns.push_back(std::move(array));
    fields.push_back(arrow::field(column.name, column.type));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), columns,
                            static_cast<std::int64_t>(rows.rows.size()));
}

std::vector<std::string> to_lines(const arrow::Table& table, const std::vector<std::string>& columns) {
  std::vector<std::string> out(static_cast<std::size_t>(table.num_rows()));
  for (const std::string& name : columns) {
    const auto column = table.GetColumnByName(name);
    for (std::size_t row = 0; row < out.size(); ++row) {
      const auto value = column->GetScalar(static_cast<std::int64_t>(row));
      const std::string text = !value.ok()          ? value.status().message()
                               : (*value)->is_valid ? (*value)->ToString()
                                                    : std::string("NULL");
      out[row] += fmt::format("{}{}={}", out[row].empty() ? "" : ", ", name, text);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace haul::batch
