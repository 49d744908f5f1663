#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column_sink.h"
#include "haul/base/result.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// What rows are decoded into.
struct DecodeTarget {
  columnar::Schema schema;
  std::map<std::string, std::string> defaults = {};  ///< By column, as contract::Object has them.
};

/// The columns of one batch while its rows are decoded. A row is appended to every column and kept, or
/// dropped whole. Reused from batch to batch; one thread.
class BatchBuilder {
 public:
  BatchBuilder(const columnar::Schema& schema, std::int64_t offset_micros);

  /// kInvalidInput: a default that is no value of its column.
  Result<void> set_defaults(const std::map<std::string, std::string>& defaults);

  void start(std::size_t rows);
  [[nodiscard]] std::vector<ColumnSink>& columns() { return columns_; }

  /// Every column has one more value: they belong to raw row `row`.
  void keep(std::uint32_t row) {
    row_of_.push_back(row);
    ++kept_;
    if (has_extra_) keep_extra(row);
  }
  /// The row has a field that no column is for: `key` and `value` are JSON, the key with its quotes.
  void add_extra(std::string_view key, std::string_view value) {
    extra_.json += has_extra_ ? ',' : '{';
    has_extra_ = true;
    extra_.json += key;
    extra_.json += ':';
    extra_.json += value;
  }
  /// A name that no column has was met.
  void note_unknown(std::string_view name);
  /// Takes back what the row appended, as if it had not been tried.
  void undo();
  /// undo(), and the row is rejected.
  void reject(std::uint32_t row, std::string rule, std::string reason);
  /// The row is rejected because `value` does not fit `column` (not shown where that is personal).
  void reject_value(std::uint32_t row, std::size_t column, std::string_view value);

  DecodedBatch finish(std::uint64_t unknown_fields);

 private:
  void keep_extra(std::uint32_t row);

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<columnar::Privacy> privacy_;
  std::vector<ColumnSink> columns_;
  std::vector<std::uint32_t> row_of_;
  std::vector<RejectedRow> rejected_;
  std::int64_t kept_ = 0;
  ExtraFields extra_;
  bool has_extra_ = false;  // the row at hand has such fields: they stand open at the end of extra_.json
  std::set<std::string, std::less<>> unknown_names_;
  std::vector<std::string> new_unknown_names_;
};

/// Text of raw row `row`.
[[nodiscard]] inline std::string_view row_text(const RawRows& raw, std::size_t row) {
  const auto begin = static_cast<std::size_t>(raw.ends[row]);
  const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
  return {reinterpret_cast<const char*>(raw.bytes.data()) + begin, end - begin};
}

}  // namespace haul::ingest
