#include "value.h"

#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>

#include <cstring>

#include "haul/base/check.h"

namespace haul::expression {
namespace {

template <class T>
T require(arrow::Result<T> result) {
  HAUL_CHECK(result.ok(), "memory for a batch of rows");
  return std::move(result).ValueUnsafe();
}

}  // namespace

bool Value::is_null(std::int64_t row) const {
  if (type.id == TypeId::kNull) return true;
  const auto& bitmap = data->buffers[0];
  return bitmap != nullptr && !arrow::bit_util::GetBit(bitmap->data(), data->offset + (constant ? 0 : row));
}

std::shared_ptr<arrow::Buffer> allocate(std::int64_t bytes) { return require(arrow::AllocateBuffer(bytes)); }

std::shared_ptr<arrow::Buffer> allocate_zeroed(std::int64_t bytes) {
  auto buffer = allocate(bytes);
  std::memset(buffer->mutable_data(), 0, static_cast<std::size_t>(bytes));
  return buffer;
}

std::shared_ptr<arrow::Buffer> intersect_validity(const Call& call) {
  std::shared_ptr<arrow::Buffer> both;
  auto* pool = arrow::default_memory_pool();
  for (const Value& arg : call.args) {
    if (arg.constant && call.rows != 1) {
      if (arg.is_null(0)) return allocate_zeroed(arrow::bit_util::BytesForBits(call.rows));
      continue;
    }
    const auto& bitmap = arg.data->buffers[0];
    if (bitmap == nullptr || arg.data->null_count == 0) continue;
    both = both == nullptr
               ? require(arrow::internal::CopyBitmap(pool, bitmap->data(), arg.data->offset, call.rows))
               : require(arrow::internal::BitmapAnd(pool, both->data(), 0, bitmap->data(), arg.data->offset,
                                                    call.rows, 0));
  }
  return both;
}

FailedRows join_failures(const FailedRows& left, bool left_constant, const FailedRows& right,
                         bool right_constant, std::int64_t rows) {
  if (left == nullptr && right == nullptr) return nullptr;
  const auto count = static_cast<std::size_t>(rows);
  if (right == nullptr && left->size() == count) return left;
  if (left == nullptr && right->size() == count) return right;
  auto joined = std::make_shared<std::vector<std::uint8_t>>(count, std::uint8_t{0});
  const auto add = [&](const FailedRows& from, bool constant) {
    if (from == nullptr) return;
    for (std::size_t row = 0; row < count; ++row) (*joined)[row] |= (*from)[constant ? 0 : row];
  };
  add(left, left_constant);
  add(right, right_constant);
  return joined;
}

Value null_value(SqlType type, std::int64_t rows) {
  std::vector<std::shared_ptr<arrow::Buffer>> buffers;
  if (type.id == TypeId::kNull || type.id == TypeId::kNested) {
    buffers.push_back(nullptr);
  } else {
    buffers.push_back(allocate_zeroed(arrow::bit_util::BytesForBits(rows)));
    const bool text = type.id == TypeId::kVarchar || type.id == TypeId::kBlob;
    buffers.push_back(allocate_zeroed(text ? 4 * (rows + 1) : std::int64_t{16} * rows));
    if (text) buffers.push_back(allocate_zeroed(0));
  }
  return {type, arrow::ArrayData::Make(to_arrow(type), rows, std::move(buffers), rows)};
}

}  // namespace haul::expression
