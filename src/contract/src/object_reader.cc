#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "privacy.h"
#include "reading.h"
#include "sql_text.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

bool is_identifier(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
         });
}

/// A column that stands at a position of the primary key or of the partitioning.
struct KeyPart {
  std::string column;
  std::optional<std::int64_t> position;
  YamlNode place;
};

/// One entry of `schema`.
class ObjectReader {
 public:
  ObjectReader(Reading& reading, const YamlNode& node)
      : reading_(reading), problems_(reading.problems), node_(node) {}

  std::optional<Object> read() {
    const auto name = text_at(node_, "name");
    if (!name) return std::nullopt;
    object_.name = *name;
    if (!is_identifier(*name)) {
      problems_.add(
          *node_.find("name"),
          fmt::format("`{}` names a table; write letters, digits and _ only, no digit first", *name));
    }
    note_physical_name(node_, *name);
    const auto properties = node_.find("properties");
    if (!properties || properties->items().empty()) {
      problems_.add(properties.value_or(node_), fmt::format("{} has no columns; add `properties`", *name));
    } else {
      for (const YamlNode& property : properties->items()) read_column(property);
    }
    object_.primary_key = in_order(key_, "primaryKeyPosition");
    object_.partitioned_by = in_order(partitions_, "partitionKeyPosition");
    for (std::size_t i = 0; i < column_nodes_.size(); ++i) {
      ColumnReading at{reading_, object_, column_nodes_[i], object_.schema.columns[i]};
      read_column_rules(at);
      read_quality(reading_, object_, at.node, &at.column);
    }
    add_unique_rules();
    read_version_column(reading_, object_, node_);
    read_quality(reading_, object_, node_, nullptr);
    return std::move(object_);
  }

 private:
  void read_column(const YamlNode& node) {
    const auto name = text_at(node, "name");
    const std::string path = object_.name + "." + name.value_or("?");
    check_parts_fit(node, path);
    const auto stored = read_stored_type(reading_, node, path);
    if (!name || !check_name(node, *name) || !stored) {
      has_broken_ = true;
      reading_.broken_columns.insert(path);
      return;
    }

    const bool is_key = flag_at(node, "primaryKey").value_or(false);
    if (is_key && flag_at(node, "required") == false) {
      problems_.add(*node.find("required"),
                    "a column of the primary key is required; remove required: false");
    }
    const bool required = is_key || flag_at(node, "required").value_or(false);
    columnar::Column column{*name, stored->type,
                            required ? columnar::Presence::kRequired : columnar::Presence::kOptional,
                            read_privacy(reading_, node, path)};
    read_key(node, column);
    read_partitioning(node, column);
    read_unique(node, column);
    note_physical_name(node, *name, path);
    if (const auto encrypted = node.find("encryptedName")) {
      reading_.not_enforced(*encrypted, fmt::format("{}: encryptedName", path), "no column is encrypted");
    }
    for (const std::string_view key : {"aliases", "previousName"}) {
      const auto alias = custom_property(node, key);
      if (!alias) continue;
      reading_.not_enforced(*alias, fmt::format("{}: {}", path, key),
                            "versions are compared by it; rows are read under the new name only");
    }
    note_rules_inside(node, path);

    column_nodes_.push_back(node);
    object_.schema.columns.push_back(std::move(column));
    read_default(reading_, object_, node);
  }

  /// `items`, `properties` and `map` each belong to one logicalType.
  void check_parts_fit(const YamlNode& node, const std::string& path) {
    struct Part {
      std::string_view key;
      std::string_view type;
    };
    static constexpr std::array<Part, 3> kParts{
        {{"items", "array"}, {"properties", "object"}, {"map", "map"}}};
    const auto logical = text_at(node, "logicalType");
    for (const auto& [key, type] : kParts) {
      const auto part = node.find(key);
      if (!part || !logical) continue;
      if (*logical != type) {
        problems_.add(node.key_place(key),
                      fmt::format("`{}` belongs to logicalType {}, and {} is {}; remove it", key, type, path,
                                  *logical));
      } else if (key == "items") {
        check_parts_fit(*part, path + "[]");
      } else if (key == "properties") {
        for (const YamlNode& each : part->items()) {
          check_parts_fit(each, path + "." + text_at(each, "name").value_or("?"));
        }
      }
    }
  }

