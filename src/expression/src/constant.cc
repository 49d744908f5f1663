#include "constant.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <cstring>

#include "row_loops.h"

namespace haul::expression {
namespace {

template <class T>
std::shared_ptr<arrow::Buffer> hold(T number) {
  auto buffer = allocate(static_cast<std::int64_t>(sizeof(T)));
  std::memcpy(buffer->mutable_data(), &number, sizeof(T));
  return buffer;
}

Int128 wide_integer(const Node& node) {
  return (static_cast<Int128>(node.integer_high) << 64) |
         static_cast<Int128>(static_cast<std::uint64_t>(node.integer));
}

Value hold_text(const Node& node) {
  auto offsets = allocate_zeroed(8);
  reinterpret_cast<std::int32_t*>(offsets->mutable_data())[1] = static_cast<std::int32_t>(node.text.size());
  return RowMarks(1, nullptr).finish(node.type, {std::move(offsets), arrow::Buffer::FromString(node.text)});
}

std::shared_ptr<arrow::Buffer> hold_number(const Node& node) {
  switch (node.type.id) {
    case TypeId::kBoolean:
    case TypeId::kTinyInt:
      return hold(static_cast<std::int8_t>(node.integer));
    case TypeId::kSmallInt:
      return hold(static_cast<std::int16_t>(node.integer));
    case TypeId::kInteger:
      return hold(static_cast<std::int32_t>(node.integer));
    case TypeId::kBigInt:
      return hold(node.integer);
    case TypeId::kFloat:
      return hold(static_cast<float>(node.number));
    case TypeId::kDouble:
      return hold(node.number);
    case TypeId::kHugeInt:
    case TypeId::kDecimal:
      return hold(wide_integer(node));
    default:
      return nullptr;
  }
}

}  // namespace

Result<Value> make_constant(const Node& node) {
  if (node.is_null) {
    Value value = null_value(node.type, 1);
    value.constant = true;
    return value;
  }
  if (node.type.id == TypeId::kVarchar) return hold_text(node);
  auto buffer = hold_number(node);
  if (buffer == nullptr) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("a constant of type {} cannot be used", to_string(node.type)));
  }
  return RowMarks(1, nullptr).finish(node.type, {std::move(buffer)});
}

}  // namespace haul::expression
