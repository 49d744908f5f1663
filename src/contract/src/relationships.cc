#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "haul/base/sql_words.h"
#include "reading.h"
#include "stored_type.h"

namespace haul::contract {
namespace {

using Kind = YamlNode::Kind;

/// A column named from anywhere: "vehicles.tailnum".
struct Reference {
  std::string object;
  std::string column;
  YamlNode place;
};

std::vector<YamlNode> one_or_more(const YamlNode& node) {
  return node.kind() == Kind::kSequence ? node.items() : std::vector<YamlNode>{node};
}

/// The name of the entry of `list` whose id is `id`.
std::optional<YamlNode> entry_with_id(const YamlNode& list, std::string_view id) {
  for (const YamlNode& entry : list.items()) {
    if (text_at(entry, "id") == id) return entry;
  }
  return std::nullopt;
}

/// Relationships of one object and of its columns, as rules of that object.
class Relationships {
 public:
  Relationships(Reading& reading, const YamlNode& schema, Object& object)
      : reading_(reading), schema_(schema), object_(object) {}

  void read_of_column(const YamlNode& node, const std::string& column) {
    for (const YamlNode& relationship : items_of(node)) {
      const auto to = relationship.find("to");
      if (!to) continue;
      add(relationship, {column}, one_or_more(*to));
    }
  }

  void read_of_object(const YamlNode& node) {
    for (const YamlNode& relationship : items_of(node)) {
      const auto from = relationship.find("from");
      const auto to = relationship.find("to");
      if (!from || !to) continue;
      std::vector<std::string> columns;
      for (const YamlNode& each : one_or_more(*from)) {
        const auto reference = resolve(each);
        if (!reference) break;
        if (reference->object != object_.name) {
          reading_.problems.add(each, fmt::format("`from` names {}, and this is {}; write a column of {}",
                                                  reference->object, object_.name, object_.name));
          break;
        }
        if (!known_type(*reference)) break;
        columns.push_back(reference->column);
      }
      if (columns.size() == one_or_more(*from).size()) add(relationship, columns, one_or_more(*to));
    }
  }

 private:
  static std::vector<YamlNode> items_of(const YamlNode& node) {
    const auto list = node.find("relationships");
    return list ? list->items() : std::vector<YamlNode>();
  }

  void add(const YamlNode& relationship, const std::vector<std::string>& columns,
           const std::vector<YamlNode>& to) {
    if (to.size() != columns.size()) {
      reading_.problems.add(
          relationship, fmt::format("the relationship goes from {} to {} columns; name as many on both sides",
                                    columns.size(), to.size()));
      return;
    }
    std::vector<Reference> targets;
    for (std::size_t i = 0; i < to.size(); ++i) {
      auto target = resolve(to[i]);
      if (!target || !same_type(columns[i], *target)) return;
      if (!targets.empty() && targets[0].object != target->object) {
        reading_.problems.add(
            to[i], fmt::format("the relationship goes to {} and to {}; one relationship has one target",
                               targets[0].object, target->object));
        return;
      }
      targets.push_back(*std::move(target));
    }
    if (!targets.empty()) add_rule(relationship, columns, targets);
  }

  void add_rule(const YamlNode& relationship, const std::vector<std::string>& columns,
                const std::vector<Reference>& targets) {
    std::vector<std::string> given;
    std::vector<std::string> equal;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      given.push_back(fmt::format("child.{} IS NOT NULL", quoted_name(columns[i])));
      equal.push_back(
          fmt::format("parent.{} = child.{}", quoted_name(targets[i].column), quoted_name(columns[i])));
      names.push_back(targets[i].column);
    }
    const std::string& parent = targets[0].object;
    const std::string id = fmt::format("{}.{}.references.{}.{}", object_.name, fmt::join(columns, "+"),
                                       parent, fmt::join(names, "+"));
    object_.set_rules.push_back(
        {.id = reading_.free_rule_id(id),
         .kind = SetRule::Kind::kReferential,
         .sql = fmt::format("SELECT count(*) FROM {{object}} AS child WHERE {} AND NOT EXISTS "
                            "(SELECT 1 FROM silver.{} AS parent WHERE {})",
                            fmt::join(given, " AND "), quoted_name(parent), fmt::join(equal, " AND ")),
         .columns = columns,
         .severity = read_severity(reading_, custom_property(relationship, "severity"), Severity::kWarning),
         .dimension = "consistency",
         .description = fmt::format("{} is in {}", fmt::join(columns, ", "), parent),
         .references = parent,
         .place = relationship.place()});
  }

