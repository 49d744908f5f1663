#include "schema_json.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "haul/base/check.h"
#include "haul/base/json.h"

namespace haul::adapters {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

constexpr std::string_view kPrivacyKey = "haul.privacy";
constexpr std::string_view kPersonal = "personal";

struct NamedType {
  std::string_view name;
  TypePtr type;
};

const std::array<NamedType, 12>& named_types() {
  static const std::array<NamedType, 12> types = {{
      {"boolean", arrow::boolean()},
      {"byte", arrow::int8()},
      {"short", arrow::int16()},
      {"integer", arrow::int32()},
      {"long", arrow::int64()},
      {"float", arrow::float32()},
      {"double", arrow::float64()},
      {"string", arrow::utf8()},
      {"binary", arrow::binary()},
      {"date", arrow::date32()},
      {"timestamp", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
      {"timestamp_ntz", arrow::timestamp(arrow::TimeUnit::MICRO)},
  }};
  return types;
}

std::string type_json(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DECIMAL128) {
    const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
    return fmt::format("\"decimal({},{})\"", decimal.precision(), decimal.scale());
  }
  if (type.id() == arrow::Type::LIST) {
    const auto& list = static_cast<const arrow::ListType&>(type);
    return fmt::format(R"({{"type":"array","elementType":{},"containsNull":{}}})",
                       type_json(*list.value_type()), list.value_field()->nullable());
  }
  if (type.id() == arrow::Type::STRUCT) {
    std::string fields;
    for (const auto& field : type.fields()) {
      if (!fields.empty()) fields += ',';
      fields += fmt::format(R"({{"name":{},"type":{},"nullable":{},"metadata":{{}}}})",
                            json_string(field->name()), type_json(*field->type()), field->nullable());
    }
    return fmt::format(R"({{"type":"struct","fields":[{}]}})", fields);
  }
  for (const auto& named : named_types()) {
    if (named.type->Equals(type)) return fmt::format("\"{}\"", named.name);
  }
  HAUL_CHECK(false, "a column has one of the types of columnar::Column");
}

/// "decimal(18,2)".
TypePtr parse_decimal(std::string_view text) {
  constexpr std::string_view kStart = "decimal(";
  if (!text.starts_with(kStart)) return nullptr;
  int precision = 0;
  int scale = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + kStart.size(), end, precision);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') return nullptr;
  if (std::from_chars(first.ptr + 1, end, scale).ec != std::errc()) return nullptr;
  return precision <= arrow::Decimal128Type::kMaxPrecision ? arrow::decimal128(precision, scale) : nullptr;
}

TypePtr parse_type(simdjson::dom::element json);

TypePtr parse_struct(simdjson::dom::element json) {
  simdjson::dom::array list;
  if (json["fields"].get(list) != simdjson::SUCCESS) return nullptr;
  arrow::FieldVector fields;
  for (const auto field : list) {
    std::string_view name;
    bool nullable = true;
    simdjson::dom::element type;
    if (field["name"].get(name) != simdjson::SUCCESS ||
        field["nullable"].get(nullable) != simdjson::SUCCESS ||
        field["type"].get(type) != simdjson::SUCCESS) {
      return nullptr;
    }
    auto parsed = parse_type(type);
    if (!parsed) return nullptr;
    fields.push_back(arrow::field(std::string(name), std::move(parsed), nullable));
  }
  return arrow::struct_(std::move(fields));
}

/// Null: no type of ours.
TypePtr parse_type(simdjson::dom::element json) {
  std::string_view name;
  if (json.get(name) == simdjson::SUCCESS) {
    for (const auto& named : named_types()) {
      if (named.name == name) return named.type;
    }
    return parse_decimal(name);
  }
  if (json["type"].get(name) != simdjson::SUCCESS) return nullptr;
  if (name == "struct") return parse_struct(json);
  simdjson::dom::element element;
  bool contains_null = true;
  if (name != "array" || json["elementType"].get(element) != simdjson::SUCCESS ||
      json["containsNull"].get(contains_null) != simdjson::SUCCESS) {
    return nullptr;
  }
  auto type = parse_type(element);
  return type ? arrow::list(arrow::field("item", std::move(type), contains_null)) : nullptr;
}

Result<columnar::Column> parse_field(simdjson::dom::element field) {
  std::string_view name;
  bool nullable = true;
  simdjson::dom::element type;
  if (field["name"].get(name) != simdjson::SUCCESS || field["nullable"].get(nullable) != simdjson::SUCCESS ||
      field["type"].get(type) != simdjson::SUCCESS) {
    return fail(ErrorCode::kCorrupt, "a field of the Delta schema lacks its name, type or nullability");
  }
  columnar::Column column;
  column.name = name;
  column.type = parse_type(type);
  if (!column.type) {
    return fail(ErrorCode::kInvalidInput, fmt::format("column {} has the type {}, which is not supported",
                                                      name, simdjson::minify(type)));
  }
  column.presence = nullable ? columnar::Presence::kOptional : columnar::Presence::kRequired;
  std::string_view privacy;
  if (field["metadata"][kPrivacyKey].get(privacy) == simdjson::SUCCESS && privacy == kPersonal) {
    column.privacy = columnar::Privacy::kPersonal;
  }
  return column;
}

}  // namespace

std::string field_json(const columnar::Column& column) {
  const std::string metadata = column.privacy == columnar::Privacy::kPersonal
                                   ? fmt::format(R"({{"{}":"{}"}})", kPrivacyKey, kPersonal)
                                   : std::string("{}");
  return fmt::format(R"({{"name":{},"type":{},"nullable":{},"metadata":{}}})", json_string(column.name),
                     type_json(*column.type), column.presence == columnar::Presence::kOptional, metadata);
}

std::string schema_json(const columnar::Schema& schema) {
  std::string fields;
  for (const auto& column : schema.columns) {
    if (!fields.empty()) fields += ',';
    fields += field_json(column);
  }
  return fmt::format(R"({{"type":"struct","fields":[{}]}})", fields);
}

Result<columnar::Schema> parse_schema(simdjson::dom::element schema) {
  simdjson::dom::array fields;
  if (schema["fields"].get(fields) != simdjson::SUCCESS) {
    return fail(ErrorCode::kCorrupt, "the Delta schema has no fields");
  }
  columnar::Schema parsed;
  for (const auto field : fields) {
    HAUL_TRY(column, parse_field(field));
    parsed.columns.push_back(std::move(column));
  }
  return parsed;
}

}  // namespace haul::adapters
