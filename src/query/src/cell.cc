#include "haul/query/cell.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/base64.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "haul/base/json.h"
#include "haul/base/time.h"

namespace haul::query {
namespace {

constexpr std::int64_t kExactInDouble = 1LL << 53U;
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

template <class ArrayType>
auto value_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const ArrayType&>(column).Value(row);
}

/// The integer of a column of any integer type but uint64.
std::int64_t integer_at(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::INT8:
      return value_at<arrow::Int8Array>(column, row);
    case arrow::Type::INT16:
      return value_at<arrow::Int16Array>(column, row);
    case arrow::Type::INT32:
      return value_at<arrow::Int32Array>(column, row);
    case arrow::Type::UINT8:
      return value_at<arrow::UInt8Array>(column, row);
    case arrow::Type::UINT16:
      return value_at<arrow::UInt16Array>(column, row);
    case arrow::Type::UINT32:
      return value_at<arrow::UInt32Array>(column, row);
    default:
      return value_at<arrow::Int64Array>(column, row);
  }
}

bool is_small_integer(arrow::Type::type type) {
  return arrow::is_integer(type) && type != arrow::Type::UINT64;
}

std::string timestamp_text(const arrow::Array& column, std::int64_t row) {
  const auto& type = static_cast<const arrow::TimestampType&>(*column.type());
  const std::int64_t value = value_at<arrow::TimestampArray>(column, row);
  Micros micros{value};
  if (type.unit() == arrow::TimeUnit::SECOND) micros = Micros{value * 1'000'000};
  if (type.unit() == arrow::TimeUnit::MILLI) micros = Micros{value * 1'000};
  if (type.unit() == arrow::TimeUnit::NANO)
    micros = std::chrono::floor<Micros>(std::chrono::nanoseconds{value});
  std::string text = format_utc(micros);
  if (type.timezone().empty()) text.pop_back();  // a local time carries no Z
  return text;
}

std::string date_text(const arrow::Array& column, std::int64_t row) {
  return format_utc(Micros{value_at<arrow::Date32Array>(column, row) * kMicrosPerDay}).substr(0, 10);
}

std::string_view bytes_at(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return static_cast<const arrow::LargeBinaryArray&>(column).GetView(row);
    default:
      return static_cast<const arrow::BinaryArray&>(column).GetView(row);
  }
}

bool is_text(arrow::Type::type type) {
  return type == arrow::Type::STRING || type == arrow::Type::LARGE_STRING;
}
bool is_bytes(arrow::Type::type type) {
  return type == arrow::Type::BINARY || type == arrow::Type::LARGE_BINARY;
}

void append_bytes(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0)
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(bytes[0]));
    out += bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
}

void append_list_json(std::string& out, const arrow::ListArray& lists, std::int64_t row) {
  out += '[';
  for (std::int64_t item = lists.value_offset(row); item < lists.value_offset(row + 1); ++item) {
    if (item != lists.value_offset(row)) out += ", ";
    append_json(out, *lists.values(), item);
  }
  out += ']';
}

void append_struct_json(std::string& out, const arrow::StructArray& structs, std::int64_t row) {
  out += '{';
  for (int field = 0; field < structs.num_fields(); ++field) {
    if (field != 0) out += ", ";
    append_json_string(out, structs.struct_type()->field(field)->name());
    out += ": ";
    append_json(out, *structs.field(field), row);
  }
  out += '}';
}

std::string scalar_text(const arrow::Array& column, std::int64_t row) {
  const auto scalar = column.GetScalar(row);
  return scalar.ok() ? (*scalar)->ToString() : scalar.status().ToString();
}

/// A decimal without fraction that a double holds exactly: the sum of integers comes as one.
bool is_small_whole_decimal(const arrow::Array& column, std::int64_t row) {
  if (column.type_id() != arrow::Type::DECIMAL128) return false;
  if (static_cast<const arrow::Decimal128Type&>(*column.type()).scale() != 0) return false;
  const arrow::Decimal128 value(static_cast<const arrow::Decimal128Array&>(column).GetValue(row));
  return value <= arrow::Decimal128(kExactInDouble) && value >= arrow::Decimal128(-kExactInDouble);
}

}  // namespace

void append_text(std::string& out, const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return;
  const arrow::Type::type type = column.type_id();
  if (is_small_integer(type)) {
    fmt::format_to(std::back_inserter(out), "{}", integer_at(column, row));
  } else if (type == arrow::Type::DOUBLE) {
    fmt::format_to(std::back_inserter(out), "{}", value_at<arrow::DoubleArray>(column, row));
  } else if (type == arrow::Type::FLOAT) {
    fmt::format_to(std::back_inserter(out), "{}", value_at<arrow::FloatArray>(column, row));
  } else if (is_text(type) || is_bytes(type)) {
    append_bytes(out, bytes_at(column, row));
  } else if (type == arrow::Type::BOOL) {
    out += value_at<arrow::BooleanArray>(column, row) ? "true" : "false";
  } else if (type == arrow::Type::TIMESTAMP) {
    out += timestamp_text(column, row);
  } else if (type == arrow::Type::DATE32) {
    out += date_text(column, row);
  } else if (arrow::is_nested(type)) {
    append_json(out, column, row);
  } else {
    out += scalar_text(column, row);
  }
}

void append_json(std::string& out, const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) {
    out += "null";
    return;
  }
  const arrow::Type::type type = column.type_id();
  if (is_small_integer(type)) {
    const std::int64_t value = integer_at(column, row);
    const bool is_exact = value <= kExactInDouble && value >= -kExactInDouble;
    const std::string_view quote = is_exact ? "" : "\"";
    fmt::format_to(std::back_inserter(out), "{}{}{}", quote, value, quote);
  } else if (is_small_whole_decimal(column, row)) {
    out += scalar_text(column, row);
  } else if (type == arrow::Type::DOUBLE || type == arrow::Type::FLOAT) {
    const double value = type == arrow::Type::DOUBLE ? value_at<arrow::DoubleArray>(column, row)
                                                     : double{value_at<arrow::FloatArray>(column, row)};
    if (!std::isfinite(value)) {
      out += "null";
    } else {
      append_text(out, column, row);
    }
  } else if (type == arrow::Type::BOOL) {
    append_text(out, column, row);
  } else if (is_bytes(type)) {
    append_json_string(out, arrow::util::base64_encode(bytes_at(column, row)));
  } else if (is_text(type)) {
    append_json_string(out, bytes_at(column, row));
  } else if (type == arrow::Type::LIST) {
    append_list_json(out, static_cast<const arrow::ListArray&>(column), row);
  } else if (type == arrow::Type::STRUCT) {
    append_struct_json(out, static_cast<const arrow::StructArray&>(column), row);
  } else {
    std::string text;
    if (arrow::is_nested(type)) {
      text = scalar_text(column, row);
    } else {
      append_text(text, column, row);
    }
    append_json_string(out, text);
  }
}

}  // namespace haul::query