  bool check_name(const YamlNode& node, const std::string& name) {
    const YamlNode place = *node.find("name");
    if (name.empty() || name.find_first_of(" ,;{}()\n\t=") != std::string::npos) {
      problems_.add(
          place,
          fmt::format("`{}` cannot name a column of a Delta table; leave out blanks and ,;{{}}()=", name));
      return false;
    }
    static constexpr std::array<std::string_view, 4> kOurs{"_partition", "_offset", "_ingest_time", "_extra"};
    if (std::find(kOurs.begin(), kOurs.end(), lower(name)) != kOurs.end()) {
      problems_.add(place, fmt::format("`{}` is a column that silver has of its own; rename it", name));
      return false;
    }
    const auto [known, is_new] = lines_of_names_.emplace(lower(name), place.place().line);
    if (!is_new) {
      problems_.add(
          place,
          fmt::format("{} has two columns called `{}`, the first in line {}; rename one (case does not "
                      "count)",
                      object_.name, name, known->second));
    }
    return is_new;
  }

  static bool is_single(const arrow::DataType& type) { return !arrow::is_nested(type.id()); }

  void read_key(const YamlNode& node, const columnar::Column& column) {
    const bool is_key = flag_at(node, "primaryKey").value_or(false);
    const auto position = integer_at(node, "primaryKeyPosition");
    if (!is_key) {
      if (position.value_or(-1) != -1) {
        problems_.add(
            *node.find("primaryKeyPosition"),
            fmt::format("`{}` has a place in the primary key without being in it; set primaryKey: true",
                        column.name));
      }
      return;
    }
    if (!is_single(*column.type) || arrow::is_floating(column.type->id())) {
      problems_.add(*node.find("primaryKey"),
                    fmt::format("{} is no key, as equality is not safe; use text, integers or times",
                                describe_type(*column.type)));
    }
    key_.push_back({column.name, position == -1 ? std::nullopt : position, *node.find("primaryKey")});
  }

  void read_partitioning(const YamlNode& node, const columnar::Column& column) {
    const bool partitioned = flag_at(node, "partitioned").value_or(false);
    const auto position = integer_at(node, "partitionKeyPosition");
    if (!partitioned) {
      if (position.value_or(-1) != -1) {
        problems_.add(
            *node.find("partitionKeyPosition"),
            fmt::format("`{}` has a place in the partitioning without being in it; set partitioned: true",
                        column.name));
      }
      return;
    }
    const YamlNode place = *node.find("partitioned");
    if (column.privacy == columnar::Privacy::kPersonal) {
      problems_.add(
          place, fmt::format("`{}` is personal and would stand in folder names; partition by another column",
                             column.name));
    }
    if (!is_single(*column.type) || arrow::is_floating(column.type->id()) ||
        column.type->id() == arrow::Type::BINARY) {
      problems_.add(place, fmt::format("a table is not partitioned by {}; use text, integers, dates or times",
                                       describe_type(*column.type)));
    }
    partitions_.push_back({column.name, position == -1 ? std::nullopt : position, place});
    reading_.not_enforced(
        place, fmt::format("{}.{}: partitioned", object_.name, column.name),
        "tables are not split into folders by a column; files are found by their statistics");
  }

  void read_unique(const YamlNode& node, const columnar::Column& column) {
    if (!flag_at(node, "unique").value_or(false)) return;
    if (!is_single(*column.type)) {
      problems_.add(
          *node.find("unique"),
          fmt::format("{} is not compared for uniqueness; remove unique: true", describe_type(*column.type)));
      return;
    }
    unique_.push_back({column.name, std::nullopt, *node.find("unique")});
  }

