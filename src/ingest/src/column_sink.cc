#include "column_sink.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>

#include "text_values.h"

namespace haul::ingest {
namespace {

constexpr std::int64_t kFirstCapacity = 64;
constexpr std::size_t kFirstTextBytes = 4096;

ValueKind kind_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return ValueKind::kBoolean;
    case arrow::Type::INT8:
      return ValueKind::kInt8;
    case arrow::Type::INT16:
      return ValueKind::kInt16;
    case arrow::Type::INT32:
      return ValueKind::kInt32;
    case arrow::Type::INT64:
      return ValueKind::kInt64;
    case arrow::Type::FLOAT:
      return ValueKind::kFloat32;
    case arrow::Type::DOUBLE:
      return ValueKind::kFloat64;
    case arrow::Type::STRING:
      return ValueKind::kText;
    case arrow::Type::BINARY:
      return ValueKind::kBinary;
    case arrow::Type::DATE32:
      return ValueKind::kDate;
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? ValueKind::kLocalTime
                                                                               : ValueKind::kInstant;
    case arrow::Type::DECIMAL128:
      return ValueKind::kDecimal;
    case arrow::Type::LIST:
      return ValueKind::kList;
    default:
      HAUL_CHECK(type.id() == arrow::Type::STRUCT, "a column has one of the types of columnar::Column");
      return ValueKind::kStruct;
  }
}

int width_of(ValueKind kind, const arrow::DataType& type) {
  switch (kind) {
    case ValueKind::kBoolean:
      return 1;
    case ValueKind::kText:
    case ValueKind::kBinary:
    case ValueKind::kList:
      return sizeof(std::int32_t);
    case ValueKind::kStruct:
      return 0;
    default:
      return type.byte_width();
  }
}

std::shared_ptr<arrow::ResizableBuffer> allocated(std::int64_t bytes) {
  auto buffer = arrow::AllocateResizableBuffer(bytes);
  if (!buffer.ok()) throw std::bad_alloc();
  return std::move(*buffer);
}

void resize(arrow::ResizableBuffer& buffer, std::int64_t bytes) {
  if (!buffer.Resize(bytes, /*shrink_to_fit=*/false).ok()) throw std::bad_alloc();
}

}  // namespace

struct ColumnSink::Buffers {
  std::shared_ptr<arrow::ResizableBuffer> values;
  std::shared_ptr<arrow::ResizableBuffer> text;
};

ColumnSink::ColumnSink(std::string name, std::shared_ptr<arrow::DataType> type, std::int64_t offset_micros)
    : name_(std::move(name)),
      type_(std::move(type)),
      kind_(kind_of(*type_)),
      width_(width_of(kind_, *type_)),
      offset_micros_(offset_micros),
      buffers_(std::make_unique<Buffers>()) {
  if (kind_ == ValueKind::kDecimal) {
    precision_ = static_cast<const arrow::Decimal128Type&>(*type_).precision();
    scale_ = static_cast<const arrow::Decimal128Type&>(*type_).scale();
  }
  for (const auto& field : type_->fields())
    children_.emplace_back(field->name(), field->type(), offset_micros);
}

ColumnSink::~ColumnSink() = default;
ColumnSink::ColumnSink(ColumnSink&&) noexcept = default;
ColumnSink& ColumnSink::operator=(ColumnSink&&) noexcept = default;

void ColumnSink::start(std::int64_t rows) {
  length_ = 0;
  capacity_ = std::max(rows, kFirstCapacity);
  valid_.resize(static_cast<std::size_t>(capacity_));
  buffers_->values = allocated((capacity_ + 1) * width_);
  values_ = buffers_->values->mutable_data();
  if (has_offsets()) reinterpret_cast<std::int32_t*>(values_)[0] = 0;
  if (kind_ == ValueKind::kText || kind_ == ValueKind::kBinary) {
    text_bytes_ = 0;
    text_capacity_ = std::max(text_expected_ + text_expected_ / 8, kFirstTextBytes);
    buffers_->text = allocated(static_cast<std::int64_t>(text_capacity_));
    text_ = reinterpret_cast<char*>(buffers_->text->mutable_data());
  }
  for (ColumnSink& child : children_) child.start(kind_ == ValueKind::kStruct ? rows : 0);
}

