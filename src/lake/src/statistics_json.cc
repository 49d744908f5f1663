#include "statistics_json.h"

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "haul/base/json.h"
#include "haul/base/time.h"

namespace haul::lake {
namespace {

std::optional<std::string> number(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return fmt::format("{}", value);
}

/// Which end of a column's values: what is cut from a bound may only widen it.
enum class Bound : std::uint8_t { kLow, kHigh };

/// Whole milliseconds, which is what Delta writers keep of a bound.
std::string timestamp(const arrow::TimestampScalar& scalar, Bound bound) {
  using std::chrono::milliseconds;
  const Micros exact{scalar.value};
  const auto whole =
      bound == Bound::kLow ? std::chrono::floor<milliseconds>(exact) : std::chrono::ceil<milliseconds>(exact);
  std::string text = format_utc(whole);
  const bool has_zone = !static_cast<const arrow::TimestampType&>(*scalar.type).timezone().empty();
  if (!has_zone) text.pop_back();  // the Z
  return json_string(text);
}

std::string date(const arrow::Date32Scalar& scalar) {
  const std::string text = format_utc(std::chrono::hours{24} * std::int64_t{scalar.value});
  return json_string(std::string_view(text).substr(0, text.find('T')));
}

/// The value as JSON; nothing where Delta keeps no bound of it.
std::optional<std::string> json_of(const std::shared_ptr<arrow::Scalar>& scalar, Bound bound) {
  if (!scalar || !scalar->is_valid) return std::nullopt;
  switch (scalar->type->id()) {
    case arrow::Type::INT8:
      return fmt::format("{}", static_cast<const arrow::Int8Scalar&>(*scalar).value);
    case arrow::Type::INT16:
      return fmt::format("{}", static_cast<const arrow::Int16Scalar&>(*scalar).value);
    case arrow::Type::INT32:
      return fmt::format("{}", static_cast<const arrow::Int32Scalar&>(*scalar).value);
    case arrow::Type::INT64:
      return fmt::format("{}", static_cast<const arrow::Int64Scalar&>(*scalar).value);
    case arrow::Type::FLOAT:
      return number(static_cast<double>(static_cast<const arrow::FloatScalar&>(*scalar).value));
    case arrow::Type::DOUBLE:
      return number(static_cast<const arrow::DoubleScalar&>(*scalar).value);
    case arrow::Type::STRING:
      return json_string(static_cast<const arrow::StringScalar&>(*scalar).view());
    case arrow::Type::DATE32:
      return date(static_cast<const arrow::Date32Scalar&>(*scalar));
    case arrow::Type::TIMESTAMP:
      return timestamp(static_cast<const arrow::TimestampScalar&>(*scalar), bound);
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Scalar&>(*scalar);
      return decimal.value.ToString(static_cast<const arrow::Decimal128Type&>(*decimal.type).scale());
    }
    default:
      return std::nullopt;
  }
}

/// Appends `"name":value` after a comma where it is not the first.
void append_member(std::string& object, std::string_view name, std::string_view value) {
  if (!object.empty()) object += ',';
  append_json_string(object, name);
  object += ':';
  object += value;
}

}  // namespace

std::string statistics_json(const columnar::FileStatistics& statistics) {
  std::string low;
  std::string high;
  std::string nulls;
  for (const auto& column : statistics.columns) {
    if (const auto value = json_of(column.min, Bound::kLow)) append_member(low, column.name, *value);
    if (const auto value = json_of(column.max, Bound::kHigh)) append_member(high, column.name, *value);
    append_member(nulls, column.name, fmt::format("{}", column.null_count));
  }
  return fmt::format(R"({{"numRecords":{},"minValues":{{{}}},"maxValues":{{{}}},"nullCount":{{{}}}}})",
                     statistics.rows, low, high, nulls);
}

}  // namespace haul::lake
