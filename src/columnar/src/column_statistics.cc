#include "column_statistics.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api_aggregate.h>
#include <arrow/compute/cast.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/scalar.h>
#include <arrow/type_traits.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "haul/columnar/arrow_error.h"

namespace haul::columnar {
namespace {

constexpr std::size_t kBoundCharacters = 32;
constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kAfterSurrogates = 0xE000;

/// Whether Delta keeps min and max of a column of this type.
bool has_bounds(const arrow::DataType& type) {
  return type.id() != arrow::Type::BOOL && type.id() != arrow::Type::BINARY && !arrow::is_nested(type.id());
}

/// Smallest and largest value of a column of one batch; null where it holds none but NaN.
struct Bounds {
  std::shared_ptr<arrow::Scalar> min = nullptr;
  std::shared_ptr<arrow::Scalar> max = nullptr;
  bool has_nan = false;
};

template <class ArrayType, class ScalarType>
Bounds bounds_of_floats(const arrow::Array& array) {
  const auto& values = static_cast<const ArrayType&>(array);
  using Value = typename ArrayType::value_type;
  Value min = std::numeric_limits<Value>::infinity();
  Value max = -min;
  bool has_nan = false;
  const bool has_nulls = values.null_count() > 0;
  for (std::int64_t row = 0; row < values.length(); ++row) {
    if (has_nulls && values.IsNull(row)) continue;
    const Value value = values.Value(row);
    min = value < min ? value : min;  // never of NaN
    max = value > max ? value : max;
    has_nan = has_nan || std::isnan(value);
  }
  if (min > max) return {.has_nan = has_nan};
  return {std::make_shared<ScalarType>(min), std::make_shared<ScalarType>(max), has_nan};
}

/// The first eight bytes of a text, so that the order of these numbers is the order of texts that differ
/// there.
std::uint64_t prefix_of(std::string_view text) {
  std::uint64_t prefix = 0;
  if (!text.empty()) std::memcpy(&prefix, text.data(), std::min(text.size(), sizeof prefix));
  return std::endian::native == std::endian::little ? __builtin_bswap64(prefix) : prefix;
}

/// Of texts, bytewise. `array` has a value that is not null.
Bounds bounds_of_texts(const arrow::Array& array) {
  const auto& texts = static_cast<const arrow::StringArray&>(array);
  const bool has_nulls = texts.null_count() > 0;
  std::int64_t row = 0;
  while (texts.IsNull(row)) ++row;
  std::string_view min = texts.GetView(row);
  std::string_view max = min;
  std::uint64_t min_prefix = prefix_of(min);
  std::uint64_t max_prefix = min_prefix;
  for (++row; row < texts.length(); ++row) {
    if (has_nulls && texts.IsNull(row)) continue;
    const std::string_view text = texts.GetView(row);
    const std::uint64_t prefix = prefix_of(text);
    if (prefix < min_prefix || (prefix == min_prefix && text < min)) {
      min = text;
      min_prefix = prefix;
    }
    if (prefix > max_prefix || (prefix == max_prefix && text > max)) {
      max = text;
      max_prefix = prefix;
    }
  }
  return {std::make_shared<arrow::StringScalar>(std::string(min)),
          std::make_shared<arrow::StringScalar>(std::string(max))};
}

/// `values` has a value that is not null, and is of a type that has bounds. Arrow's kernel serves all types
/// but those that it compares one by one through calls.
arrow::Result<Bounds> bounds_of(const std::shared_ptr<arrow::Array>& values) {
  switch (values->type_id()) {
    case arrow::Type::DOUBLE:
      return bounds_of_floats<arrow::DoubleArray, arrow::DoubleScalar>(*values);
    case arrow::Type::FLOAT:
      return bounds_of_floats<arrow::FloatArray, arrow::FloatScalar>(*values);
    case arrow::Type::STRING:
      return bounds_of_texts(*values);
    default:
      break;
  }
  ARROW_ASSIGN_OR_RAISE(const arrow::Datum found, arrow::compute::MinMax(arrow::Datum(values)));
  const auto& bounds = found.scalar_as<arrow::StructScalar>().value;
  return Bounds{bounds[0], bounds[1]};
}

/// Bytes of the code point that starts with `lead`. Text is valid UTF-8 (the decoders see to it).
std::size_t width_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

char32_t code_point_of(std::string_view bytes) {
  constexpr unsigned char kLeadMasks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = static_cast<unsigned char>(bytes.front()) & kLeadMasks[bytes.size()];
  for (const char byte : bytes.substr(1)) point = (point << 6) | (static_cast<unsigned char>(byte) & 0x3F);
  return point;
}

void append_utf8(char32_t point, std::string& text) {
  const auto byte = [&text](char32_t bits) { text.push_back(static_cast<char>(bits)); };
  if (point < 0x80) {
    byte(point);
    return;
  }
  if (point < 0x800) {
    byte(0xC0 | (point >> 6));
  } else if (point < 0x10000) {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
  } else {
    byte(0xF0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3F));
    byte(0x80 | ((point >> 6) & 0x3F));
  }
  byte(0x80 | (point & 0x3F));
}

std::string text_of(const arrow::Scalar& scalar) {
  return static_cast<const arrow::StringScalar&>(scalar).value->ToString();
}

void cut_bounds(ColumnStatistics& statistics) {
  if (!statistics.min || statistics.min->type->id() != arrow::Type::STRING) return;
  statistics.min =
      std::make_shared<arrow::StringScalar>(cut_down(text_of(*statistics.min), kBoundCharacters));
  const auto max = cut_up(text_of(*statistics.max), kBoundCharacters);
  statistics.max = max ? std::make_shared<arrow::StringScalar>(*max) : nullptr;
}

/// Makes the bounds of `statistics` wide enough for `min` and `max`. One kernel does for every type that has
/// bounds.
Result<void> widen(ColumnStatistics& statistics, const std::shared_ptr<arrow::Scalar>& min,
                   const std::shared_ptr<arrow::Scalar>& max) {
  if (!statistics.min) {
    statistics.min = min;
    statistics.max = max;
    return {};
  }
  const auto found = [&]() -> arrow::Result<arrow::Datum> {
    ARROW_ASSIGN_OR_RAISE(const auto builder, arrow::MakeBuilder(min->type));
    ARROW_RETURN_NOT_OK(builder->AppendScalars({statistics.min, statistics.max, min, max}));
    ARROW_ASSIGN_OR_RAISE(const auto all, builder->Finish());
    return arrow::compute::MinMax(arrow::Datum(all));
  }();
  if (!found.ok()) return fail(to_error(found.status(), "statistics of column `" + statistics.name + "`"));
  const auto& bounds = found->scalar_as<arrow::StructScalar>().value;
  statistics.min = bounds[0];
  statistics.max = bounds[1];
  return {};
}

/// The values of a column that may be a dictionary. Where every row is the one value of the dictionary, that
/// is enough for the bounds.
Result<std::shared_ptr<arrow::Array>> values_of(const std::shared_ptr<arrow::Array>& column) {
  if (column->type_id() != arrow::Type::DICTIONARY) return column;
  const auto& encoded = static_cast<const arrow::DictionaryArray&>(*column);
  if (encoded.dictionary()->length() == 1) return encoded.dictionary();
  auto values = arrow::compute::Cast(*column, encoded.dictionary()->type());
  if (!values.ok()) return fail(to_error(values.status(), "decode a dictionary"));
  return *std::move(values);
}

}  // namespace

