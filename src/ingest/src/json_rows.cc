#include "json_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "haul/base/json.h"
#include "haul/base/time.h"

namespace haul::ingest {
namespace {

using arrow::Type;

bool is_writable(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::NA:
    case Type::BOOL:
    case Type::UINT8:
    case Type::INT8:
    case Type::UINT16:
    case Type::INT16:
    case Type::UINT32:
    case Type::INT32:
    case Type::UINT64:
    case Type::INT64:
    case Type::FLOAT:
    case Type::DOUBLE:
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::FIXED_SIZE_BINARY:
    case Type::DATE32:
    case Type::TIMESTAMP:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return true;
    case Type::DICTIONARY:
      return is_writable(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::STRUCT:
      for (const auto& field : type.fields()) {
        if (!is_writable(*field->type())) return false;
      }
      return true;
    default:
      return false;
  }
}

void append_bytes(std::string_view bytes, std::string& out) {
  if (is_utf8(bytes)) {
    append_json_string(out, bytes);
  } else {
    out += R"({"base64":")" + arrow::util::base64_encode(bytes) + "\"}";
  }
}

template <class Array>
void append_float(const arrow::Array& array, std::int64_t row, std::string& out) {
  const auto value = static_cast<const Array&>(array).Value(row);
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(out), "{}", value);
  } else {
    fmt::format_to(std::back_inserter(out), "\"{}\"", value);
  }
}

template <class Array>
void append_integer(const arrow::Array& array, std::int64_t row, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}", static_cast<const Array&>(array).Value(row));
}

template <class Array>
void append_view(const arrow::Array& array, std::int64_t row, std::string& out) {
  append_bytes(static_cast<const Array&>(array).GetView(row), out);
}

void append_date(std::int32_t day, std::string& out) {
  const std::string text = format_utc(Micros{std::chrono::days{day}});
  out += '"' + text.substr(0, text.find('T')) + '"';
}

struct Unit {
  std::int64_t per_second;
  int digits;
};

