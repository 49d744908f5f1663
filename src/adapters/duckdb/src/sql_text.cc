#include "sql_text.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include "haul/base/sql_words.h"

namespace haul::adapters::duckdb {
namespace {

Result<std::string> struct_type(const arrow::StructType& type) {
  std::string out = "STRUCT(";
  for (const auto& field : type.fields()) {
    HAUL_TRY(child, sql_type(*field->type()));
    if (out.back() != '(') out += ", ";
    out += quoted_name(field->name()) + " " + child;
  }
  return out + ")";
}

Result<std::string> timestamp_type(const arrow::TimestampType& type) {
  if (type.unit() != arrow::TimeUnit::MICRO) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("no column has type {}: times are microseconds", type.ToString()));
  }
  return std::string(type.timezone().empty() ? "TIMESTAMP" : "TIMESTAMP WITH TIME ZONE");
}

}  // namespace

Result<std::string> sql_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return std::string("BOOLEAN");
    case arrow::Type::INT8:
      return std::string("TINYINT");
    case arrow::Type::INT16:
      return std::string("SMALLINT");
    case arrow::Type::INT32:
      return std::string("INTEGER");
    case arrow::Type::INT64:
      return std::string("BIGINT");
    case arrow::Type::FLOAT:
      return std::string("FLOAT");
    case arrow::Type::DOUBLE:
      return std::string("DOUBLE");
    case arrow::Type::STRING:
      return std::string("VARCHAR");
    case arrow::Type::BINARY:
      return std::string("BLOB");
    case arrow::Type::DATE32:
      return std::string("DATE");
    case arrow::Type::TIMESTAMP:
      return timestamp_type(static_cast<const arrow::TimestampType&>(type));
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return fmt::format("DECIMAL({}, {})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::LIST: {
      HAUL_TRY(element, sql_type(*static_cast<const arrow::ListType&>(type).value_type()));
      return element + "[]";
    }
    case arrow::Type::STRUCT:
      return struct_type(static_cast<const arrow::StructType&>(type));
    default:
      return fail(ErrorCode::kInvalidInput, fmt::format("no column has type {}", type.ToString()));
  }
}

}  // namespace haul::adapters::duckdb
