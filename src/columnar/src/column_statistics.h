#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/parquet_writer.h"

namespace haul::columnar {

/// Statistics of the columns of one file, gathered batch by batch. One thread. Cost: about 2 ns per value.
class StatisticsCollector {
 public:
  explicit StatisticsCollector(const Schema& schema);

  /// `batch` has the schema's columns in order. An error leaves the collector unusable.
  Result<void> add(const arrow::RecordBatch& batch);
  /// What was seen so far. Cut strings and missing bounds as ColumnStatistics says.
  Result<FileStatistics> finish() const;

 private:
  struct Entry {
    int column = 0;
    ColumnStatistics seen;  // min and max whole, not yet cut
    bool has_nan = false;
  };
  std::vector<Entry> entries_;
  std::int64_t rows_ = 0;
};

/// The longest beginning of `text` of at most `characters` code points.
[[nodiscard]] std::string cut_down(std::string_view text, std::size_t characters);
/// A text of at most `characters` code points that is not smaller than `text`; nothing where there is none.
[[nodiscard]] std::optional<std::string> cut_up(std::string_view text, std::size_t characters);

}  // namespace haul::columnar