Unit unit_of(const arrow::TimestampType& type) {
  switch (type.unit()) {
    case arrow::TimeUnit::SECOND:
      return {1, 0};
    case arrow::TimeUnit::MILLI:
      return {1'000, 3};
    case arrow::TimeUnit::MICRO:
      return {1'000'000, 6};
    case arrow::TimeUnit::NANO:
      return {1'000'000'000, 9};
  }
  return {1, 0};
}

void append_timestamp(const arrow::Array& array, std::int64_t row, std::string& out) {
  constexpr std::int64_t kSecondsMax = 200'000'000'000;  // the year 8307; a number is no time for any decoder
  const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
  const std::int64_t value = static_cast<const arrow::TimestampArray&>(array).Value(row);
  const Unit unit = unit_of(type);
  std::int64_t seconds = value / unit.per_second;
  std::int64_t fraction = value % unit.per_second;
  if (fraction < 0) {
    fraction += unit.per_second;
    --seconds;
  }
  if (seconds > kSecondsMax || seconds < -kSecondsMax) {
    out += std::to_string(value);
    return;
  }
  std::string text = format_utc(Micros{std::chrono::seconds{seconds}});
  text.pop_back();
  if (fraction != 0) fmt::format_to(std::back_inserter(text), ".{:0{}}", fraction, unit.digits);
  if (!type.timezone().empty()) text += 'Z';
  out += '"' + text + '"';
}

void append_value(const arrow::Array& array, std::int64_t row, std::string& out);

template <class Array>
void append_list(const arrow::Array& array, std::int64_t row, std::string& out) {
  const auto& list = static_cast<const Array&>(array);
  out += '[';
  for (auto at = list.value_offset(row); at < list.value_offset(row + 1); ++at) {
    if (at > list.value_offset(row)) out += ',';
    append_value(*list.values(), at, out);
  }
  out += ']';
}

void append_struct(const arrow::StructArray& array, std::int64_t row, std::string& out) {
  out += '{';
  for (int field = 0; field < array.num_fields(); ++field) {
    if (field > 0) out += ',';
    append_json_string(out, array.type()->field(field)->name());
    out += ':';
    append_value(*array.field(field), row, out);
  }
  out += '}';
}

/// A type of check_json_schema(), not null.
void append_present(const arrow::Array& array, std::int64_t row, std::string& out) {
  switch (array.type_id()) {
    case Type::BOOL:
      out += static_cast<const arrow::BooleanArray&>(array).Value(row) ? "true" : "false";
      return;
    case Type::UINT8:
      return append_integer<arrow::UInt8Array>(array, row, out);
    case Type::INT8:
      return append_integer<arrow::Int8Array>(array, row, out);
    case Type::UINT16:
      return append_integer<arrow::UInt16Array>(array, row, out);
    case Type::INT16:
      return append_integer<arrow::Int16Array>(array, row, out);
    case Type::UINT32:
      return append_integer<arrow::UInt32Array>(array, row, out);
    case Type::INT32:
      return append_integer<arrow::Int32Array>(array, row, out);
    case Type::UINT64:
      return append_integer<arrow::UInt64Array>(array, row, out);
    case Type::INT64:
      return append_integer<arrow::Int64Array>(array, row, out);
    case Type::FLOAT:
      return append_float<arrow::FloatArray>(array, row, out);
    case Type::DOUBLE:
      return append_float<arrow::DoubleArray>(array, row, out);
    case Type::STRING:
      return append_view<arrow::StringArray>(array, row, out);
    case Type::LARGE_STRING:
      return append_view<arrow::LargeStringArray>(array, row, out);
    case Type::BINARY:
      return append_view<arrow::BinaryArray>(array, row, out);
    case Type::LARGE_BINARY:
      return append_view<arrow::LargeBinaryArray>(array, row, out);
    case Type::FIXED_SIZE_BINARY:
      return append_view<arrow::FixedSizeBinaryArray>(array, row, out);
    case Type::DATE32:
      return append_date(static_cast<const arrow::Date32Array&>(array).Value(row), out);
    case Type::TIMESTAMP:
      return append_timestamp(array, row, out);
    case Type::DECIMAL128:
      out += static_cast<const arrow::Decimal128Array&>(array).FormatValue(row);
      return;
    case Type::DECIMAL256:
      out += static_cast<const arrow::Decimal256Array&>(array).FormatValue(row);
      return;
    case Type::DICTIONARY: {
      const auto& words = static_cast<const arrow::DictionaryArray&>(array);
      return append_value(*words.dictionary(), words.GetValueIndex(row), out);
    }
    case Type::LIST:
      return append_list<arrow::ListArray>(array, row, out);
    case Type::LARGE_LIST:
      return append_list<arrow::LargeListArray>(array, row, out);
    default:
      return append_struct(static_cast<const arrow::StructArray&>(array), row, out);
  }
}

void append_value(const arrow::Array& array, std::int64_t row, std::string& out) {
  if (array.type_id() == Type::NA || array.IsNull(row)) {
    out += "null";
  } else {
    append_present(array, row, out);
  }
}

}  // namespace

Result<void> check_json_schema(const arrow::Schema& schema) {
  for (const auto& field : schema.fields()) {
    if (is_writable(*field->type())) continue;
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("the column {} has the type {}, which no contract holds: cast it before it is sent",
                    field->name(), field->type()->ToString()));
  }
  return {};
}

void append_json_row(const arrow::RecordBatch& batch, std::int64_t row, std::string& out) {
  out += '{';
  for (int column = 0; column < batch.num_columns(); ++column) {
    if (column > 0) out += ',';
    append_json_string(out, batch.column_name(column));
    out += ':';
    append_value(*batch.column(column), row, out);
  }
  out += '}';
}

}  // namespace haul::ingest
