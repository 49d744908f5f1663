#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "haul/base/sql_words.h"
#include "literal.h"
#include "patterns.h"
#include "reading.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

/// The rules that stand in a column itself: required, logicalTypeOptions, the length of physicalType, enum.
class ColumnRules {
 public:
  explicit ColumnRules(ColumnReading& at)
      : at_(at),
        problems_(at.reading.problems),
        type_(*at.column.type),
        name_(quoted_name(at.column.name)),
        options_(at.node.find("logicalTypeOptions")) {}

  void read() {
    if (at_.column.presence == columnar::Presence::kRequired) read_required();
    read_unsigned();
    read_range();
    read_multiple();
    read_length();
    read_pattern();
    read_format();
    read_enum();
    note_unchecked({"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"},
                   "what is inside a list or an object is not checked by rules");
  }

 private:
  [[nodiscard]] std::optional<YamlNode> option(std::string_view key) const {
    return options_ ? options_->find(key) : std::nullopt;
  }

  void add(std::string_view rule, const YamlNode& place, std::string sql, std::string_view dimension,
           std::string description) {
    const Severity severity = rule == "required" ? std::max(at_.reading.default_severity, Severity::kError)
                                                 : at_.reading.default_severity;
    at_.object.row_rules.push_back({.id = at_.reading.free_rule_id(fmt::format("{}.{}", at_.path(), rule)),
                                    .sql = std::move(sql),
                                    .columns = {at_.column.name},
                                    .severity = severity,
                                    .dimension = std::string(dimension),
                                    .description = std::move(description),
                                    .place = place.place()});
  }

  void add_conformity(std::string_view rule, const YamlNode& place, std::string sql, std::string_view says) {
    add(rule, place, std::move(sql), "conformity", fmt::format("{} {}", at_.column.name, says));
  }

  void read_required() {
    const auto flag = at_.node.find("required");
    const auto key = at_.node.find("primaryKey");
    add("required", flag ? *flag : key.value_or(at_.node), fmt::format("{} IS NOT NULL", name_),
        "completeness", fmt::format("{} is given", at_.column.name));
  }

  void read_unsigned() {
    const auto range = unsigned_range(at_.node);
    if (!range || !arrow::is_integer(type_.id())) return;
    add_conformity("format", *option("format"), fmt::format("{} BETWEEN 0 AND {}", name_, range->highest),
                   fmt::format("is from 0 to {}", range->highest));
  }

  /// The bound of one key, checked against what the column's type holds.
  std::optional<Bound> bound(std::string_view key) {
    const auto node = option(key);
    if (!node || !has_form_of_bound(*node)) return std::nullopt;
    auto read = read_bound(*node, type_, fmt::format("`{}`", key), problems_);
    const auto range = integer_range(type_, at_.node);
    if (read && range &&
        (read->order < static_cast<double>(range->lowest) ||
         read->order > static_cast<double>(range->highest))) {
      problems_.add(
          *node, fmt::format("`{}` is {}, the column holds {} to {}; widen its format, or correct the bound",
                             key, node->text(), range->lowest, range->highest));
      return std::nullopt;
    }
    return read;
  }

  /// Whether the value is a text for times and a number for numbers; where not, the shape was reported.
  [[nodiscard]] bool has_form_of_bound(const YamlNode& node) const {
    const bool is_time = type_.id() == arrow::Type::DATE32 || type_.id() == arrow::Type::TIMESTAMP;
    return is_time ? node.as_string().has_value() : node.as_number().has_value();
  }

  void read_range() {
    struct Side {
      std::string_view key;
      std::string_view sign;
      std::string_view says;
    };
    static constexpr std::array<Side, 4> kSides{{{"minimum", ">=", "is at least"},
                                                 {"exclusiveMinimum", ">", "is above"},
                                                 {"maximum", "<=", "is at most"},
                                                 {"exclusiveMaximum", "<", "is below"}}};
    const bool ordered = arrow::is_integer(type_.id()) || arrow::is_floating(type_.id()) ||
                         arrow::is_decimal(type_.id()) || type_.id() == arrow::Type::DATE32 ||
                         type_.id() == arrow::Type::TIMESTAMP;
    if (!ordered) return;  // the shape refuses the keys
    std::array<std::optional<Bound>, 4> bounds;
    for (std::size_t i = 0; i < kSides.size(); ++i) {
      bounds.at(i) = bound(kSides.at(i).key);
      if (!bounds.at(i)) continue;
      const YamlNode place = *option(kSides.at(i).key);
      add_conformity(kSides.at(i).key, place,
                     fmt::format("{} {} {}", name_, kSides.at(i).sign, bounds.at(i)->sql),
                     fmt::format("{} {}", kSides.at(i).says, place.text()));
    }
    check_sides(bounds);
  }

  void check_sides(const std::array<std::optional<Bound>, 4>& bounds) {
    const auto& [minimum, above, maximum, below] = bounds;
    if (minimum && above) {
      problems_.add(*option("exclusiveMinimum"),
                    "`minimum` and `exclusiveMinimum` stand together; keep one of them");
    }
    if (maximum && below) {
      problems_.add(*option("exclusiveMaximum"),
                    "`maximum` and `exclusiveMaximum` stand together; keep one of them");
    }
    for (const std::size_t low : {0U, 1U}) {
      for (const std::size_t high : {2U, 3U}) {
        if (!bounds.at(low) || !bounds.at(high)) continue;
        const bool closed = low == 0 && high == 2;
        const double difference = bounds.at(high)->order - bounds.at(low)->order;
        if (difference > 0 || (closed && difference == 0)) continue;
        const std::string_view low_key = low == 0 ? "minimum" : "exclusiveMinimum";
        const std::string_view high_key = high == 2 ? "maximum" : "exclusiveMaximum";
        problems_.add(*option(low_key),
                      fmt::format("no value has `{}` {} and `{}` {}; correct one of them", low_key,
                                  option(low_key)->text(), high_key, option(high_key)->text()));
      }
    }
  }

