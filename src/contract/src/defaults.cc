#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "literal.h"
#include "reading.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

constexpr std::array<std::string_view, 1> kColumnProperties{"default"};
constexpr std::array<std::string_view, 1> kObjectProperties{"versionColumn"};

bool fits_width(std::int64_t value, const arrow::DataType& type) {
  const int bits = type.byte_width() * 8;
  if (bits == 64) return true;
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return value >= -limit && value < limit;
}

/// At most so many digits before and behind the point as the type keeps.
bool fits_digits(std::string_view number, const arrow::DecimalType& type) {
  number.remove_prefix(std::min(number.find_first_not_of("-+0"), number.size()));
  if (number.find_first_of("eE") != std::string_view::npos) return false;
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::size_t fraction = number.size() - std::min(point + 1, number.size());
  return static_cast<std::int32_t>(fraction) <= type.scale() &&
         static_cast<std::int32_t>(point) <= type.precision() - type.scale();
}

bool fits(const YamlNode& value, const arrow::DataType& type) {
  if (arrow::is_integer(type.id())) return fits_width(value.as_integer().value_or(INT64_MAX), type);
  if (arrow::is_decimal(type.id())) {
    return fits_digits(value.text(), static_cast<const arrow::DecimalType&>(type));
  }
  return true;
}

}  // namespace

void read_default(Reading& reading, Object& object, const YamlNode& node) {
  refuse_misspelt_properties(reading, node, kColumnProperties);
  const auto value = custom_property(node, "default");
  if (!value) return;
  const columnar::Column& column = object.schema.columns.back();
  if (value->kind() == YamlNode::Kind::kNull) {
    if (column.presence == columnar::Presence::kRequired) {
      reading.problems.add(
          *value, fmt::format("`{}` is required and its default is null; write a value", column.name));
    }
    return;
  }
  if (arrow::is_nested(column.type->id()) || column.type->id() == arrow::Type::BINARY) {
    reading.problems.add(*value, fmt::format("{} has no default; only single values have, but binary",
                                             describe_type(*column.type)));
    return;
  }
  const auto literal = sql_literal(*value, *column.type, "the default", reading.problems);
  if (!literal) return;
  if (!fits(*value, *column.type)) {
    reading.problems.add(*value, fmt::format("the default {} does not fit {}; write a value that does",
                                             value->text(), describe_type(*column.type)));
    return;
  }
  const bool has_plain_literal =
      column.type->id() == arrow::Type::BOOL || arrow::is_integer(column.type->id());
  object.defaults.emplace(column.name, has_plain_literal ? *literal : std::string(value->text()));
}

void read_version_column(Reading& reading, Object& object, const YamlNode& node) {
  refuse_misspelt_properties(reading, node, kObjectProperties);
  const auto value = custom_property(node, "versionColumn");
  if (!value) return;
  const std::string name(value->kind() == YamlNode::Kind::kScalar ? value->text() : std::string_view());
  const auto place = object.schema.find(name);
  if (!place || object.schema.columns[*place].name != name) {
    if (reading.broken_columns.contains(object.name + "." + name)) return;
    reading.problems.add(*value, fmt::format("versionColumn names `{}`, which is no column of {}; name one",
                                             name, object.name));
    return;
  }
  const auto type = object.schema.columns[*place].type->id();
  if (!arrow::is_integer(type) && type != arrow::Type::TIMESTAMP && type != arrow::Type::DATE32) {
    reading.problems.add(*value, fmt::format("versionColumn `{}` is {}; name a column of whole numbers, "
                                             "dates or times",
                                             name, describe_type(*object.schema.columns[*place].type)));
    return;
  }
  if (std::find(object.primary_key.begin(), object.primary_key.end(), name) != object.primary_key.end()) {
    reading.problems.add(*value, fmt::format("versionColumn `{}` is part of the key, so that no row of a key "
                                             "is newer than another; name another column",
                                             name));
    return;
  }
  object.version_column = name;
}

}  // namespace haul::contract
