#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <utility>
#include <vector>

#include "haul/query/sql_engine.h"

namespace haul::query {
namespace {

class TableCollector final : public ResultConsumer {
 public:
  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override {
    schema_ = schema;
    return {};
  }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    batches_.push_back(rows);
    return {};
  }
  Result<std::shared_ptr<arrow::Table>> finish() {
    auto table = arrow::Table::FromRecordBatches(schema_, batches_);
    if (!table.ok()) return fail(ErrorCode::kInvalidInput, table.status().message());
    return *std::move(table);
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches_;
};

}  // namespace

Result<std::shared_ptr<arrow::Table>> run_to_table(SqlEngine& engine, const QueryRequest& request) {
  TableCollector rows;
  const auto summary = engine.run(request, rows);
  if (!summary) return fail(summary.error());
  return rows.finish();
}

}  // namespace haul::query
