#include "stored_type.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "physical_type.h"

namespace haul::contract {
namespace {

using Family = PhysicalFamily;
constexpr std::string_view kOptions = "logicalTypeOptions";

/// One column's type on its way.
class TypeReader {
 public:
  TypeReader(Reading& reading, const YamlNode& node, const std::string& path)
      : reading_(reading), node_(node), path_(path) {
    if (const auto text = text_at(node, "physicalType")) physical_ = read_physical_type(*text);
  }

  std::optional<StoredType> read() {
    const auto logical = text_at(node_, "logicalType");
    if (!logical) return std::nullopt;  // reported with the shape
    if (physical_.family == Family::kUnknown && node_.find("physicalType")) note_unknown_physical_type();
    if (logical == "string") return string();
    if (logical == "integer") return integer();
    if (logical == "number") return number();
    if (logical == "boolean") return simple(Family::kBoolean, arrow::boolean(), "BOOLEAN");
    if (logical == "date") return date();
    if (logical == "timestamp") return timestamp();
    if (logical == "array") return array();
    if (logical == "object") return object();
    if (logical == "time")
      return refuse("a time of day is not kept; use string with a pattern, or timestamp");
    if (logical == "vector")
      return refuse("a vector is not kept; use array with items of logicalType number");
    if (logical == "map")
      return refuse("a map is not kept; use object, or array of objects with key and value");
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<YamlNode> options() const { return node_.find(kOptions); }

  [[nodiscard]] std::optional<std::string> format() const {
    const auto found = options();
    return found ? text_at(*found, "format") : std::nullopt;
  }

  std::nullopt_t refuse(std::string message, std::string_view key = "logicalType") {
    reading_.problems.add(node_.find(key).value_or(node_), std::move(message));
    return std::nullopt;
  }

  std::nullopt_t disagree(std::string_view advice) {
    return refuse(fmt::format("physicalType {} does not hold a logicalType {}; {}",
                              *text_at(node_, "physicalType"), *text_at(node_, "logicalType"), advice),
                  "physicalType");
  }

  void note_unknown_physical_type() {
    reading_.not_enforced(*node_.find("physicalType"),
                          fmt::format("{}: physicalType {}", path_, node_.find("physicalType")->text()),
                          "not a type of docs/contracts.md; the column is kept by its logicalType");
  }

  std::optional<StoredType> simple(Family family, std::shared_ptr<arrow::DataType> type,
                                   std::string_view advice) {
    if (physical_.family != Family::kUnknown && physical_.family != family) {
      return disagree(fmt::format("write physicalType {}", advice));
    }
    return StoredType{std::move(type), std::nullopt};
  }

  std::optional<StoredType> string() {
    if (physical_.family == Family::kBinary) return StoredType{arrow::binary(), std::nullopt};
    auto stored = simple(Family::kText, arrow::utf8(), "VARCHAR, or BLOB for bytes");
    if (stored && !physical_.arguments.empty()) stored->length = physical_.arguments.front();
    return stored;
  }

  std::optional<StoredType> integer() {
    struct Integer {
      std::string_view format;
      Family family;
      std::shared_ptr<arrow::DataType> type;
    };
    const std::array<Integer, 7> known{{{"i8", Family::kInt8, arrow::int8()},
                                        {"i16", Family::kInt16, arrow::int16()},
                                        {"i32", Family::kInt32, arrow::int32()},
                                        {"i64", Family::kInt64, arrow::int64()},
                                        {"u8", Family::kInt16, arrow::int16()},
                                        {"u16", Family::kInt32, arrow::int32()},
                                        {"u32", Family::kInt64, arrow::int64()}}};
    const auto wanted = format();
    if (wanted == "u64" || wanted == "i128" || wanted == "u128") {
      reading_.problems.add(
          *options()->find("format"),
          fmt::format("format {} has no type in the tables; use i64, or physicalType DECIMAL(38,0)",
                      *wanted));
      return std::nullopt;
    }
    if (physical_.family == Family::kDecimal && !wanted) {
      const auto stored = decimal();
      if (stored && static_cast<const arrow::DecimalType&>(*stored->type).scale() != 0) {
        return disagree("write DECIMAL(p,0), or logicalType number");
      }
      return stored;
    }
    const auto holds = [&](const Integer& each) { return each.family == physical_.family; };
    const bool is_integer_type = std::any_of(known.begin(), known.end(), holds);
    if (physical_.family != Family::kUnknown && !is_integer_type) {
      return disagree("write SMALLINT, INTEGER or BIGINT, or change logicalType");
    }
    for (const auto& [name, family, type] : known) {
      if (wanted ? wanted != name : physical_.family != family) continue;
      if (physical_.family != Family::kUnknown && physical_.family != family) {
        return refuse(fmt::format("physicalType {} and format {} disagree; keep one of them",
                                  *text_at(node_, "physicalType"), name),
                      "physicalType");
      }
      return StoredType{type, std::nullopt};
    }
    if (wanted) return std::nullopt;  // an unknown format, reported with the shape
    return StoredType{arrow::int64(), std::nullopt};
  }

  std::optional<StoredType> number() {
    if (physical_.family == Family::kDecimal) {
      if (format()) {
        return refuse(fmt::format("physicalType {} and format {} disagree; keep one of them",
                                  *text_at(node_, "physicalType"), *format()),
                      "physicalType");
      }
      return decimal();
    }
    const auto wanted = format();
    const Family family = wanted == "f32"   ? Family::kFloat32
                          : wanted == "f64" ? Family::kFloat64
                                            : physical_.family;
    if (wanted && physical_.family != Family::kUnknown && physical_.family != family) {
      return refuse(fmt::format("physicalType {} and format {} disagree; keep one of them",
                                *text_at(node_, "physicalType"), *wanted),
                    "physicalType");
    }
    if (family == Family::kFloat32) return StoredType{arrow::float32(), std::nullopt};
    if (family == Family::kFloat64 || family == Family::kUnknown)
      return StoredType{arrow::float64(), std::nullopt};
    return disagree("write DOUBLE, REAL or DECIMAL(p,s), or change logicalType");
  }

  std::optional<StoredType> decimal() {
    const auto& numbers = physical_.arguments;
    if (numbers.empty() || numbers.size() > 2) {
      return refuse("a decimal needs its digits; write DECIMAL(precision,scale), as DECIMAL(12,2)",
                    "physicalType");
    }
    const std::int64_t precision = numbers[0];
    const std::int64_t scale = numbers.size() > 1 ? numbers[1] : 0;
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      return refuse(
          "a decimal has 1 to 38 digits, and at most as many behind the point; correct DECIMAL(p,s)",
          "physicalType");
    }
    return StoredType{
        arrow::decimal128(static_cast<std::int32_t>(precision), static_cast<std::int32_t>(scale)),
        std::nullopt};
  }

