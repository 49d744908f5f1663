#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <array>
#include <set>

#include "export_view.h"
#include "haul/base/json.h"
#include "haul/base/sql_words.h"
#include "json_text.h"
#include "patterns.h"
#include "shape.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

/// "type", "format" and what is inside, for a value that is not null.
JsonObject schema_of_type(const arrow::DataType& type, const YamlNode& node, bool nullable);

std::string type_words(std::string_view word, bool nullable) {
  return nullable ? json_list({json_string(word), "\"null\""}) : json_string(word);
}

std::string_view word_of(const arrow::DataType& type) {
  if (type.id() == arrow::Type::BOOL) return "boolean";
  if (arrow::is_integer(type.id())) return "integer";
  if (arrow::is_floating(type.id()) || arrow::is_decimal(type.id())) return "number";
  if (type.id() == arrow::Type::LIST) return "array";
  return type.id() == arrow::Type::STRUCT ? "object" : "string";
}

void add_parts(JsonObject& schema, const arrow::DataType& type, const YamlNode& node) {
  if (type.id() == arrow::Type::LIST) {
    const auto items = node.find("items");
    schema.add("items",
               schema_of_type(*static_cast<const arrow::ListType&>(type).value_type(), *items, true).text());
  }
  if (type.id() != arrow::Type::STRUCT) return;
  JsonObject parts;
  const auto nodes = node.find("properties")->items();
  for (int index = 0; index < type.num_fields(); ++index) {
    const auto& part = nodes.at(static_cast<std::size_t>(index));
    parts.add(type.field(index)->name(), schema_of_type(*type.field(index)->type(), part, true).text());
  }
  schema.add("properties", parts.text());
}

JsonObject schema_of_type(const arrow::DataType& type, const YamlNode& node, bool nullable) {
  JsonObject schema;
  schema.add("type", type_words(word_of(type), nullable));
  if (type.id() == arrow::Type::DATE32) schema.add_text("format", "date");
  const bool has_zone = type.id() == arrow::Type::TIMESTAMP &&
                        !static_cast<const arrow::TimestampType&>(type).timezone().empty();
  if (has_zone) schema.add_text("format", "date-time");
  add_parts(schema, type, node);
  return schema;
}

/// One column as a property. Every rule that takes rows out becomes a keyword or part of the comment.
class Property {
 public:
  explicit Property(const ColumnView& view) : view_(view), type_(*view.column->type) {}

  [[nodiscard]] bool is_nullable() const {
    const std::string not_null = fmt::format("{} IS NOT NULL", quoted_name(view_.column->name));
    return std::none_of(view_.rules.begin(), view_.rules.end(), [&](const RowRule* rule) {
      return rejects(rule->severity) && rule->sql == not_null;
    });
  }

  std::string text() {
    JsonObject schema = schema_of_type(type_, view_.node, is_nullable());
    if (!view_.description.empty()) schema.add_text("description", view_.description);
    if (arrow::is_integer(type_.id()) || word_of(type_) == "number") add_range(schema);
    if (type_.id() == arrow::Type::STRING) add_lengths(schema);
    if (type_.id() == arrow::Type::STRING) add_patterns(schema);
    add_values(schema);
    add_comment(schema);
    return schema.text();
  }

 private:
  void express(const YamlNode& clause) {
    if (const RowRule* rule = view_.strict_rule_at(clause)) expressed_.insert(rule);
  }