void ColumnSink::grow() {
  capacity_ *= 2;
  valid_.resize(static_cast<std::size_t>(capacity_));
  resize(*buffers_->values, (capacity_ + 1) * width_);
  values_ = buffers_->values->mutable_data();
}

void ColumnSink::grow_text(std::size_t bytes) {
  text_capacity_ = std::max(text_capacity_ * 2, text_bytes_ + bytes);
  HAUL_CHECK(text_capacity_ <= std::numeric_limits<std::int32_t>::max(),
             "a batch has less than 1 GB of text");
  resize(*buffers_->text, static_cast<std::int64_t>(text_capacity_));
  text_ = reinterpret_cast<char*>(buffers_->text->mutable_data());
}

void ColumnSink::truncate(std::int64_t length) {
  HAUL_CHECK(length <= length_, "truncate() never adds");
  length_ = length;
  if (kind_ == ValueKind::kStruct) {
    for (ColumnSink& child : children_) child.truncate(length);
  }
  if (!has_offsets()) return;
  const std::int32_t end = reinterpret_cast<const std::int32_t*>(values_)[length];
  if (kind_ == ValueKind::kList) {
    children_[0].truncate(end);
  } else {
    text_bytes_ = static_cast<std::size_t>(end);
  }
}

bool ColumnSink::set_default(std::string text) {
  start(1);
  const bool fits = append_text(text);
  truncate(0);
  if (fits) default_ = std::move(text);
  return fits;
}

void ColumnSink::append_missing() {
  if (!default_) {
    append_null();
    return;
  }
  const bool appended = append_text(*default_);
  HAUL_CHECK(appended, "a default is a value of its column");
}

void ColumnSink::append_null() {
  make_room();
  if (kind_ == ValueKind::kStruct) {
    for (ColumnSink& child : children_) child.append_null();
  } else if (has_offsets()) {
    auto* const offsets = reinterpret_cast<std::int32_t*>(values_);
    offsets[length_ + 1] = offsets[length_];
  } else {
    std::memset(values_ + length_ * width_, 0, static_cast<std::size_t>(width_));
  }
  valid_[length_++] = 0;
}

void ColumnSink::commit_nested() {
  make_room();
  if (kind_ == ValueKind::kList) {
    reinterpret_cast<std::int32_t*>(values_)[length_ + 1] = static_cast<std::int32_t>(children_[0].length());
  }
  valid_[length_++] = 1;
}

bool ColumnSink::put_bytes(std::string_view text) {
  char* const room = text_room(text.size());
  if (!text.empty()) std::memcpy(room, text.data(), text.size());
  commit_text(text.size());
  return true;
}

template <class Value>
bool ColumnSink::put_in_range(std::int64_t value) {
  if (value < std::numeric_limits<Value>::min() || value > std::numeric_limits<Value>::max()) return false;
  return put(static_cast<Value>(value));
}

bool ColumnSink::append_integer(std::int64_t value) {
  switch (kind_) {
    case ValueKind::kInt8:
      return put_in_range<std::int8_t>(value);
    case ValueKind::kInt16:
      return put_in_range<std::int16_t>(value);
    case ValueKind::kInt32:
      return put_in_range<std::int32_t>(value);
    case ValueKind::kInt64:
      return put(value);
    default:
      return false;
  }
}

bool ColumnSink::put_integer(std::string_view text) {
  std::int64_t value = 0;
  return parse_integer(text, &value) && append_integer(value);
}

bool ColumnSink::put_float(std::string_view text) {
  if (kind_ == ValueKind::kFloat32) {
    float value = 0;
    return parse_float(text, &value) && put(value);
  }
  double value = 0;
  return parse_double(text, &value) && put(value);
}

bool ColumnSink::put_decimal(std::string_view text) {
  arrow::Decimal128 value;
  return parse_decimal(text, precision_, scale_, &value) && put(value.ToBytes());
}

bool ColumnSink::put_time(std::string_view text) {
  std::int64_t micros = 0;
  if (kind_ == ValueKind::kInstant) return parse_instant(text, offset_micros_, &micros) && put(micros);
  if (kind_ == ValueKind::kLocalTime) return parse_local_time(text, &micros) && put(micros);
  std::int32_t days = 0;
  return parse_date(text, &days) && put(days);
}

