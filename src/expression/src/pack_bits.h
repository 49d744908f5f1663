#pragma once

#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>

#include <cstdint>
#include <memory>

#include "value.h"

namespace haul::expression {

/// Bits of `count` results of `bit(row)`, eight at a time.
template <class F>
std::shared_ptr<arrow::Buffer> pack_bits(std::int64_t count, F&& bit) {
  auto buffer = allocate(arrow::bit_util::BytesForBits(count));
  std::uint8_t* out = buffer->mutable_data();
  std::int64_t row = 0;
  for (; row + 8 <= count; row += 8) {
    unsigned byte = 0;
    for (int i = 0; i < 8; ++i) byte |= static_cast<unsigned>(bit(row + i)) << i;
    *out++ = static_cast<std::uint8_t>(byte);
  }
  if (row < count) {
    unsigned byte = 0;
    for (int i = 0; row + i < count; ++i) byte |= static_cast<unsigned>(bit(row + i)) << i;
    *out = static_cast<std::uint8_t>(byte);
  }
  return buffer;
}

}  // namespace haul::expression
