#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "change/compare_columns.h"
#include "change/compare_service_levels.h"
#include "shape.h"

namespace haul::contract {
namespace {

/// `customProperties: [{property: header, value: false}]` of a server: its files have no header.
Places places_of(const YamlNode& root) {
  const auto servers = root.find("servers");
  for (const YamlNode& server : servers ? servers->items() : std::vector<YamlNode>()) {
    const auto header = custom_property(server, "header");
    if (header && header->text() == "false") return Places::kByPosition;
  }
  return Places::kByName;
}

/// Two rows that agree in the columns of one key and differ in one of the other.
std::vector<ExampleRows> rows_with_equal_key(const ObjectPair& pair, const std::vector<std::string>& equal,
                                             const std::vector<std::string>& other) {
  for (const std::string& name : other) {
    const ColumnFacts* column = pair.before.find(name);
    const ColumnFacts* twin = pair.after.find(name);
    if (column == nullptr || std::find(equal.begin(), equal.end(), name) != equal.end()) continue;
    std::vector<Value> values;
    for (Value& value : values_to_try(*column, twin == nullptr ? *column : *twin)) {
      if (value.kind != Value::Kind::kNull && takes(*column, value)) values.push_back(std::move(value));
    }
    if (values.size() < 2) continue;
    std::vector<ExampleRows> examples;
    const auto first = pair.old_rows.rows({{name, values[0]}});
    const auto second = pair.old_rows.rows({{name, values[1]}});
    for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i)
      examples.push_back({first[i], second[i]});
    return examples;
  }
  return {};
}

std::string key_text(const std::vector<std::string>& key) {
  return key.empty() ? "no key" : fmt::format("the key ({})", fmt::join(key, ", "));
}

void compare_keys(const ObjectPair& pair, Changes& changes) {
  const auto& before = pair.before.object->primary_key;
  const auto& after = pair.after.object->primary_key;
  const auto sorted = [](std::vector<std::string> key) {
    std::sort(key.begin(), key.end());
    return key;
  };
  if (sorted(before) == sorted(after)) return;  // their order decides nothing
  auto examples = rows_with_equal_key(pair, after, before);
  if (examples.empty()) examples = rows_with_equal_key(pair, before, after);
  if (after.empty() || before.empty()) examples.clear();
  changes.add("KEY_SAME_COLUMNS",
              {.object = pair.after.object->name,
               .message = fmt::format("{} has {}, had {}: other rows are the same row once more",
                                      pair.after.object->name, key_text(after), key_text(before)),
               .place = pair.after.node.place(),
               .shows = ExampleShows::kTogether,
               .examples = std::move(examples)});
}

void compare_object(const ObjectFacts& before, const ObjectFacts& after, Places places, Changes& changes) {
  static constexpr std::array<std::string_view, 3> kApart{"id", "properties", "name"};
  const ObjectPair pair{.before = before, .after = after};
  const std::size_t at_start = changes.size();
  compare_columns(pair, places, changes);
  compare_keys(pair, changes);
  compare_rules(pair, nullptr, changes);
  compare_descriptions(before.node, after.node, changes.size() > at_start, kApart,
                       {.object = after.object->name, .message = after.object->name, .place = {}}, changes);
}

void compare_objects(const Version& before, const Version& after, Changes& changes) {
  const Places places = places_of(after.root());
  const std::vector<ObjectFacts> olds = read_facts(before);
  const std::vector<ObjectFacts> news = read_facts(after);
  std::vector<bool> kept(olds.size(), false);
  for (const ObjectFacts& object : news) {
    const auto same = [&](const ObjectFacts& each) { return each.object->name == object.object->name; };
    const auto old = std::find_if(olds.begin(), olds.end(), same);
    if (old == olds.end()) {
      changes.add("OBJECT_ADDED", {.object = object.object->name,
                                   .message = fmt::format("the object {} is new", object.object->name),
                                   .place = object.node.place()});
      continue;
    }
    kept[static_cast<std::size_t>(old - olds.begin())] = true;
    compare_object(*old, object, places, changes);
  }
  for (std::size_t i = 0; i < olds.size(); ++i) {
    if (kept[i]) continue;
    changes.add("OBJECT_NO_DELETE", {.object = olds[i].object->name,
                                     .message = fmt::format("the object {} is gone", olds[i].object->name),
                                     .place = olds[i].node.place()});
  }
}

SourcePlace place_of(const YamlNode& root, std::string_view key) {
  const auto value = root.find(key);
  return value ? value->place() : root.place();
}

void compare_status(const Version& before, const Version& after, Changes& changes) {
  const std::string& was = before.contract().status;
  const std::string& is = after.contract().status;
  if (was == is) return;
  const std::string_view rule = is == "retired"      ? "CONTRACT_NO_RETIRE"
                                : is == "deprecated" ? "CONTRACT_DEPRECATED"
                                                     : "CONTRACT_STATUS_CHANGED";
  changes.add(rule, {.message = fmt::format("the status is {}, was {}", is, was),
                     .place = place_of(after.root(), "status")});
}

void compare_heads(const Version& before, const Version& after, Changes& changes) {
  const Contract& was = before.contract();
  const Contract& is = after.contract();
  if (was.id != is.id) {
    changes.add("CONTRACT_SAME_ID", {.message = fmt::format("the id is {}, was {}", is.id, was.id),
                                     .place = place_of(after.root(), "id")});
  }
  if (was.name != is.name) {
    changes.add(
        "CONTRACT_SAME_NAME",
        {.message = fmt::format("the name is {}, was {}; sources and consumers use it", is.name, was.name),
         .place = place_of(after.root(), "name")});
  }
  compare_status(before, after, changes);
  if (was.owner != is.owner) {
    changes.add("OWNER_CHANGED", {.message = fmt::format("the owner is {}, was {}", is.owner, was.owner),
                                  .place = place_of(after.root(), "team")});
  }
}

}  // namespace

Result<Version> Version::parse(std::string_view yaml, std::string file) {
  HAUL_TRY(contract, parse_contract(yaml, file));
  HAUL_TRY(root, YamlNode::parse(yaml, std::move(file)));
  return Version(std::make_shared<const Contract>(std::move(contract)), root);
}

std::vector<Change> compare(const Version& before, const Version& after) {
  std::vector<std::string_view> apart{"apiVersion",        "kind",   "id",     "name",
                                      "version",           "status", "schema", "slaProperties",
                                      "slaDefaultElement", "team"};
  const auto was = custom_property(before.root(), "onViolation");
  const auto is = custom_property(after.root(), "onViolation");
  const bool same_action = was.has_value() == is.has_value() && (!was || was->text() == is->text());
  if (!same_action) apart.emplace_back("customProperties");  // told as the severity of each rule
  Changes changes;
  compare_heads(before, after, changes);
  compare_objects(before, after, changes);
  compare_service_levels(before, after, changes);
  compare_descriptions(before.root(), after.root(), false, apart,
                       {.message = after.contract().name, .place = {}}, changes);
  return changes.take();
}

}  // namespace haul::contract