  /// "object.column", or "schema/<object id>/properties/<column id>" within this file.
  std::optional<Reference> resolve(const YamlNode& node) {
    const std::string_view text = node.text();
    if (text.find('/') != std::string_view::npos) return resolve_ids(node);
    const auto dot = text.find('.');
    const bool is_pair = dot != std::string_view::npos && text.find('.', dot + 1) == std::string_view::npos &&
                         is_name(text.substr(0, dot)) && is_name(text.substr(dot + 1));
    if (is_pair) return Reference{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1)), node};
    if (dot != std::string_view::npos && is_path(text) && reading_.edition >= Edition::kV32) {
      reading_.not_enforced(node, fmt::format("relationship of {} to {}", object_.name, text),
                            "it reaches into an object; only whole columns are compared");
      return std::nullopt;
    }
    reading_.problems.add(
        node, fmt::format("{} is no column; write object.column, as vehicles.tailnum", node.describe()));
    return std::nullopt;
  }

  static bool is_name(std::string_view text) {
    return !text.empty() && (text[0] < '0' || text[0] > '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
           });
  }

  static bool is_path(std::string_view text) {
    while (true) {
      const auto dot = text.find('.');
      if (!is_name(text.substr(0, dot))) return false;
      if (dot == std::string_view::npos) return true;
      text.remove_prefix(dot + 1);
    }
  }

  /// FILE.yaml#/schema/ID/properties/ID, as the standard writes it.
  bool is_reference_to_file(std::string_view text) const {
    const auto hash = text.find('#');
    if (hash == std::string_view::npos) return false;
    std::string_view file = text.substr(0, hash);
    for (const std::string_view scheme : {"https://", "http://"}) {
      if (file.starts_with(scheme)) file.remove_prefix(scheme.size());
    }
    const std::string_view suffix = file.ends_with(".yml") && reading_.edition >= Edition::kV32
                                        ? std::string_view(".yml")
                                        : std::string_view(".yaml");
    constexpr std::string_view kFileCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    if (!file.ends_with(suffix) || file.size() == suffix.size() ||
        file.find_first_not_of(kFileCharacters) != std::string_view::npos) {
      return false;
    }
    return is_id_path(text.substr(hash + 1));
  }

  /// SECTION/ID/SECTION/ID...
  static bool is_id_path(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    for (int part = 0;; ++part) {
      const auto slash = path.find('/');
      std::string_view word = path.substr(0, slash);
      if (part % 2 == 1) {
        const bool is_id = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
          return is_name(std::string_view(&c, 1)) || (c >= '0' && c <= '9') || c == '-';
        });
        if (!is_id) return false;
      } else if (!is_name(word)) {
        return false;
      }
      if (slash == std::string_view::npos) return part % 2 == 1;
      path.remove_prefix(slash + 1);
    }
  }

  std::optional<Reference> resolve_ids(const YamlNode& node) {
    std::string_view text = node.text();
    if (is_reference_to_file(text)) {
      reading_.not_enforced(node, fmt::format("relationship of {} to {}", object_.name, text),
                            "ids of another file are not followed; write object.column");
      return std::nullopt;
    }
    if (text.starts_with('/')) text.remove_prefix(1);
    constexpr std::string_view kSchema = "schema/";
    constexpr std::string_view kProperties = "/properties/";
    const auto middle = text.find(kProperties);
    if (text.starts_with(kSchema) && middle != std::string_view::npos) {
      const auto object = entry_with_id(schema_, text.substr(kSchema.size(), middle - kSchema.size()));
      const auto columns = object ? object->find("properties") : std::nullopt;
      const auto column =
          columns ? entry_with_id(*columns, text.substr(middle + kProperties.size())) : std::nullopt;
      const auto object_name = object ? text_at(*object, "name") : std::nullopt;
      const auto column_name = column ? text_at(*column, "name") : std::nullopt;
      if (object_name && column_name) return Reference{*object_name, *column_name, node};
    }
    reading_.problems.add(
        node, fmt::format("nothing here has the ids {}; write object.column, or schema/ID/properties/ID",
                          node.describe()));
    return std::nullopt;
  }

  /// The type of a column of this contract; null for a column of another contract. Nothing, and a problem,
  /// where this contract has the object without the column.
  std::optional<std::shared_ptr<arrow::DataType>> known_type(const Reference& reference) {
    for (const Object& object : reading_.contract.objects) {
      if (object.name != reference.object) continue;
      std::vector<std::string_view> names;
      for (const auto& column : object.schema.columns) {
        if (column.name == reference.column) return column.type;
        names.push_back(column.name);
      }
      if (reading_.broken_columns.contains(object.name + "." + reference.column)) return std::nullopt;
      reading_.problems.add(reference.place, fmt::format("{} has no column `{}`{}", object.name,
                                                         reference.column, advise(reference.column, names)));
      return std::nullopt;
    }
    return std::shared_ptr<arrow::DataType>();
  }

  bool same_type(const std::string& column, const Reference& target) {
    const auto theirs = known_type(target);
    if (!theirs) return false;
    const auto ours = known_type({object_.name, column, target.place});
    if (!ours) return false;
    if (*theirs == nullptr || *ours == nullptr || (*theirs)->Equals(**ours)) return true;
    reading_.problems.add(target.place, fmt::format("{}.{} is {}, and {}.{} is {}; give both one type",
                                                    object_.name, column, describe_type(**ours),
                                                    target.object, target.column, describe_type(**theirs)));
    return false;
  }

  Reading& reading_;
  const YamlNode& schema_;
  Object& object_;
};

}  // namespace

void read_relationships(Reading& reading, const YamlNode& schema) {
  for (const YamlNode& node : schema.items()) {
    const auto name = text_at(node, "name");
    auto& objects = reading.contract.objects;
    const auto object =
        std::find_if(objects.begin(), objects.end(), [&](const Object& each) { return name == each.name; });
    if (object == objects.end()) continue;
    Relationships relationships(reading, schema, *object);
    const auto columns = node.find("properties");
    for (const YamlNode& column : columns ? columns->items() : std::vector<YamlNode>()) {
      const auto column_name = text_at(column, "name");
      if (column_name && object->schema.find(*column_name))
        relationships.read_of_column(column, *column_name);
    }
    relationships.read_of_object(node);
  }
}

}  // namespace haul::contract