  void read_multiple() {
    const auto node = option("multipleOf");
    const bool numeric =
        arrow::is_integer(type_.id()) || arrow::is_floating(type_.id()) || arrow::is_decimal(type_.id());
    if (!node || !numeric || !has_form_of_bound(*node)) return;
    const auto step = read_bound(*node, type_, "`multipleOf`", problems_);
    if (!step) return;
    if (step->order <= 0) {
      problems_.add(*node, "`multipleOf` is not above 0; write a positive number");
    } else if (arrow::is_floating(type_.id()) && std::floor(step->order) != step->order) {
      problems_.add(
          *node,
          fmt::format("`multipleOf` {} is not exact for a floating number; use physicalType DECIMAL(p,s)",
                      node->text()));
    } else {
      add_conformity("multipleOf", *node, fmt::format("{} % {} = 0", name_, step->sql),
                     fmt::format("is a multiple of {}", node->text()));
    }
  }

  void read_length() {
    const auto lowest = options_ ? integer_at(*options_, "minLength") : std::nullopt;
    const auto highest = options_ ? integer_at(*options_, "maxLength") : std::nullopt;
    if (type_.id() == arrow::Type::BINARY)
      return note_unchecked({"minLength", "maxLength"}, "lengths of bytes are not checked");
    if (type_.id() != arrow::Type::STRING) return;
    if (lowest && highest && *lowest > *highest) {
      problems_.add(*option("minLength"),
                    fmt::format("no text has `minLength` {} and `maxLength` {}; correct one of them", *lowest,
                                *highest));
    }
    if (lowest && *lowest > 0) {
      add_conformity("minLength", *option("minLength"), fmt::format("length({}) >= {}", name_, *lowest),
                     fmt::format("has at least {} characters", *lowest));
    }
    if (highest) {
      add_conformity("maxLength", *option("maxLength"), fmt::format("length({}) <= {}", name_, *highest),
                     fmt::format("has at most {} characters", *highest));
    }
    read_physical_length(highest);
  }

  void read_physical_length(std::optional<std::int64_t> highest) {
    Reading silent;  // the problems and notes of the type were reported when the column was read
    const auto stored = read_stored_type(silent, at_.node, at_.path());
    if (!stored || !stored->length) return;
    const YamlNode node = *at_.node.find("physicalType");
    if (highest && *highest > *stored->length) {
      problems_.add(node, fmt::format("physicalType {} and `maxLength` {} disagree; correct one of them",
                                      node.text(), *highest));
    } else if (!highest) {
      add_conformity("physicalType", node, fmt::format("length({}) <= {}", name_, *stored->length),
                     fmt::format("has at most {} characters", *stored->length));
    }
  }

  void read_pattern() {
    const auto node = option("pattern");
    if (!node || !options_ || !text_at(*options_, "pattern")) return;
    if (type_.id() == arrow::Type::BINARY) return note_unchecked({"pattern"}, "bytes have no pattern");
    if (type_.id() != arrow::Type::STRING) return;
    if (const auto problem = pattern_problem(node->text())) {
      problems_.add(*node, fmt::format("the pattern does not run: {}", *problem));
      return;
    }
    add_conformity("pattern", *node, fmt::format("regexp_matches({}, {})", name_, quoted_text(node->text())),
                   fmt::format("matches {}", node->text()));
  }

  void read_format() {
    const auto node = option("format");
    if (!node || type_.id() != arrow::Type::STRING || text_at(at_.node, "logicalType") != "string") return;
    if (const auto pattern = format_pattern(node->text())) {
      add_conformity("format", *node, fmt::format("regexp_matches({}, {})", name_, quoted_text(*pattern)),
                     fmt::format("has the format {}", node->text()));
    } else {
      at_.reading.not_enforced(*node, fmt::format("{}: format {}", at_.path(), node->text()),
                               "no check for this format; add a pattern");
    }
  }

  void read_enum() {
    const auto node = at_.node.find("enum");
    if (!node || at_.reading.edition < Edition::kV32) return;
    std::vector<std::string> values;
    for (const YamlNode& entry : node->items()) {
      const auto value = entry.find("value");
      const auto literal = value ? sql_literal(*value, type_, "a value of `enum`", problems_) : std::nullopt;
      if (!literal) continue;
      if (std::find(values.begin(), values.end(), *literal) != values.end()) {
        problems_.add(*value, fmt::format("`enum` has {} twice; remove one", value->describe()));
      }
      values.push_back(*literal);
    }
    if (node->items().empty()) problems_.add(*node, "`enum` is empty; list its values, or remove it");
    if (values.empty()) return;
    add_conformity("enum", *node, fmt::format("{} IN ({})", name_, fmt::join(values, ", ")),
                   "is one of its values");
  }

  void note_unchecked(std::initializer_list<std::string_view> keys, std::string_view reason) {
    for (const std::string_view key : keys) {
      if (const auto node = option(key)) {
        at_.reading.not_enforced(*node, fmt::format("{}: {}", at_.path(), key), std::string(reason));
      }
    }
  }

  ColumnReading& at_;
  Problems& problems_;
  const arrow::DataType& type_;
  std::string name_;
  std::optional<YamlNode> options_;
};

}  // namespace

void read_column_rules(ColumnReading& at) { ColumnRules(at).read(); }

}  // namespace haul::contract