  std::optional<StoredType> date() {
    note_time_format("yyyy-MM-dd");
    return simple(Family::kDate, arrow::date32(), "DATE");
  }

  std::optional<StoredType> timestamp() {
    note_time_format("");
    const auto found = options();
    const auto zoned = found ? flag_at(*found, "timezone") : std::nullopt;
    const auto zone = found ? text_at(*found, "defaultTimezone") : std::nullopt;
    const bool utc = physical_.family == Family::kTimestampLocal ? zoned == true : zoned != false;
    const bool other_family =
        physical_.family != Family::kUnknown && physical_.family != Family::kTimestamp &&
        physical_.family != Family::kTimestampUtc && physical_.family != Family::kTimestampLocal;
    if (other_family) return disagree("write TIMESTAMPTZ for UTC or TIMESTAMP_NTZ for local times");
    if (zoned && ((physical_.family == Family::kTimestampLocal && *zoned) ||
                  (physical_.family == Family::kTimestampUtc && !*zoned))) {
      return refuse(fmt::format("physicalType {} and timezone: {} disagree; keep one of them",
                                *text_at(node_, "physicalType"), *zoned),
                    "physicalType");
    }
    if (zone && !utc) {
      reading_.problems.add(
          *found->find("defaultTimezone"),
          "a timestamp without a zone has no defaultTimezone; remove it, or set timezone: true");
      return std::nullopt;
    }
    static constexpr std::array<std::string_view, 5> kUtc{"UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT"};
    if (zone && std::find(kUtc.begin(), kUtc.end(), *zone) == kUtc.end()) {
      reading_.problems.add(
          *found->find("defaultTimezone"),
          fmt::format("times are kept in UTC, not in {}; write UTC and set timestamp_offset in the source",
                      *zone));
      return std::nullopt;
    }
    return StoredType{
        utc ? arrow::timestamp(arrow::TimeUnit::MICRO, "UTC") : arrow::timestamp(arrow::TimeUnit::MICRO),
        std::nullopt};
  }

