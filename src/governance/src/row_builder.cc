#include "row_builder.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "haul/base/check.h"
#include "haul/columnar/arrow_error.h"

namespace haul::governance {

struct RowBuilder::State {
  explicit State(const columnar::Schema& described) : schema(columnar::to_arrow(described)) {
    for (const auto& field : schema->fields()) {
      builders.emplace_back();
      status &= arrow::MakeBuilder(arrow::default_memory_pool(), field->type(), &builders.back());
    }
  }

  /// The builder of the next cell, which is of the type `Builder` appends to.
  template <class Builder>
  Builder& next(arrow::Type::type type) {
    HAUL_CHECK(status.ok() && builders[cell]->type()->id() == type, "a cell fits its column");
    auto& builder = static_cast<Builder&>(*builders[cell]);
    cell = (cell + 1) % builders.size();
    if (cell == 0) ++rows;
    return builder;
  }

  std::shared_ptr<arrow::Schema> schema;  // shared: as Arrow has it
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders;
  std::size_t cell = 0;
  std::int64_t rows = 0;
  arrow::Status status;
};

RowBuilder::RowBuilder(const columnar::Schema& schema) : state_(std::make_unique<State>(schema)) {}
RowBuilder::~RowBuilder() = default;

RowBuilder& RowBuilder::text(std::string_view value) {
  state_->status &= state_->next<arrow::StringBuilder>(arrow::Type::STRING).Append(value);
  return *this;
}
RowBuilder& RowBuilder::bytes(std::string_view value) {
  state_->status &= state_->next<arrow::BinaryBuilder>(arrow::Type::BINARY).Append(value);
  return *this;
}
RowBuilder& RowBuilder::integer(std::optional<std::int64_t> value) {
  auto& builder = state_->next<arrow::Int64Builder>(arrow::Type::INT64);
  state_->status &= value ? builder.Append(*value) : builder.AppendNull();
  return *this;
}
RowBuilder& RowBuilder::number(std::optional<double> value) {
  auto& builder = state_->next<arrow::DoubleBuilder>(arrow::Type::DOUBLE);
  state_->status &= value ? builder.Append(*value) : builder.AppendNull();
  return *this;
}
RowBuilder& RowBuilder::time(IngestTime value) {
  state_->status &=
      state_->next<arrow::TimestampBuilder>(arrow::Type::TIMESTAMP).Append(value.time_since_epoch().count());
  return *this;
}

Result<std::shared_ptr<arrow::RecordBatch>> RowBuilder::finish() {
  HAUL_CHECK(state_->cell == 0, "every row is whole");
  arrow::ArrayVector columns;
  for (const auto& builder : state_->builders) {
    columns.emplace_back();
    state_->status &= builder->Finish(&columns.back());
  }
  if (!state_->status.ok()) return fail(columnar::to_error(state_->status, "rows of a system table"));
  return arrow::RecordBatch::Make(state_->schema, state_->rows, columns);
}

}  // namespace haul::governance