  /// The columns by position: 1, 2, ... without a gap; one column alone needs none.
  std::vector<std::string> in_order(const std::vector<KeyPart>& parts, std::string_view key) {
    if (has_broken_) return {};  // the positions are whole only where every column is
    std::vector<std::string> names(parts.size());
    for (const KeyPart& part : parts) {
      if (!part.position && parts.size() > 1) {
        problems_.add(part.place,
                      fmt::format("`{}` is one of {}; give it a `{}`", part.column, parts.size(), key));
        continue;
      }
      const std::int64_t position = part.position.value_or(1);
      if (position < 1 || position > static_cast<std::int64_t>(parts.size())) {
        const std::string advice =
            parts.size() == 1 ? std::string("it is alone, so write 1")
                              : fmt::format("number the {} columns from 1 without a gap", parts.size());
        problems_.add(part.place, fmt::format("`{}` of `{}` is {}; {}", key, part.column, position, advice));
        continue;
      }
      std::string& place = names[static_cast<std::size_t>(position - 1)];
      if (!place.empty()) {
        problems_.add(part.place,
                      fmt::format("`{}` and `{}` both have `{}` {}; number them from 1 without a gap", place,
                                  part.column, key, position));
      }
      place = part.column;
    }
    return names;
  }

  void add_unique_rules() {
    if (!key_.empty()) {
      add_unique_rule("primary_key", object_.primary_key, key_.front().place);
    }
    for (const KeyPart& part : unique_) {
      if (key_.size() == 1 && key_.front().column == part.column) continue;  // the same rule once more
      add_unique_rule(part.column + ".unique", {part.column}, part.place);
    }
  }

  void add_unique_rule(const std::string& rule, const std::vector<std::string>& columns,
                       const YamlNode& place) {
    object_.set_rules.push_back(
        {.id = reading_.free_rule_id(fmt::format("{}.{}", object_.name, rule)),
         .kind = SetRule::Kind::kUnique,
         .sql = fmt::format("SELECT {} FROM {{object}}", count_duplicates(object_, columns)),
         .columns = columns,
         .severity = std::max(reading_.default_severity, Severity::kError),
         .dimension = "uniqueness",
         .description = rule == "primary_key" ? "the primary key is unique" : columns[0] + " is unique",
         .place = place.place()});
  }

  void note_physical_name(const YamlNode& node, const std::string& name, const std::string& path = "") {
    const auto physical = text_at(node, "physicalName");
    if (!physical || *physical == name) return;
    reading_.not_enforced(*node.find("physicalName"),
                          fmt::format("{}: physicalName {}", path.empty() ? name : path, *physical),
                          "tables and files are read and written under `name`");
  }

  /// Rules on what is inside a list or an object are not run.
  void note_rules_inside(const YamlNode& node, const std::string& path) {
    std::vector<std::pair<std::string, YamlNode>> parts;
    if (const auto items = node.find("items")) parts.emplace_back(path + "[]", *items);
    if (const auto properties = node.find("properties")) {
      for (const YamlNode& part : properties->items())
        parts.emplace_back(path + "." + text_at(part, "name").value_or("?"), part);
    }
    for (const auto& [part_path, part] : parts) {
      for (const std::string_view key : {"required", "unique", "logicalTypeOptions", "quality", "enum",
                                         "relationships", "primaryKey", "partitioned"}) {
        const auto clause = part.find(key);
        if (!clause || flag_at(part, key) == false) continue;
        reading_.not_enforced(*clause, fmt::format("{}: {}", part_path, key),
                              "what is inside a list or an object is not checked by rules");
      }
      note_rules_inside(part, part_path);
    }
  }

  Reading& reading_;
  Problems& problems_;
  const YamlNode& node_;
  Object object_;
  std::vector<KeyPart> key_;
  std::vector<KeyPart> partitions_;
  std::vector<KeyPart> unique_;
  bool has_broken_ = false;
  std::vector<YamlNode> column_nodes_;  // one for each column of the schema
  std::map<std::string, int, std::less<>> lines_of_names_;
};

}  // namespace

void read_object(Reading& reading, const YamlNode& node) {
  auto object = ObjectReader(reading, node).read();
  if (!object) return;
  for (const Object& other : reading.contract.objects) {
    if (lower(other.name) == lower(object->name)) {
      reading.problems.add(*node.find("name"),
                           fmt::format("two objects are called `{}`; rename one", object->name));
      return;
    }
  }
  reading.contract.objects.push_back(*std::move(object));
}

}  // namespace haul::contract