  void note_time_format(std::string_view own) {
    const auto wanted = format();
    if (!wanted || wanted == own) return;
    reading_.not_enforced(*options()->find("format"), fmt::format("{}: format {}", path_, *wanted),
                          "times are read as RFC 3339; the source's own format belongs to its sources/ file");
  }

  std::optional<StoredType> array() {
    if (physical_.family != Family::kUnknown && physical_.family != Family::kList)
      return disagree("remove physicalType");
    const auto items = node_.find("items");
    if (!items) return refuse("an array needs `items` with the logicalType of its elements; add it");
    const auto element = read_stored_type(reading_, *items, path_ + "[]");
    if (!element) return std::nullopt;
    return StoredType{arrow::list(element->type), std::nullopt};
  }

  std::optional<StoredType> object() {
    if (physical_.family != Family::kUnknown && physical_.family != Family::kStruct)
      return disagree("remove physicalType");
    const auto properties = node_.find("properties");
    if (!properties || properties->items().empty()) {
      return refuse("an object needs `properties`, a list of its parts; add it");
    }
    arrow::FieldVector fields;
    bool whole = true;
    for (const YamlNode& property : properties->items()) {
      const auto name = text_at(property, "name");
      const auto part = read_stored_type(reading_, property, path_ + "." + name.value_or("?"));
      whole = whole && name && part;
      if (!name || !part) continue;
      const bool repeated = std::any_of(fields.begin(), fields.end(),
                                        [&](const auto& field) { return equal_names(field->name(), *name); });
      if (repeated) {
        reading_.problems.add(*property.find("name"),
                              fmt::format("{} has two parts called `{}`; rename one", path_, *name));
      }
      fields.push_back(arrow::field(*name, part->type));
    }
    if (!whole) return std::nullopt;
    return StoredType{arrow::struct_(std::move(fields)), std::nullopt};
  }

  static bool equal_names(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
  }

  Reading& reading_;
  const YamlNode& node_;
  const std::string& path_;
  PhysicalType physical_;
};

template <class Integer>
IntegerRange range_of() {
  return {std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()};
}

}  // namespace

std::optional<StoredType> read_stored_type(Reading& reading, const YamlNode& node, const std::string& path) {
  return TypeReader(reading, node, path).read();
}

std::string describe_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
      return "string";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return fmt::format("decimal({},{})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::DATE32:
      return "date";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "local timestamp"
                                                                               : "timestamp";
    case arrow::Type::LIST:
      return "array";
    case arrow::Type::STRUCT:
      return "object";
    case arrow::Type::BOOL:
      return "boolean";
    default:
      return type.ToString();
  }
}

std::optional<IntegerRange> unsigned_range(const YamlNode& node) {
  const auto options = node.find(kOptions);
  const auto format = options ? text_at(*options, "format") : std::nullopt;
  if (format == "u8") return IntegerRange{0, std::numeric_limits<std::uint8_t>::max()};
  if (format == "u16") return IntegerRange{0, std::numeric_limits<std::uint16_t>::max()};
  if (format == "u32") return IntegerRange{0, std::numeric_limits<std::uint32_t>::max()};
  return std::nullopt;
}

std::optional<IntegerRange> integer_range(const arrow::DataType& type, const YamlNode& node) {
  if (const auto range = unsigned_range(node); range && arrow::is_integer(type.id())) return range;
  switch (type.id()) {
    case arrow::Type::INT8:
      return range_of<std::int8_t>();
    case arrow::Type::INT16:
      return range_of<std::int16_t>();
    case arrow::Type::INT32:
      return range_of<std::int32_t>();
    case arrow::Type::INT64:
      return range_of<std::int64_t>();
    default:
      return std::nullopt;
  }
}

}  // namespace haul::contract
