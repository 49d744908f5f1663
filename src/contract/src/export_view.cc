#include "export_view.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/base/check.h"
#include "haul/base/sql_words.h"
#include "shape.h"

namespace haul::contract {
namespace {

bool is_same_place(const SourcePlace& left, const SourcePlace& right) {
  return left.line == right.line && left.column == right.column;
}

/// The entry of a list of named things, with letter case as it is: the contract was read from it.
YamlNode entry_named(const YamlNode& list, std::string_view name) {
  for (const YamlNode& entry : list.items()) {
    if (text_at(entry, "name") == name) return entry;
  }
  HAUL_CHECK(false, "what a contract holds stands in its file");
}

bool is_unique_alone(const Object& object, const std::string& column) {
  return std::any_of(object.set_rules.begin(), object.set_rules.end(), [&](const SetRule& rule) {
    return rule.kind == SetRule::Kind::kUnique && rejects(rule.severity) &&
           rule.columns == std::vector<std::string>{column};
  });
}

ObjectView view_of(const Object& object, const YamlNode& node) {
  ObjectView view{.object = &object,
                  .node = node,
                  .description = text_at(node, "description").value_or(""),
                  .columns = {},
                  .row_rules = {}};
  const YamlNode properties = *node.find("properties");
  for (const columnar::Column& column : object.schema.columns) {
    const YamlNode clause = entry_named(properties, column.name);
    view.columns.push_back({.column = &column,
                            .node = clause,
                            .description = text_at(clause, "description").value_or(""),
                            .rules = {},
                            .is_unique = is_unique_alone(object, column.name)});
  }
  for (const RowRule& rule : object.row_rules) {
    const auto column = rule.columns.size() == 1 ? object.schema.find(rule.columns.front()) : std::nullopt;
    (column ? view.columns[*column].rules : view.row_rules).push_back(&rule);
  }
  return view;
}

/// A bound as the file would have it: whole numbers without a fraction.
std::string number_text(double number) { return fmt::format("{}", number); }

/// What a set rule's number must keep: "= 0", "between 1 and 1000000".
std::string bound_text(const SetRule& rule) {
  using Comparison = SetRule::Comparison;
  const std::string bound = number_text(rule.bound);
  switch (rule.comparison) {
    case Comparison::kEqual:
      return "= " + bound;
    case Comparison::kNotEqual:
      return "<> " + bound;
    case Comparison::kGreater:
      return "> " + bound;
    case Comparison::kGreaterOrEqual:
      return ">= " + bound;
    case Comparison::kLess:
      return "< " + bound;
    case Comparison::kLessOrEqual:
      return "<= " + bound;
    case Comparison::kBetween:
      return fmt::format("between {} and {}", bound, number_text(rule.bound_high));
    case Comparison::kNotBetween:
      return fmt::format("not between {} and {}", bound, number_text(rule.bound_high));
  }
  HAUL_CHECK(false, "every comparison has a text");
}

}  // namespace

const RowRule* ColumnView::strict_rule_at(const YamlNode& clause) const {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const RowRule* rule) {
    return rejects(rule->severity) && is_same_place(rule->place, clause.place());
  });
  return found == rules.end() ? nullptr : *found;
}

std::optional<YamlNode> ColumnView::strict_option(std::string_view key) const {
  const auto options = node.find("logicalTypeOptions");
  const auto option = options ? options->find(key) : std::nullopt;
  return option && strict_rule_at(*option) != nullptr ? option : std::nullopt;
}

ExportView view_of(const Contract& contract, const YamlNode& root) {
  ExportView view{.contract = &contract, .root = root, .objects = {}};
  const YamlNode schema = *root.find("schema");
  for (const Object& object : contract.objects)
    view.objects.push_back(view_of(object, entry_named(schema, object.name)));
  return view;
}

std::string sql_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return "BOOLEAN";
    case arrow::Type::INT8:
      return "TINYINT";
    case arrow::Type::INT16:
      return "SMALLINT";
    case arrow::Type::INT32:
      return "INTEGER";
    case arrow::Type::INT64:
      return "BIGINT";
    case arrow::Type::FLOAT:
      return "FLOAT";
    case arrow::Type::DOUBLE:
      return "DOUBLE";
    case arrow::Type::STRING:
      return "VARCHAR";
    case arrow::Type::BINARY:
      return "BLOB";
    case arrow::Type::DATE32:
      return "DATE";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "TIMESTAMP" : "TIMESTAMPTZ";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return fmt::format("DECIMAL({},{})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::LIST:
      return sql_type(*static_cast<const arrow::ListType&>(type).value_type()) + "[]";
    case arrow::Type::STRUCT: {
      std::string parts;
      for (const auto& field : type.fields()) {
        parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", quoted_name(field->name()),
                             sql_type(*field->type()));
      }
      return fmt::format("STRUCT({})", parts);
    }
    default:
      HAUL_CHECK(false, "a column has one of the types of columnar::Column");
  }
}

std::string statement_of(const SetRule& rule, const Object& object) {
  constexpr std::string_view kObject = "{object}";
  std::string out = rule.sql;
  const std::string name = quoted_name(object.name);
  for (auto at = out.find(kObject); at != std::string::npos; at = out.find(kObject, at + name.size()))
    out.replace(at, kObject.size(), name);
  return out + " " + bound_text(rule);
}

}  // namespace haul::contract
