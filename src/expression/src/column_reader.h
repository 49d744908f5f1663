#pragma once

#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "value.h"

namespace haul::expression {

/// Reads column T by row: a number, an Interval, bool or std::string_view. Step 0 where the column is
/// constant.
template <class T>
class Reader {
 public:
  explicit Reader(const Value& value)
      : values_(value.data->template GetValues<T>(1)), step_(value.constant ? 0 : 1) {}
  T operator[](std::int64_t row) const { return values_[row * step_]; }
  [[nodiscard]] const T* values() const { return values_; }
  [[nodiscard]] bool constant() const { return step_ == 0; }

 private:
  const T* values_;
  std::int64_t step_;
};

template <>
class Reader<bool> {
 public:
  explicit Reader(const Value& value)
      : bits_(value.data->buffers[1] == nullptr ? nullptr : value.data->buffers[1]->data()),
        offset_(value.data->offset),
        step_(value.constant ? 0 : 1) {}
  bool operator[](std::int64_t row) const { return arrow::bit_util::GetBit(bits_, offset_ + row * step_); }

 private:
  const std::uint8_t* bits_;
  std::int64_t offset_;
  std::int64_t step_;
};

template <>
class Reader<std::string_view> {
 public:
  explicit Reader(const Value& value)
      : offsets_(value.data->template GetValues<std::int32_t>(1)),
        text_(value.data->buffers[2] == nullptr
                  ? nullptr
                  : reinterpret_cast<const char*>(value.data->buffers[2]->data())),
        step_(value.constant ? 0 : 1) {}
  std::string_view operator[](std::int64_t row) const {
    const std::int32_t* at = offsets_ + row * step_;
    return {text_ + at[0], static_cast<std::size_t>(at[1] - at[0])};
  }

 private:
  const std::int32_t* offsets_;
  const char* text_;
  std::int64_t step_;
};

/// One reader for each argument.
template <class... A, std::size_t... I>
std::tuple<Reader<A>...> readers(const Call& call, std::index_sequence<I...>) {
  return std::tuple<Reader<A>...>(Reader<A>(call.args[I])...);
}

}  // namespace haul::expression
