#include "haul/contract/consumer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "change/sample.h"
#include "haul/contract/service_level.h"
#include "problems.h"
#include "shape.h"

namespace haul::contract {
namespace {

constexpr std::array<std::string_view, 8> kTypes{"array",  "boolean", "date",   "integer",
                                                 "number", "object",  "string", "timestamp"};

Result<std::string> word_at(const YamlNode& node, std::string_view key) {
  HAUL_TRY(value, node.at(key));
  HAUL_TRY(text, value.as_string());
  if (text.empty()) return fail(value.error(fmt::format("`{}` is empty; write one", key)));
  return text;
}

Result<void> check_list(const YamlNode& node, std::string_view key) {
  if (node.kind() == YamlNode::Kind::kSequence && !node.items().empty()) return {};
  return fail(
      node.error(fmt::format("`{}` needs a list with something in it, has {}", key, node.describe())));
}

Result<ExpectedColumn> read_column(const YamlNode& node) {
  HAUL_TRY_VOID(node.allow_only({"name", "type", "required", "values"}));
  HAUL_TRY(name, word_at(node, "name"));
  ExpectedColumn column{.name = name, .values = {}, .place = node.place()};
  if (const auto type = node.find("type")) {
    HAUL_TRY(word, type->as_string());
    if (std::find(kTypes.begin(), kTypes.end(), std::string_view(word)) == kTypes.end()) {
      return fail(type->error(fmt::format("`type` is `{}`{}", word, advise(word, kTypes))));
    }
    column.type = word;
  }
  if (const auto required = node.find("required")) {
    HAUL_TRY(flag, required->as_boolean());
    column.required = flag;
  }
  if (const auto values = node.find("values")) {
    HAUL_TRY_VOID(check_list(*values, "values"));
    for (const YamlNode& value : values->items()) column.values.push_back(value_of(value).json);
  }
  return column;
}

Result<void> read_expectations(const YamlNode& root, Consumer& consumer) {
  if (const auto columns = root.find("columns")) {
    HAUL_TRY_VOID(check_list(*columns, "columns"));
    for (const YamlNode& node : columns->items()) {
      HAUL_TRY(column, read_column(node));
      const bool repeated = std::any_of(consumer.columns.begin(), consumer.columns.end(),
                                        [&](const ExpectedColumn& each) { return each.name == column.name; });
      if (repeated)
        return fail(node.error(fmt::format("the column {} is there twice; remove one", column.name)));
      consumer.columns.push_back(std::move(column));
    }
  }
  if (const auto rules = root.find("rules")) {
    HAUL_TRY_VOID(check_list(*rules, "rules"));
    for (const YamlNode& rule : rules->items()) {
      HAUL_TRY(id, rule.as_string());
      consumer.rules.push_back({id, rule.place()});
    }
  }
  if (const auto freshness = root.find("freshness")) {
    HAUL_TRY(text, freshness->as_string());
    const auto length = parse_duration(text);
    if (!length || *length <= Micros::zero())
      return fail(freshness->error("needs a duration such as 1h or 15m"));
    consumer.freshness = *length;
    consumer.freshness_place = freshness->place();
  }
  return {};
}

/// What one consumer misses in one version of its contract.
class Expectations {
 public:
  Expectations(const Consumer& consumer, const Version& version)
      : consumer_(consumer), contract_(version.contract()), objects_(read_facts(version)) {}

  std::vector<Error> unmet() {
    const ObjectFacts* object = find_object();
    if (object == nullptr) return std::move(unmet_);
    for (const ExpectedColumn& column : consumer_.columns) check_column(*object, column);
    for (const ExpectedRule& rule : consumer_.rules) check_rule(*object->object, rule);
    if (consumer_.freshness) check_freshness();
    return std::move(unmet_);
  }

 private:
  void miss(const SourcePlace& place, std::string_view what) {
    unmet_.push_back(
        {ErrorCode::kInvalidInput, fmt::format("{}: consumer {} (owner {}): {}", to_string(place),
                                               consumer_.name, consumer_.owner, what)});
  }

  const ObjectFacts* find_object() {
    if (consumer_.object.empty() && objects_.size() == 1) return &objects_.front();
    std::vector<std::string_view> names;
    for (const ObjectFacts& each : objects_) {
      if (each.object->name == consumer_.object) return &each;
      names.push_back(each.object->name);
    }
    miss(consumer_.contract_place,
         consumer_.object.empty() ? fmt::format("the contract {} has the objects {}; name one with `object`",
                                                contract_.name, fmt::join(names, ", "))
                                  : fmt::format("the contract {} has no object {}{}", contract_.name,
                                                consumer_.object, advise(consumer_.object, names)));
    return nullptr;
  }

