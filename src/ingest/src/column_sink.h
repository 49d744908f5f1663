#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/check.h"
#include "haul/columnar/schema.h"

namespace haul::ingest {

/// What a column holds, as far as writing a value into it is concerned.
enum class ValueKind : std::uint8_t {
  kBoolean,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat32,
  kFloat64,
  kText,
  kBinary,
  kDate,
  kInstant,
  kLocalTime,
  kDecimal,
  kList,
  kStruct,
};

/// One Arrow column under construction. Values are appended one by one into Arrow's own buffers, without a
/// virtual call; truncate() takes back what a bad row left. Use: start(), appends and truncates, finish(),
/// start() again ... Throws std::bad_alloc only (the decoders turn it into kUnavailable). One thread.
class ColumnSink {
 public:
  /// `type` is one of columnar::Column's.
  ColumnSink(std::string name, std::shared_ptr<arrow::DataType> type, std::int64_t offset_micros);
  ~ColumnSink();
  ColumnSink(ColumnSink&&) noexcept;
  ColumnSink& operator=(ColumnSink&&) noexcept;

  /// Makes room for about `rows` values; more are possible.
  void start(std::int64_t rows);
  /// The column; the sink keeps nothing of it.
  std::shared_ptr<arrow::Array> finish();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ValueKind kind() const { return kind_; }
  [[nodiscard]] const std::shared_ptr<arrow::DataType>& type() const { return type_; }
  [[nodiscard]] std::int64_t length() const { return length_; }

  /// Drops the values from `length` on.
  void truncate(std::int64_t length);

  void append_null();
  /// What a row that lacks the column has: null, or the default.
  void append_missing();
  /// False, and no default, where the text is no value of the column (as append_text()).
  bool set_default(std::string text);
  /// Each: false, and nothing appended, where the column cannot hold the value.
  bool append_text(std::string_view text);  ///< A CSV field: any scalar kind. Text must be valid UTF-8.
  bool append_json_string(std::string_view text);  ///< Text, binary and the three kinds of time. Valid UTF-8.
  bool append_json_number(
      std::string_view number);  ///< A number by the JSON grammar: integers, floats, decimals.
  bool append_json_boolean(bool value);
  bool append_integer(std::int64_t value);  ///< Integer kinds, within their range.
  bool append_double(double value) { return kind_ == ValueKind::kFloat64 && put(value); }

  /// Text and binary without a copy: room for at least `bytes`; the caller fills it and commits how many it
  /// used.
  char* text_room(std::size_t bytes) {
    make_room();
    if (text_bytes_ + bytes > text_capacity_) grow_text(bytes);
    return text_ + text_bytes_;
  }
  void commit_text(std::size_t bytes) {
    text_bytes_ += bytes;
    reinterpret_cast<std::int32_t*>(values_)[length_ + 1] = static_cast<std::int32_t>(text_bytes_);
    valid_[length_++] = 1;
  }

  /// List and struct: the elements' column or the members' columns. A list row is appended by appending its
  /// elements to children()[0] and committing; a struct row by appending one value to every child and
  /// committing.
  [[nodiscard]] std::vector<ColumnSink>& children() { return children_; }
  void commit_nested();

 private:
  struct Buffers;
  void make_room() {
    if (length_ == capacity_) grow();
  }
  void grow();
  void grow_text(std::size_t bytes);
  template <class Value>
  bool put(Value value) {
    make_room();
    std::memcpy(values_ + length_ * static_cast<std::int64_t>(sizeof value), &value, sizeof value);
    valid_[length_++] = 1;
    return true;
  }
  template <class Value>
  bool put_in_range(std::int64_t value);
  bool put_integer(std::string_view text);
  bool put_float(std::string_view text);
  bool put_decimal(std::string_view text);
  bool put_time(std::string_view text);
  bool put_bytes(std::string_view text);
  [[nodiscard]] std::shared_ptr<arrow::Buffer> packed(const std::uint8_t* flags) const;
  [[nodiscard]] bool has_offsets() const {
    return kind_ == ValueKind::kText || kind_ == ValueKind::kBinary || kind_ == ValueKind::kList;
  }

  std::string name_;
  std::optional<std::string> default_;
  std::shared_ptr<arrow::DataType> type_;
  ValueKind kind_;
  int width_ = 0;  // bytes of a fixed-width value, an offset or, for booleans, a flag
  std::int32_t precision_ = 0;
  std::int32_t scale_ = 0;
  std::int64_t offset_micros_;

  std::int64_t length_ = 0;
  std::int64_t capacity_ = 0;
  std::uint8_t* values_ = nullptr;  // fixed-width values or offsets
  char* text_ = nullptr;
  std::size_t text_bytes_ = 0;
  std::size_t text_capacity_ = 0;
  std::size_t text_expected_ = 0;    // bytes of the batch before
  std::vector<std::uint8_t> valid_;  // one byte per value, packed by finish()
  std::vector<ColumnSink> children_;
  std::unique_ptr<Buffers> buffers_;
};

/// "an integer of 16 bits": what `type` wants, for messages.
[[nodiscard]] std::string wanted_by(const arrow::DataType& type);

}  // namespace haul::ingest