bool ColumnSink::append_text(std::string_view text) {
  switch (kind_) {
    case ValueKind::kText:
    case ValueKind::kBinary:
      return put_bytes(text);
    case ValueKind::kBoolean: {
      bool value = false;
      return parse_boolean(text, &value) && put(static_cast<std::uint8_t>(value));
    }
    case ValueKind::kDate:
    case ValueKind::kInstant:
    case ValueKind::kLocalTime:
      return put_time(text);
    default:
      return append_json_number(text);
  }
}

bool ColumnSink::append_json_string(std::string_view text) {
  switch (kind_) {
    case ValueKind::kText:
    case ValueKind::kBinary:
      return put_bytes(text);
    case ValueKind::kDate:
    case ValueKind::kInstant:
    case ValueKind::kLocalTime:
      return put_time(text);
    default:
      return false;
  }
}

bool ColumnSink::append_json_number(std::string_view number) {
  switch (kind_) {
    case ValueKind::kInt8:
    case ValueKind::kInt16:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
      return put_integer(number);
    case ValueKind::kFloat32:
    case ValueKind::kFloat64:
      return put_float(number);
    case ValueKind::kDecimal:
      return put_decimal(number);
    default:
      return false;
  }
}

bool ColumnSink::append_json_boolean(bool value) {
  return kind_ == ValueKind::kBoolean && put(static_cast<std::uint8_t>(value));
}

/// One bit per flag byte (0 or 1), as Arrow packs them.
std::shared_ptr<arrow::Buffer> ColumnSink::packed(const std::uint8_t* flags) const {
  auto bits = allocated((length_ + 7) / 8);
  std::uint8_t* const out = bits->mutable_data();
  std::int64_t row = 0;
  for (; row + 8 <= length_; row += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, flags + row, sizeof eight);
    out[row / 8] = static_cast<std::uint8_t>((eight * 0x0102040810204080ULL) >> 56);
  }
  if (row < length_) {
    std::uint8_t last = 0;
    for (std::int64_t bit = 0; row + bit < length_; ++bit) {
      last = static_cast<std::uint8_t>(last | (flags[row + bit] << bit));
    }
    out[row / 8] = last;
  }
  return bits;
}

std::shared_ptr<arrow::Array> ColumnSink::finish() {
  const auto valid = std::accumulate(valid_.begin(), valid_.begin() + length_, std::int64_t{0});
  const std::int64_t nulls = length_ - valid;
  auto data = arrow::ArrayData::Make(type_, length_, {nulls == 0 ? nullptr : packed(valid_.data())}, nulls);
  if (kind_ == ValueKind::kBoolean) {
    data->buffers.push_back(packed(values_));
  } else if (kind_ != ValueKind::kStruct) {
    resize(*buffers_->values, (length_ + (has_offsets() ? 1 : 0)) * width_);
    data->buffers.push_back(std::move(buffers_->values));
  }
  if (kind_ == ValueKind::kText || kind_ == ValueKind::kBinary) {
    text_expected_ = text_bytes_;
    resize(*buffers_->text, static_cast<std::int64_t>(text_bytes_));
    data->buffers.push_back(std::move(buffers_->text));
  }
  for (ColumnSink& child : children_) data->child_data.push_back(child.finish()->data());
  length_ = 0;
  capacity_ = 0;
  return arrow::MakeArray(data);
}

std::string wanted_by(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return "true or false";
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
      return fmt::format("an integer of {} bits", type.byte_width() * 8);
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
      return "a number";
    case arrow::Type::STRING:
      return "text";
    case arrow::Type::BINARY:
      return "bytes as text";
    case arrow::Type::DATE32:
      return "a date (YYYY-MM-DD)";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "a local time without a zone"
                                                                               : "a time (RFC 3339)";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return fmt::format("a decimal of {} digits, {} of them behind the point", decimal.precision(),
                         decimal.scale());
    }
    case arrow::Type::LIST:
      return "an array";
    default:
      return "an object";
  }
}

}  // namespace haul::ingest