  void check_column(const ObjectFacts& object, const ExpectedColumn& expected) {
    const ColumnFacts* column = object.find(expected.name);
    if (column == nullptr) {
      std::vector<std::string_view> names;
      for (const ColumnFacts& each : object.columns) names.push_back(each.name);
      const std::string_view near = nearest(expected.name, names);
      return miss(expected.place,
                  fmt::format("the contract {} has no column {}{}", contract_.name, expected.name,
                              near.empty() ? "" : fmt::format("; did you mean {}?", near)));
    }
    const std::string type = text_at(column->node, "logicalType").value_or("");
    if (!expected.type.empty() && expected.type != type) {
      miss(expected.place, fmt::format("it reads {} as {}, and the contract {} has {}", expected.name,
                                       expected.type, contract_.name, type));
    }
    if (expected.required && takes(*column, Value{})) {
      miss(expected.place, fmt::format("it needs {} in every row, and in the contract {} it may be missing",
                                       expected.name, contract_.name));
    }
    if (!expected.values.empty()) check_values(*column, expected);
  }

  void check_values(const ColumnFacts& column, const ExpectedColumn& expected) {
    bool is_listed = false;
    std::vector<std::string> strange;
    for (const RuleFacts& rule : column.rules) {
      if (rule.kind != RuleFacts::Kind::kValues || !rule.refuses()) continue;
      is_listed = true;
      for (const Value& value : rule.values) {
        const bool handled =
            std::find(expected.values.begin(), expected.values.end(), value.json) != expected.values.end();
        if (!handled && takes(column, value)) strange.push_back(value.json);
      }
    }
    if (!is_listed) {
      miss(expected.place, fmt::format("it handles {} values of {}, and the contract {} allows any",
                                       expected.values.size(), expected.name, contract_.name));
    } else if (!strange.empty()) {
      miss(expected.place, fmt::format("it does not handle {} = {}, which the contract {} allows",
                                       expected.name, fmt::join(strange, ", "), contract_.name));
    }
  }

  void check_rule(const Object& object, const ExpectedRule& expected) {
    const auto has_id = [&](const auto& rule) { return rule.id == expected.id; };
    const auto row_rule = std::find_if(object.row_rules.begin(), object.row_rules.end(), has_id);
    const auto set_rule = std::find_if(object.set_rules.begin(), object.set_rules.end(), has_id);
    const bool is_row_rule = row_rule != object.row_rules.end();
    if (!is_row_rule && set_rule == object.set_rules.end()) {
      return miss(expected.place, fmt::format("the contract {} has no rule {}{}", contract_.name, expected.id,
                                              near_rule(object, expected.id)));
    }
    const Severity severity = is_row_rule ? row_rule->severity : set_rule->severity;
    if (severity < Severity::kError) {
      miss(expected.place, fmt::format("it relies on the rule {}, which in the contract {} only warns",
                                       expected.id, contract_.name));
    }
  }

  static std::string near_rule(const Object& object, std::string_view id) {
    std::vector<std::string_view> names;
    for (const RowRule& rule : object.row_rules) names.push_back(rule.id);
    for (const SetRule& rule : object.set_rules) names.push_back(rule.id);
    const std::string_view near = nearest(id, names);
    return near.empty() ? "" : fmt::format("; did you mean {}?", near);
  }

  void check_freshness() {
    const double needed = static_cast<double>(consumer_.freshness->count()) / 1e6;
    std::optional<double> promised;
    for (const ServiceLevel& level : contract_.service_levels) {
      if (level.property != "freshness" && level.property != "latency") continue;
      const auto seconds = amount_of(level);
      if (seconds && (!promised || *seconds < *promised)) promised = seconds;
    }
    if (promised && *promised <= needed) return;
    miss(consumer_.freshness_place,
         promised ? fmt::format("it needs rows within {} s, and the contract {} promises {} s", needed,
                                contract_.name, *promised)
                  : fmt::format("it needs rows within {} s, and the contract {} promises no freshness",
                                needed, contract_.name));
  }

  const Consumer& consumer_;
  const Contract& contract_;
  std::vector<ObjectFacts> objects_;
  std::vector<Error> unmet_;
};

}  // namespace

bool Consumer::relies_on(const Change& change) const {
  if (change.column.empty()) return change.rule->affected != Affected::kNobody;
  return std::any_of(columns.begin(), columns.end(), [&](const ExpectedColumn& each) {
    return each.name == change.column || each.name == change.was;
  });
}

Result<Consumer> parse_consumer(std::string_view yaml, std::string file) {
  HAUL_TRY(root, YamlNode::parse(yaml, file));
  HAUL_TRY_VOID(root.allow_only(
      {"consumer", "owner", "contract", "object", "description", "columns", "rules", "freshness"}));
  Consumer consumer;
  consumer.file = std::move(file);
  HAUL_TRY(name, word_at(root, "consumer"));
  HAUL_TRY(owner, word_at(root, "owner"));
  HAUL_TRY(contract, word_at(root, "contract"));
  consumer.name = name;
  consumer.owner = owner;
  consumer.contract = contract;
  consumer.contract_place = root.find("contract")->place();
  if (root.find("object")) {
    HAUL_TRY(object, word_at(root, "object"));
    consumer.object = object;
  }
  if (const auto description = root.find("description")) HAUL_TRY_VOID(description->as_string());
  HAUL_TRY_VOID(read_expectations(root, consumer));
  return consumer;
}

std::vector<Error> unmet_expectations(const Consumer& consumer, const Version& version) {
  return Expectations(consumer, version).unmet();
}

}  // namespace haul::contract
