#pragma once

#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "value.h"

namespace haul::expression {

/// Which rows of a result hold a value, and which failed; both start from the arguments'.
class RowMarks {
 public:
  explicit RowMarks(const Call& call) : rows_(call.rows), validity_(intersect_validity(call)) {}
  RowMarks(std::int64_t rows, std::shared_ptr<arrow::Buffer> validity)
      : rows_(rows), validity_(std::move(validity)) {}

  [[nodiscard]] bool has_nulls() const { return validity_ != nullptr; }
  [[nodiscard]] bool valid(std::int64_t row) const {
    return validity_ == nullptr || arrow::bit_util::GetBit(validity_->data(), row);
  }
  void set_null(std::int64_t row);
  void set_failed(std::int64_t row);
  /// The result of `buffers` (values first) with these marks.
  [[nodiscard]] Value finish(SqlType type, std::vector<std::shared_ptr<arrow::Buffer>> buffers);

 private:
  std::int64_t rows_;
  std::shared_ptr<arrow::Buffer> validity_;
  std::shared_ptr<std::vector<std::uint8_t>> failed_;
};

}  // namespace haul::expression
