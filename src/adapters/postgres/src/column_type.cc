#include "column_type.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace haul::adapters::postgres {
namespace {

constexpr std::int32_t kHeaderBytes = 4;  // typmod of texts and numbers counts it
constexpr std::int32_t kDigitsMax = 38;

ColumnType of(std::shared_ptr<arrow::DataType> type, ValueKind kind) { return {std::move(type), kind}; }

/// Kept as PostgreSQL writes it, which says so.
ColumnType as_text(std::string note) {
  return {.type = arrow::utf8(), .kind = ValueKind::kOther, .note = std::move(note)};
}

ColumnType text_of_length(const CatalogColumn& column, ValueKind kind, std::string_view word) {
  ColumnType type = of(arrow::utf8(), kind);
  if (column.modifier >= kHeaderBytes)
    type.physical_type = fmt::format("{}({})", word, column.modifier - kHeaderBytes);
  return type;
}

/// numeric(p,s): since version 15 s may be below 0 or above p. 11 bits of the typmod are s, with its sign.
ColumnType numeric(const CatalogColumn& column) {
  constexpr std::int32_t kScaleBits = 0x7ff;
  constexpr std::int32_t kScaleSign = 0x400;
  if (column.modifier < kHeaderBytes) return of(nullptr, ValueKind::kNumber);
  const std::int32_t packed = column.modifier - kHeaderBytes;
  std::int32_t precision = (packed >> 16) & 0xffff;
  std::int32_t scale = ((packed & kScaleBits) ^ kScaleSign) - kScaleSign;
  if (scale < 0) {
    precision -= scale;
    scale = 0;
  }
  precision = std::max(precision, scale);
  if (precision > kDigitsMax) return of(nullptr, ValueKind::kNumber);
  return of(arrow::decimal128(precision, scale), ValueKind::kNumber);
}

struct Known {
  std::string_view name;
  ColumnType (*make)(const CatalogColumn&);
};

constexpr std::array<Known, 24> kKnown{{
    {"bool", [](const CatalogColumn&) { return of(arrow::boolean(), ValueKind::kBoolean); }},
    {"int2", [](const CatalogColumn&) { return of(arrow::int16(), ValueKind::kInteger); }},
    {"int4", [](const CatalogColumn&) { return of(arrow::int32(), ValueKind::kInteger); }},
    {"int8", [](const CatalogColumn&) { return of(arrow::int64(), ValueKind::kInteger); }},
    {"oid", [](const CatalogColumn&) { return of(arrow::int64(), ValueKind::kInteger); }},
    {"float4", [](const CatalogColumn&) { return of(arrow::float32(), ValueKind::kNumber); }},
    {"float8", [](const CatalogColumn&) { return of(arrow::float64(), ValueKind::kNumber); }},
    {"numeric", numeric},
    {"text", [](const CatalogColumn&) { return of(arrow::utf8(), ValueKind::kText); }},
    {"name", [](const CatalogColumn&) { return of(arrow::utf8(), ValueKind::kText); }},
    {"varchar", [](const CatalogColumn& c) { return text_of_length(c, ValueKind::kText, "VARCHAR"); }},
    {"bpchar", [](const CatalogColumn& c) { return text_of_length(c, ValueKind::kPadded, "CHAR"); }},
    {"char", [](const CatalogColumn&) { return of(arrow::utf8(), ValueKind::kOther); }},
    {"date", [](const CatalogColumn&) { return of(arrow::date32(), ValueKind::kDate); }},
    {"timestamp",
     [](const CatalogColumn&) {
       return of(arrow::timestamp(arrow::TimeUnit::MICRO), ValueKind::kLocalTime);
     }},
    {"timestamptz",
     [](const CatalogColumn&) {
       return of(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), ValueKind::kInstant);
     }},
    {"uuid",
     [](const CatalogColumn&) {
       return ColumnType{
           .type = arrow::utf8(), .kind = ValueKind::kOther, .physical_type = "UUID", .is_uuid = true};
     }},
    {"json",
     [](const CatalogColumn&) {
       return ColumnType{.type = arrow::utf8(), .kind = ValueKind::kOther, .physical_type = "JSON"};
     }},
    {"jsonb",
     [](const CatalogColumn&) {
       return ColumnType{.type = arrow::utf8(), .kind = ValueKind::kOther, .physical_type = "JSON"};
     }},
    {"time", [](const CatalogColumn&) { return as_text("a time of day is kept as text, 12:30:00"); }},
    {"timetz", [](const CatalogColumn&) { return as_text("a time of day is kept as text, 12:30:00+00"); }},
    {"interval", [](const CatalogColumn&) { return as_text("an interval is kept as text, 1 day 02:00:00"); }},
    {"bytea",
     [](const CatalogColumn&) {
       return as_text(
           "bytes are kept as the text that COPY writes, \\x00ff; physicalType BLOB takes them as they are");
     }},
    {"money",
     [](const CatalogColumn&) { return as_text("money is kept as text, as the server's locale writes it"); }},
}};

}  // namespace

ColumnType column_type(const CatalogColumn& column) {
  if (column.base_kind == 'e') return of(arrow::utf8(), ValueKind::kEnum);
  if (column.is_array) {
    return as_text(
        fmt::format("{} is kept as the text that COPY writes, {{a,b}}; where rows come as JSON, logicalType "
                    "array is better",
                    column.base_written));
  }
  const auto* const known = std::find_if(kKnown.begin(), kKnown.end(),
                                         [&](const Known& each) { return each.name == column.base_type; });
  if (column.is_builtin && known != kKnown.end()) return known->make(column);
  return as_text(fmt::format("no contract has the type {}: its values are kept as the text that COPY writes",
                             column.base_written));
}

}  // namespace haul::adapters::postgres
