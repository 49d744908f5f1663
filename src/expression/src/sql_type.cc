#include "sql_type.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <array>

#include "identifier.h"

namespace haul::expression {
namespace {

struct TypeName {
  TypeId id;
  std::string_view name;
  int bytes;
};

constexpr std::array kNames{
    TypeName{TypeId::kNull, "NULL", 0},
    TypeName{TypeId::kBoolean, "BOOLEAN", 0},
    TypeName{TypeId::kTinyInt, "TINYINT", 1},
    TypeName{TypeId::kSmallInt, "SMALLINT", 2},
    TypeName{TypeId::kInteger, "INTEGER", 4},
    TypeName{TypeId::kBigInt, "BIGINT", 8},
    TypeName{TypeId::kHugeInt, "HUGEINT", 16},
    TypeName{TypeId::kFloat, "FLOAT", 4},
    TypeName{TypeId::kDouble, "DOUBLE", 8},
    TypeName{TypeId::kDecimal, "DECIMAL", 16},
    TypeName{TypeId::kVarchar, "VARCHAR", 0},
    TypeName{TypeId::kBlob, "BLOB", 0},
    TypeName{TypeId::kDate, "DATE", 4},
    TypeName{TypeId::kTimestamp, "TIMESTAMP", 8},
    TypeName{TypeId::kTimestampTz, "TIMESTAMP WITH TIME ZONE", 8},
    TypeName{TypeId::kInterval, "INTERVAL", 16},
    TypeName{TypeId::kNested, "LIST or STRUCT", 0},
};

const TypeName& entry(TypeId id) { return kNames.at(static_cast<std::size_t>(id)); }

SqlType from_timestamp(const arrow::TimestampType& type) {
  if (type.unit() != arrow::TimeUnit::MICRO) return {TypeId::kNested};
  if (type.timezone().empty()) return {TypeId::kTimestamp};
  return {type.timezone() == "UTC" ? TypeId::kTimestampTz : TypeId::kNested};
}

}  // namespace

std::string_view to_string(TypeId id) { return entry(id).name; }

int byte_width(TypeId id) { return entry(id).bytes; }

std::string to_string(SqlType type) {
  if (type.id == TypeId::kDecimal) return fmt::format("DECIMAL({},{})", type.width, type.scale);
  return std::string(to_string(type.id));
}

SqlType parse_type(std::string_view id, int width, int scale) {
  for (const auto& known : kNames) {
    if (known.name != id) continue;
    if (known.id != TypeId::kDecimal) return {known.id};
    return {TypeId::kDecimal, static_cast<std::uint8_t>(width), static_cast<std::uint8_t>(scale)};
  }
  if (id == "STRING_LITERAL") return {TypeId::kVarchar};
  return {TypeId::kNested};
}

SqlType from_arrow(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return {TypeId::kBoolean};
    case arrow::Type::INT8:
      return {TypeId::kTinyInt};
    case arrow::Type::INT16:
      return {TypeId::kSmallInt};
    case arrow::Type::INT32:
      return {TypeId::kInteger};
    case arrow::Type::INT64:
      return {TypeId::kBigInt};
    case arrow::Type::FLOAT:
      return {TypeId::kFloat};
    case arrow::Type::DOUBLE:
      return {TypeId::kDouble};
    case arrow::Type::STRING:
      return {TypeId::kVarchar};
    case arrow::Type::BINARY:
      return {TypeId::kBlob};
    case arrow::Type::DATE32:
      return {TypeId::kDate};
    case arrow::Type::TIMESTAMP:
      return from_timestamp(static_cast<const arrow::TimestampType&>(type));
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return parse_type("DECIMAL", decimal.precision(), decimal.scale());
    }
    default:
      return {TypeId::kNested};
  }
}

std::shared_ptr<arrow::DataType> to_arrow(SqlType type) {
  switch (type.id) {
    case TypeId::kBoolean:
      return arrow::boolean();
    case TypeId::kTinyInt:
      return arrow::int8();
    case TypeId::kSmallInt:
      return arrow::int16();
    case TypeId::kInteger:
      return arrow::int32();
    case TypeId::kBigInt:
      return arrow::int64();
    case TypeId::kFloat:
      return arrow::float32();
    case TypeId::kDouble:
      return arrow::float64();
    case TypeId::kDecimal:
      return arrow::decimal128(type.width, type.scale);
    case TypeId::kVarchar:
      return arrow::utf8();
    case TypeId::kBlob:
      return arrow::binary();
    case TypeId::kDate:
      return arrow::date32();
    case TypeId::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeId::kTimestampTz:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeId::kHugeInt:
    case TypeId::kInterval:
      return arrow::fixed_size_binary(16);
    case TypeId::kNull:
    case TypeId::kNested:
      return arrow::null();
  }
  return arrow::null();
}

std::string sql_name(const arrow::DataType& type) {
  const SqlType flat = from_arrow(type);
  if (flat.id != TypeId::kNested) return to_string(flat);
  if (type.id() == arrow::Type::LIST) {
    const std::string element = sql_name(*static_cast<const arrow::ListType&>(type).value_type());
    return element.empty() ? "" : element + "[]";
  }
  if (type.id() != arrow::Type::STRUCT || type.num_fields() == 0) return "";
  std::string fields;
  for (const auto& field : type.fields()) {
    const std::string name = sql_name(*field->type());
    if (name.empty()) return "";
    fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", quote_identifier(field->name()), name);
  }
  return fmt::format("STRUCT({})", fields);
}

}  // namespace haul::expression
