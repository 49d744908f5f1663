#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/batch/interval.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// Writes a query's rows into staged files of a table. With a time column the rows must come in its order: a
/// file ends with its calendar month, so that a later run replaces a month at most. One thread.
class Stager final : public query::ResultConsumer {
 public:
  /// `time_column` empty: files end by size alone. `table` must outlive the stager.
  Stager(lake::Table& table, std::string time_column);

  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override;
  /// kInvalidInput: a row without a time.
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override;

  /// Ends the open file: no file spans what lies between two queries.
  Result<void> end_query();

  /// Of the queries that have ended.
  [[nodiscard]] const std::vector<lake::DataFile>& files() const { return files_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  Result<void> write(const arrow::RecordBatch& rows);
  Result<void> close();

  lake::Table& table_;
  std::string time_column_;
  int time_index_ = -1;
  std::optional<int> month_;  ///< Of the open file.
  std::unique_ptr<lake::StagedWriter> writer_;
  std::vector<lake::DataFile> files_;
  std::uint64_t rows_ = 0;
};

}  // namespace haul::batch
