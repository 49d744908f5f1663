#include "haul/columnar/schema.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace haul::columnar {
namespace {

constexpr const char* kPrivacyKey = "haul.privacy";
constexpr const char* kPersonalValue = "personal";

bool is_supported(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::DATE32:
    case arrow::Type::DECIMAL128:
      return true;
    case arrow::Type::TIMESTAMP: {
      const auto& time = static_cast<const arrow::TimestampType&>(type);
      return time.unit() == arrow::TimeUnit::MICRO && (time.timezone().empty() || time.timezone() == "UTC");
    }
    case arrow::Type::LIST:
    case arrow::Type::STRUCT:
      return std::all_of(type.fields().begin(), type.fields().end(),
                         [](const auto& field) { return is_supported(*field->type()); });
    default:
      return false;
  }
}

std::string folded(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool is_personal(const arrow::Field& field) {
  return field.HasMetadata() && field.metadata()->Get(kPrivacyKey).ValueOr("") == kPersonalValue;
}

}  // namespace

std::optional<std::size_t> Schema::find(std::string_view name) const {
  const auto at = std::find_if(columns.begin(), columns.end(),
                               [name](const Column& column) { return column.name == name; });
  if (at == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(at - columns.begin());
}

std::shared_ptr<arrow::Schema> to_arrow(const Schema& schema) {
  arrow::FieldVector fields;
  fields.reserve(schema.columns.size());
  for (const Column& column : schema.columns) {
    auto metadata = column.privacy == Privacy::kPersonal
                        ? arrow::key_value_metadata({{kPrivacyKey, kPersonalValue}})
                        : nullptr;
    fields.push_back(
        arrow::field(column.name, column.type, column.presence == Presence::kOptional, std::move(metadata)));
  }
  return arrow::schema(std::move(fields));
}

bool holds(const arrow::DataType& type, const arrow::DataType& wanted) {
  if (type.id() != arrow::Type::DICTIONARY) return type.Equals(wanted);
  return static_cast<const arrow::DictionaryType&>(type).value_type()->Equals(wanted);
}

Result<Schema> from_arrow(const arrow::Schema& schema) {
  Schema result;
  std::set<std::string> seen;
  for (const auto& field : schema.fields()) {
    if (!is_supported(*field->type())) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("column `{}` has the type {}, which a dataset cannot hold", field->name(),
                              field->type()->ToString()));
    }
    if (!seen.insert(folded(field->name())).second) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("column `{}` is there twice (names are compared without regard to case)",
                              field->name()));
    }
    result.columns.push_back({.name = field->name(),
                              .type = field->type(),
                              .presence = field->nullable() ? Presence::kOptional : Presence::kRequired,
                              .privacy = is_personal(*field) ? Privacy::kPersonal : Privacy::kOpen});
  }
  return result;
}

}  // namespace haul::columnar
