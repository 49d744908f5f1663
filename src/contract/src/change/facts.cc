#include "change/facts.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "change/rule_facts.h"
#include "haul/base/json.h"
#include "haul/base/time.h"
#include "shape.h"

namespace haul::contract {
namespace {

std::vector<std::string> read_aliases(const YamlNode& node) {
  std::vector<std::string> names;
  if (const auto previous = custom_property(node, "previousName")) names.emplace_back(previous->text());
  if (const auto aliases = custom_property(node, "aliases")) {
    for (const YamlNode& alias : aliases->items()) names.emplace_back(alias.text());
  }
  return names;
}

ColumnFacts read_column(const YamlNode& node, const columnar::Column& column, Severity otherwise) {
  ColumnFacts facts{.name = column.name,
                    .id = text_at(node, "id").value_or(""),
                    .node = node,
                    .type = column.type,
                    .range = integer_range(*column.type, node),
                    .required = column.presence == columnar::Presence::kRequired,
                    .is_personal = column.privacy == columnar::Privacy::kPersonal,
                    .is_deprecated = flag_at(node, "deprecated").value_or(false),
                    .aliases = read_aliases(node),
                    .examples = {},
                    .rules = {}};
  if (const auto examples = node.find("examples")) {
    for (const YamlNode& example : examples->items()) facts.examples.push_back(value_of(example));
  }
  read_column_rule_facts(facts, otherwise);
  return facts;
}

/// What onViolation says of rules without a severity of their own.
Severity default_severity(const YamlNode& root) {
  const auto action = custom_property(root, "onViolation");
  if (!action) return Severity::kError;
  if (action->text() == "warn") return Severity::kWarning;
  return action->text() == "block" ? Severity::kBlock : Severity::kError;
}

}  // namespace

Value text_value(std::string text) {
  Value value{.json = json_string(text), .text = std::move(text), .kind = Value::Kind::kText};
  if (const auto micros = parse_utc(value.text)) value.order = static_cast<double>(micros->count());
  return value;
}

Value number_value(double number) {
  return {.json = fmt::format("{}", number), .order = number, .kind = Value::Kind::kNumber};
}

Value integer_value(std::int64_t number) {
  return {.json = std::to_string(number), .order = static_cast<double>(number), .kind = Value::Kind::kNumber};
}

Value value_of(const YamlNode& node) {
  using Kind = YamlNode::Kind;
  if (node.kind() == Kind::kNull) return {};
  if (node.kind() != Kind::kScalar) return {.json = node.to_json(), .kind = Value::Kind::kNested};
  switch (node.scalar_type()) {
    case YamlNode::ScalarType::kText:
      return text_value(std::string(node.text()));
    case YamlNode::ScalarType::kBoolean:
      return {.json = std::string(node.text()), .kind = Value::Kind::kBoolean};
    case YamlNode::ScalarType::kInteger:
      if (const auto integer = node.as_integer()) return integer_value(*integer);
      [[fallthrough]];
    case YamlNode::ScalarType::kNumber:
      break;
  }
  return {.json = node.to_json(), .order = *node.as_number(), .kind = Value::Kind::kNumber};
}

const ColumnFacts* ObjectFacts::find(std::string_view column) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const ColumnFacts& each) { return each.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<ObjectFacts> read_facts(const Version& version) {
  const YamlNode& root = version.root();
  const Severity otherwise = default_severity(root);
  const std::vector<YamlNode> nodes = root.find("schema")->items();
  std::vector<ObjectFacts> objects;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Object& object = version.contract().objects.at(i);
    ObjectFacts facts{.object = &object,
                      .id = text_at(nodes[i], "id").value_or(""),
                      .node = nodes[i],
                      .columns = {},
                      .rules = {}};
    const std::vector<YamlNode> columns = nodes[i].find("properties")->items();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      facts.columns.push_back(read_column(columns[c], object.schema.columns.at(c), otherwise));
    }
    read_object_rule_facts(facts, otherwise);
    objects.push_back(std::move(facts));
  }
  return objects;
}

}  // namespace haul::contract
