#include "system_tables.h"

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <utility>

#include "haul/base/check.h"
#include "haul/query/catalog.h"

namespace haul::governance {
namespace {

std::shared_ptr<arrow::Scalar> scalar_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = table.column(column)->GetScalar(row);
  HAUL_CHECK(value.ok(), "a cell of the result is read");
  return *value;
}

Path system_folder(const GovernanceContext& context, std::string_view name) {
  return context.catalog.folder_of("system." + std::string(name));
}

}  // namespace

Result<std::optional<std::int64_t>> reached(const GovernanceContext& context, std::string_view name,
                                            const std::string& app_id) {
  auto table = lake::Table::open(context.lake, system_folder(context, name));
  if (!table && table.error().code == ErrorCode::kNotFound) return std::optional<std::int64_t>();
  if (!table) return fail(std::move(table).error());
  HAUL_TRY(offsets, (*table)->offsets({app_id}));
  return offsets.front();
}

Result<bool> append_rows(const GovernanceContext& context, std::string_view name,
                         const columnar::Schema& schema, const arrow::RecordBatch& rows,
                         std::vector<lake::OffsetMove> moves) {
  HAUL_TRY(table, lake::Table::open_or_create(context.lake, system_folder(context, name), {schema, {}, {}}));
  HAUL_TRY(writer, table->stage());
  HAUL_TRY_VOID(writer->write(rows));
  HAUL_TRY(file, writer->finish());
  lake::CommitRequest request;
  request.adds.push_back(std::move(file));
  request.offsets = std::move(moves);
  auto committed = table->commit(std::move(request));
  if (committed) return true;
  if (committed.error().code == ErrorCode::kConflict) return false;
  return fail(std::move(committed).error());
}

Result<std::shared_ptr<arrow::Table>> query_datasets(const GovernanceContext& context, std::string sql,
                                                     const std::vector<std::string>& datasets) {
  auto scans = context.catalog.pin(datasets, {});
  if (!scans && scans.error().code == ErrorCode::kNotFound) return std::shared_ptr<arrow::Table>();
  if (!scans) return fail(std::move(scans).error());
  query::QueryRequest request;
  request.sql = std::move(sql);
  request.scans = std::move(*scans);
  return query::run_to_table(context.engine, request);
}

std::string text_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = scalar_at(table, column, row);
  return value->is_valid ? value->ToString() : "";
}

std::optional<std::int64_t> integer_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = scalar_at(table, column, row);
  HAUL_CHECK(value->type->id() == arrow::Type::INT64, "the query gives a BIGINT");
  if (!value->is_valid) return std::nullopt;
  return static_cast<const arrow::Int64Scalar&>(*value).value;
}

std::optional<double> number_at(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = scalar_at(table, column, row);
  HAUL_CHECK(value->type->id() == arrow::Type::DOUBLE, "the query gives a DOUBLE");
  if (!value->is_valid) return std::nullopt;
  return static_cast<const arrow::DoubleScalar&>(*value).value;
}

}  // namespace haul::governance
