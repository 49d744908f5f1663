#include "literal.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <cmath>

#include "haul/base/sql_words.h"
#include "haul/base/time.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

using ScalarType = YamlNode::ScalarType;

bool is_text(const YamlNode& value) {
  return value.kind() == YamlNode::Kind::kScalar && value.scalar_type() == ScalarType::kText;
}

std::nullopt_t refuse(const YamlNode& value, std::string_view what, std::string_view wanted,
                      std::string_view advice, Problems& problems) {
  problems.add(value, fmt::format("{} is {}, the column is {}; {}", what, value.describe(), wanted, advice));
  return std::nullopt;
}

std::optional<Bound> number(const YamlNode& value, const arrow::DataType& type, std::string_view what,
                            Problems& problems) {
  const auto number = value.as_number();
  if (!number) return refuse(value, what, describe_type(type), "write a number", problems);
  constexpr double kWholeMax = 9.2e18;
  const bool whole = std::floor(*number) == *number && std::abs(*number) < kWholeMax;
  if (const auto integer = value.as_integer()) return Bound{std::to_string(*integer), *number};
  if (whole) return Bound{std::to_string(static_cast<std::int64_t>(*number)), *number};
  if (arrow::is_integer(type.id()))
    return refuse(value, what, "of whole numbers", "write a whole number", problems);
  return Bound{fmt::format("{}", *number), *number};
}

std::optional<Bound> time(const YamlNode& value, const arrow::DataType& type, std::string_view what,
                          Problems& problems) {
  constexpr std::size_t kDateLength = 10;
  const bool is_date = type.id() == arrow::Type::DATE32;
  const auto micros = is_text(value) ? parse_utc(value.text()) : fail(ErrorCode::kInvalidInput, "");
  if (!micros || (is_date && value.text().size() != kDateLength)) {
    return refuse(value, what, describe_type(type),
                  is_date ? "write '2013-01-31'" : "write '2013-01-31T12:00:00Z'", problems);
  }
  const auto order = static_cast<double>(micros->count());
  if (is_date) return Bound{fmt::format("DATE {}", quoted_text(value.text())), order};
  std::string text = format_utc(*micros);
  const bool is_utc = !static_cast<const arrow::TimestampType&>(type).timezone().empty();
  if (is_utc) return Bound{fmt::format("TIMESTAMPTZ {}", quoted_text(text)), order};
  const bool has_zone = value.text().find_first_of("Zz+", kDateLength) != std::string_view::npos ||
                        value.text().find('-', kDateLength) != std::string_view::npos;
  if (has_zone) return refuse(value, what, "without a zone", "remove the zone from the value", problems);
  text.pop_back();  // the Z
  return Bound{fmt::format("TIMESTAMP {}", quoted_text(text)), order};
}

}  // namespace

std::optional<Bound> read_bound(const YamlNode& value, const arrow::DataType& type, std::string_view what,
                                Problems& problems) {
  if (type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP)
    return time(value, type, what, problems);
  return number(value, type, what, problems);
}

std::optional<std::string> sql_literal(const YamlNode& value, const arrow::DataType& type,
                                       std::string_view what, Problems& problems) {
  switch (type.id()) {
    case arrow::Type::STRING:
      if (is_text(value)) return quoted_text(value.text());
      return refuse(value, what, "text",
                    value.kind() == YamlNode::Kind::kScalar
                        ? fmt::format("write it in quotes: '{}'", value.text())
                        : std::string("write a text"),
                    problems);
    case arrow::Type::BOOL:
      if (const auto flag = value.as_boolean()) return std::string(*flag ? "true" : "false");
      return refuse(value, what, "boolean", "write true or false", problems);
    case arrow::Type::BINARY:
    case arrow::Type::LIST:
    case arrow::Type::STRUCT:
      return refuse(value, what, describe_type(type), "values can be listed for single values only",
                    problems);
    default: {
      const auto bound = read_bound(value, type, what, problems);
      return bound ? std::optional(bound->sql) : std::nullopt;
    }
  }
}

}  // namespace haul::contract
