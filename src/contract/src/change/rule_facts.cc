#include "change/rule_facts.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "bounds.h"
#include "literal.h"
#include "patterns.h"
#include "reading.h"
#include "sql_text.h"

namespace haul::contract {
namespace {

using Kind = RuleFacts::Kind;

bool is_ordered(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id()) || arrow::is_decimal(type.id()) ||
         type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP;
}

Severity severity_of(const YamlNode& rule, Severity otherwise) {
  Reading silent;  // the contract was taken: the word is known
  return read_severity(silent, rule.find("severity"), otherwise);
}

std::vector<Value> values_in(const std::optional<YamlNode>& list) {
  std::vector<Value> values;
  for (const YamlNode& item : list ? list->items() : std::vector<YamlNode>())
    values.push_back(value_of(item));
  return values;
}

/// The options of one column as rules.
class OptionReader {
 public:
  OptionReader(ColumnFacts& column, Severity severity)
      : column_(column), severity_(severity), options_(column.node.find("logicalTypeOptions")) {}

  void read() {
    if (is_ordered(*column_.type)) read_range();
    if (column_.type->id() == arrow::Type::STRING) read_text();
    if (const auto list = column_.node.find("enum")) {
      RuleFacts rule = option(Kind::kValues, "enum", *list);
      for (const YamlNode& entry : list->items()) rule.values.push_back(value_of(*entry.find("value")));
      column_.rules.push_back(std::move(rule));
    }
    if (flag_at(column_.node, "unique").value_or(false)) {
      RuleFacts rule = option(Kind::kUnique, "unique", *column_.node.find("unique"));
      rule.severity = std::max(severity_, Severity::kError);
      column_.rules.push_back(std::move(rule));
    }
  }

 private:
  RuleFacts option(Kind kind, std::string_view key, const YamlNode& node) const {
    const std::string value = node.text().empty() ? "" : fmt::format(" {}", node.text());
    return {.kind = kind,
            .key = std::string(key),
            .is_option = true,
            .shown = fmt::format("`{}`{}", key, value),
            .severity = severity_,
            .place = node.place()};
  }

  std::optional<YamlNode> find(std::string_view key) const {
    return options_ ? options_->find(key) : std::nullopt;
  }

  void add_limit(Kind kind, std::string_view key, bool exclusive) {
    const auto node = find(key);
    if (!node) return;
    Problems silent;
    const auto bound = read_bound(*node, *column_.type, key, silent);
    RuleFacts rule = option(kind, key, *node);
    rule.number = bound ? bound->order : 0;
    rule.exclusive = exclusive;
    rule.values = {value_of(*node)};
    column_.rules.push_back(std::move(rule));
  }

  void read_range() {
    add_limit(Kind::kLowest, "minimum", false);
    add_limit(Kind::kLowest, "exclusiveMinimum", true);
    add_limit(Kind::kHighest, "maximum", false);
    add_limit(Kind::kHighest, "exclusiveMaximum", true);
    add_limit(Kind::kStep, "multipleOf", false);
  }

  void add_length(Kind kind, std::string_view key, const YamlNode& node, std::int64_t characters) {
    RuleFacts rule = option(kind, key, node);
    rule.number = static_cast<double>(characters);
    column_.rules.push_back(std::move(rule));
  }

  void read_text() {
    const auto shortest = options_ ? integer_at(*options_, "minLength") : std::nullopt;
    const auto longest = options_ ? integer_at(*options_, "maxLength") : std::nullopt;
    if (shortest && *shortest > 0) add_length(Kind::kShortest, "minLength", *find("minLength"), *shortest);
    if (longest) add_length(Kind::kLongest, "maxLength", *find("maxLength"), *longest);
    Reading silent;
    const auto stored = read_stored_type(silent, column_.node, column_.name);
    if (!longest && stored && stored->length) {
      add_length(Kind::kLongest, "physicalType", *column_.node.find("physicalType"), *stored->length);
    }
    if (const auto node = find("pattern")) {
      RuleFacts rule = option(Kind::kPattern, "pattern", *node);
      rule.text = rule.pattern = node->text();
      column_.rules.push_back(std::move(rule));
    }
    const auto format = find("format");
    if (const auto pattern = format ? format_pattern(format->text()) : std::nullopt) {
      RuleFacts rule = option(Kind::kFormat, "format", *format);
      rule.text = format->text();
      rule.pattern = *pattern;
      column_.rules.push_back(std::move(rule));
    }
  }

