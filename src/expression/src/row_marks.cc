#include "row_marks.h"

#include <cstring>

namespace haul::expression {

void RowMarks::set_null(std::int64_t row) {
  if (validity_ == nullptr) {
    const std::int64_t bytes = arrow::bit_util::BytesForBits(rows_);
    validity_ = allocate(bytes);
    std::memset(validity_->mutable_data(), 0xff, static_cast<std::size_t>(bytes));
  }
  arrow::bit_util::ClearBit(validity_->mutable_data(), row);
}

void RowMarks::set_failed(std::int64_t row) {
  if (failed_ == nullptr) {
    failed_ = std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(rows_), std::uint8_t{0});
  }
  (*failed_)[static_cast<std::size_t>(row)] = 1;
}

Value RowMarks::finish(SqlType type, std::vector<std::shared_ptr<arrow::Buffer>> buffers) {
  buffers.insert(buffers.begin(), std::move(validity_));
  return {type, arrow::ArrayData::Make(to_arrow(type), rows_, std::move(buffers)), false, std::move(failed_)};
}

}  // namespace haul::expression