  void add_range(JsonObject& schema) {
    bool has_low = false;
    bool has_high = false;
    for (const std::string_view key :
         {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"}) {
      const auto option = view_.strict_option(key);
      if (!option) continue;
      schema.add(key, option->to_json());
      express(*option);
      has_low = has_low || key == "minimum" || key == "exclusiveMinimum";
      has_high = has_high || key == "maximum" || key == "exclusiveMaximum";
    }
    const auto format = view_.strict_option("format");
    if (format) express(*format);
    const auto range = integer_range(type_, view_.node);
    if (!range || type_.id() == arrow::Type::INT64) return;
    if (!has_low) schema.add("minimum", fmt::to_string(range->lowest));
    if (!has_high) schema.add("maximum", fmt::to_string(range->highest));
  }

  void add_lengths(JsonObject& schema) {
    for (const std::string_view key : {"minLength", "maxLength"}) {
      const auto option = view_.strict_option(key);
      if (!option) continue;
      schema.add(key, option->to_json());
      express(*option);
    }
    const auto physical = view_.node.find("physicalType");
    if (!physical || view_.strict_rule_at(*physical) == nullptr) return;
    Reading silent;
    const auto stored = read_stored_type(silent, view_.node, "");
    schema.add("maxLength", fmt::to_string(stored->length.value()));
    express(*physical);
  }

  void add_patterns(JsonObject& schema) {
    std::vector<std::string> patterns;
    const auto take = [&](const YamlNode& clause, std::string_view pattern) {
      patterns.push_back(json_string(pattern));
      express(clause);
    };
    if (const auto pattern = view_.strict_option("pattern")) take(*pattern, pattern->text());
    if (const auto format = view_.strict_option("format")) {
      schema.add_text("format", format->text());
      if (const auto pattern = format_pattern(format->text())) take(*format, *pattern);
    }
    for_each_argument("pattern",
                      [&](const YamlNode& rule, const YamlNode& pattern) { take(rule, pattern.text()); });
    if (patterns.empty()) return;
    schema.add("pattern", patterns.front());
    std::vector<std::string> others;
    for (std::size_t index = 1; index < patterns.size(); ++index)
      others.push_back(fmt::format("{{\"pattern\":{}}}", patterns[index]));
    if (!others.empty()) schema.add("allOf", json_list(others));
  }

  /// Values that a rule lists, as JSON; null is what `type` says.
  void add_values(JsonObject& schema) {
    if (const auto values = view_.node.find("enum"); values && view_.strict_rule_at(*values) != nullptr) {
      std::vector<std::string> known;
      for (const YamlNode& entry : values->items()) known.push_back(entry.find("value")->to_json());
      add_enum(schema, std::move(known));
      express(*values);
    }
    for_each_argument("validValues", [&](const YamlNode& rule, const YamlNode& values) {
      if (has_enum_) return;  // a second list stays in the comment
      add_enum(schema, items_of(values));
      if (!rule.find("arguments")->find("pattern") || type_.id() == arrow::Type::STRING) express(rule);
    });
    for_each_argument("missingValues", [&](const YamlNode& rule, const YamlNode& values) {
      if (has_not_) return;
      has_not_ = true;
      schema.add("not", fmt::format("{{\"enum\":{}}}", json_list(items_of(values))));
      express(rule);
    });
  }

  static std::vector<std::string> items_of(const YamlNode& list) {
    std::vector<std::string> items;
    for (const YamlNode& item : list.items()) {
      if (item.kind() != YamlNode::Kind::kNull) items.push_back(item.to_json());
    }
    return items;
  }

  void add_enum(JsonObject& schema, std::vector<std::string> values) {
    if (is_nullable()) values.emplace_back("null");
    schema.add("enum", json_list(values));
    has_enum_ = true;
  }

  /// Calls `take` with each strict quality rule that has the argument, and with the argument.
  template <class Take>
  void for_each_argument(std::string_view key, const Take& take) {
    const auto quality = view_.node.find("quality");
    for (const YamlNode& rule : quality ? quality->items() : std::vector<YamlNode>()) {
      const auto arguments = rule.find("arguments");
      const auto argument = arguments ? arguments->find(key) : std::nullopt;
      if (argument && view_.strict_rule_at(rule) != nullptr) take(rule, *argument);
    }
  }

  /// Of the type: validators divide decimal fractions as doubles, and know no time without a zone.
  [[nodiscard]] std::string what_json_schema_lacks() const {
    if (arrow::is_decimal(type_.id())) return sql_type(type_);
    const bool is_local = type_.id() == arrow::Type::TIMESTAMP &&
                          static_cast<const arrow::TimestampType&>(type_).timezone().empty();
    return is_local ? "RFC 3339 without a zone" : "";
  }

  void add_comment(JsonObject& schema) {
    const std::string not_null = fmt::format("{} IS NOT NULL", quoted_name(view_.column->name));
    std::string comment = what_json_schema_lacks();
    for (const RowRule* rule : view_.rules) {
      if (expressed_.contains(rule) || (rejects(rule->severity) && rule->sql == not_null)) continue;
      comment += fmt::format("{}{} ({}): {}", comment.empty() ? "" : "; ", rule->id,
                             to_string(rule->severity), rule->sql);
    }
    if (!comment.empty()) schema.add_text("$comment", comment);
  }

  const ColumnView& view_;
  const arrow::DataType& type_;
  std::set<const RowRule*> expressed_;
  bool has_enum_ = false;
  bool has_not_ = false;
};

/// What one row cannot show, and what is about several columns.
std::string comment_of(const ObjectView& view) {
  std::string comment;
  const auto add = [&](const std::string& line) { comment += (comment.empty() ? "" : "; ") + line; };
  for (const RowRule* rule : view.row_rules)
    add(fmt::format("{} ({}): {}", rule->id, to_string(rule->severity), rule->sql));
  for (const SetRule& rule : view.object->set_rules)
    add(fmt::format("{} ({}): {}", rule.id, to_string(rule.severity), statement_of(rule, *view.object)));
  return comment;
}

void add_object(JsonObject& schema, const ObjectView& view) {
  schema.add_text("title", view.object->name);
  if (!view.description.empty()) schema.add_text("description", view.description);
  schema.add_text("type", "object");
  JsonObject properties;
  std::vector<std::string> required;
  for (const ColumnView& column : view.columns) {
    Property property(column);
    properties.add(column.column->name, property.text());
    if (!property.is_nullable()) required.push_back(json_string(column.column->name));
  }
  schema.add("properties", properties.text());
  if (!required.empty()) schema.add("required", json_list(required));
  if (const std::string comment = comment_of(view); !comment.empty()) schema.add_text("$comment", comment);
}

}  // namespace

std::string to_json_schema(const ExportView& view) {
  JsonObject schema;
  schema.add_text("$schema", "https://json-schema.org/draft/2020-12/schema");
  if (view.objects.size() == 1) {
    add_object(schema, view.objects.front());
  } else {
    std::vector<std::string> objects;
    for (const ObjectView& object : view.objects) {
      JsonObject one;
      add_object(one, object);
      objects.push_back(one.text());
    }
    schema.add_text("title", view.contract->name);
    schema.add("anyOf", json_list(objects));
  }
  schema.add_text("x-contract", fmt::format("{} {}", view.contract->id, view.contract->version));
  return laid_out_json(schema.text());
}

}  // namespace haul::contract
