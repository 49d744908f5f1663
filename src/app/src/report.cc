#include "report.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "haul/base/check.h"

namespace haul::app {
namespace {

/// One column of cells of the kind T.
template <class T, class Builder>
std::shared_ptr<arrow::Array> build(const std::vector<std::vector<Report::Cell>>& rows, std::size_t column) {
  Builder builder;
  std::shared_ptr<arrow::Array> array;
  arrow::Status status;
  for (const auto& row : rows) {
    const T* value = std::get_if<T>(&row[column]);
    status &= value == nullptr ? builder.AppendNull() : builder.Append(*value);
  }
  status &= builder.Finish(&array);
  HAUL_CHECK(status.ok(), "a report fits in memory");
  return array;
}

template <class T>
bool holds(const std::vector<std::vector<Report::Cell>>& rows, std::size_t column) {
  for (const auto& row : rows) {
    if (std::holds_alternative<T>(row[column])) return true;
  }
  return false;
}

}  // namespace

void Report::add(std::vector<Cell> row) {
  HAUL_CHECK(row.size() == columns_.size(), "a row has a cell for every column");
  rows_.push_back(std::move(row));
}

std::shared_ptr<arrow::Table> Report::to_arrow() const {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (holds<std::int64_t>(rows_, column)) {
      arrays.push_back(build<std::int64_t, arrow::Int64Builder>(rows_, column));
    } else if (holds<double>(rows_, column)) {
      arrays.push_back(build<double, arrow::DoubleBuilder>(rows_, column));
    } else {
      arrays.push_back(build<std::string, arrow::StringBuilder>(rows_, column));
    }
    fields.push_back(arrow::field(columns_[column], arrays.back()->type()));
  }
  return arrow::Table::Make(arrow::schema(fields), arrays, static_cast<std::int64_t>(rows_.size()));
}

}  // namespace haul::app