std::string cut_down(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  for (std::size_t count = 0; count < characters && end < text.size(); ++count) end += width_of(text[end]);
  return std::string(text.substr(0, end));
}

std::optional<std::string> cut_up(std::string_view text, std::size_t characters) {
  std::string kept = cut_down(text, characters);
  if (kept.size() == text.size()) return kept;
  while (!kept.empty()) {
    std::size_t last = kept.size() - 1;
    while ((static_cast<unsigned char>(kept[last]) & 0xC0) == 0x80) --last;
    char32_t point = code_point_of(std::string_view(kept).substr(last));
    kept.resize(last);
    if (point == kLastCodePoint) continue;  // nothing above it: raise the one before
    ++point;
    append_utf8(point == kFirstSurrogate ? kAfterSurrogates : point, kept);
    return kept;
  }
  return std::nullopt;
}

StatisticsCollector::StatisticsCollector(const Schema& schema) {
  for (std::size_t index = 0; index < schema.columns.size(); ++index) {
    const Column& column = schema.columns[index];
    if (column.privacy == Privacy::kPersonal || column.type->id() == arrow::Type::STRUCT) continue;
    Entry entry;
    entry.column = static_cast<int>(index);
    entry.seen.name = column.name;
    entries_.push_back(std::move(entry));
  }
}

Result<void> StatisticsCollector::add(const arrow::RecordBatch& batch) {
  rows_ += batch.num_rows();
  for (Entry& entry : entries_) {
    const auto& column = batch.column(entry.column);
    entry.seen.null_count += column->null_count();
    if (column->null_count() == column->length()) continue;
    HAUL_TRY(values, values_of(column));
    if (!has_bounds(*values->type())) continue;
    const auto found = bounds_of(values);
    if (!found.ok()) return fail(to_error(found.status(), "statistics of column `" + entry.seen.name + "`"));
    entry.has_nan = entry.has_nan || found->has_nan;
    if (found->min == nullptr) continue;
    HAUL_TRY_VOID(widen(entry.seen, found->min, found->max));
  }
  return {};
}

Result<FileStatistics> StatisticsCollector::finish() const {
  FileStatistics result{.rows = rows_, .columns = {}};
  for (const Entry& entry : entries_) {
    ColumnStatistics statistics = entry.seen;
    cut_bounds(statistics);
    if (entry.has_nan) statistics.max = nullptr;
    result.columns.push_back(std::move(statistics));
  }
  return result;
}

}  // namespace haul::columnar
