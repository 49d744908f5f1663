#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column_sink.h"
#include "haul/base/result.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// The columns of one batch while its rows are decoded. A row is appended to every column and kept, or
/// dropped whole. Reused from batch to batch; one thread.
class BatchBuilder {
 public:
  BatchBuilder(const columnar::Schema& schema, std::int64_t offset_micros);

  void start(std::size_t rows);
  [[nodiscard]] std::vector<ColumnSink>& columns() { return columns_; }

  /// Every column has one more value: they belong to raw row `row`.
  void keep(std::uint32_t row) {
    row_of_.push_back(row);
    ++kept_;
  }
  /// Takes back what the row appended, as if it had not been tried.
  void undo();
  /// undo(), and the row is rejected.
  void reject(std::uint32_t row, std::string rule, std::string reason);
  /// The row is rejected because `value` does not fit `column` (not shown where that is personal).
  void reject_value(std::uint32_t row, std::size_t column, std::string_view value);

  DecodedBatch finish(std::uint64_t unknown_fields);

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<columnar::Privacy> privacy_;
  std::vector<ColumnSink> columns_;
  std::vector<std::uint32_t> row_of_;
  std::vector<RejectedRow> rejected_;
  std::int64_t kept_ = 0;
};

/// Text of raw row `row`.
[[nodiscard]] inline std::string_view row_text(const RawRows& raw, std::size_t row) {
  const auto begin = static_cast<std::size_t>(raw.ends[row]);
  const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
  return {reinterpret_cast<const char*>(raw.bytes.data()) + begin, end - begin};
}

}  // namespace haul::ingest