  ColumnFacts& column_;
  Severity severity_;
  std::optional<YamlNode> options_;
};

/// A number about the set and its bound.
void make_number(RuleFacts& rule, std::string counted, const Bounds& bounds) {
  rule.kind = Kind::kNumber;
  rule.text = std::move(counted);
  rule.comparison = bounds.comparison;
  rule.low = bounds.low;
  rule.high = bounds.high;
}

void read_invalid(RuleFacts& rule, const YamlNode& arguments) {
  const auto values = arguments.find("validValues");
  const auto pattern = arguments.find("pattern");
  if (values && !pattern) {
    rule.kind = Kind::kValues;
    rule.values = values_in(values);
    std::erase(rule.values, Value{});  // a null is never invalid, only missing
  } else if (pattern && !values) {
    rule.kind = Kind::kPattern;
    rule.text = rule.pattern = pattern->text();
  } else {
    rule.kind = Kind::kCondition;
    rule.text = arguments.to_json();
  }
}

void read_metric(RuleFacts& rule, const YamlNode& node, const Bounds& bounds) {
  Problems silent;
  const std::string metric = text_at(node, "metric").value_or("");
  const Unit unit = read_unit(node, silent).value_or(Unit::kRows);
  const auto arguments = node.find("arguments");
  const bool about_rows = allows_none(bounds, unit);
  if (metric == "duplicateValues" && about_rows) {
    rule.kind = Kind::kUnique;
    for (const Value& name : values_in(arguments ? arguments->find("properties") : std::nullopt)) {
      rule.columns.push_back(name.text);
    }
  } else if (metric == "rowCount" || !about_rows) {
    make_number(rule,
                fmt::format("{} {} {}", unit == Unit::kPercent ? "percent of" : "number of", metric,
                            arguments ? arguments->to_json() : ""),
                bounds);
  } else if (metric == "nullValues") {
    rule.kind = Kind::kNotNull;
  } else if (metric == "missingValues") {
    rule.kind = Kind::kNoneOf;
    rule.values = values_in(arguments->find("missingValues"));
  } else {
    read_invalid(rule, *arguments);
  }
}

RuleFacts read_quality_rule(const YamlNode& node, const std::string& column, Severity otherwise) {
  RuleFacts rule{.key = text_at(node, "id").value_or(text_at(node, "name").value_or("")),
                 .severity = severity_of(node, otherwise),
                 .place = node.place()};
  const std::string metric = text_at(node, "metric").value_or(text_at(node, "type").value_or(""));
  rule.shown =
      rule.key.empty() ? fmt::format("the rule on {}", metric) : fmt::format("the rule `{}`", rule.key);
  const auto type = text_at(node, "type");
  Problems silent;
  const auto bounds = type == "text" || type == "custom" ? std::nullopt : read_bounds(node, silent);
  if (!bounds) {
    rule.text = node.to_json();
  } else if (type == "sql") {
    const auto query = read_rule_query(*text_at(node, "query"), column);
    const auto condition = query ? query->row_condition : std::nullopt;
    rule.columns = query ? query->names : std::vector<std::string>();
    if (condition && allows_none(*bounds, Unit::kRows)) {
      rule.kind = Kind::kCondition;
      rule.text = *condition;
    } else {
      make_number(rule, query ? query->sql : "", *bounds);
    }
  } else {
    read_metric(rule, node, *bounds);
  }
  return rule;
}

std::vector<RuleFacts> read_quality_rules(const YamlNode& node, const std::string& column,
                                          Severity otherwise) {
  std::vector<RuleFacts> rules;
  const auto list = node.find("quality");
  for (const YamlNode& rule : list ? list->items() : std::vector<YamlNode>()) {
    rules.push_back(read_quality_rule(rule, column, otherwise));
  }
  return rules;
}

void add_references(std::vector<RuleFacts>& rules, const YamlNode& node) {
  const auto list = node.find("relationships");
  for (const YamlNode& relationship : list ? list->items() : std::vector<YamlNode>()) {
    const auto custom = custom_property(relationship, "severity");
    Reading silent;
    RuleFacts rule{.kind = Kind::kReference,
                   .is_option = true,
                   .severity = read_severity(silent, custom, Severity::kWarning),
                   .place = relationship.place()};
    const auto from = relationship.find("from");
    rule.text = relationship.find("to")->to_json() + (from ? " from " + from->to_json() : "");
    rule.shown = fmt::format("the reference to {}", relationship.find("to")->to_json());
    rules.push_back(std::move(rule));
  }
}

}  // namespace

void read_column_rule_facts(ColumnFacts& column, Severity otherwise) {
  OptionReader(column, otherwise).read();
  add_references(column.rules, column.node);
  for (RuleFacts& rule : read_quality_rules(column.node, column.name, otherwise)) {
    column.rules.push_back(std::move(rule));
  }
}

void read_object_rule_facts(ObjectFacts& object, Severity otherwise) {
  add_references(object.rules, object.node);
  for (RuleFacts& rule : read_quality_rules(object.node, "", otherwise))
    object.rules.push_back(std::move(rule));
}

}  // namespace haul::contract
