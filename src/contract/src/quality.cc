#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "bounds.h"
#include "haul/base/sql_words.h"
#include "literal.h"
#include "patterns.h"
#include "reading.h"
#include "sql_text.h"

namespace haul::contract {
namespace {

using Comparison = SetRule::Comparison;

/// One entry of `quality`.
class QualityRule {
 public:
  QualityRule(Reading& reading, Object& object, const columnar::Column* column, const YamlNode& rule)
      : reading_(reading), problems_(reading.problems), object_(object), column_(column), rule_(rule) {}

  void read() {
    const auto type = text_at(rule_, "type");
    const std::string id = rule_id();
    if (rule_.find("schedule")) {
      reading_.not_enforced(*rule_.find("schedule"), fmt::format("{}: schedule", id),
                            "rules run with every commit, not on a schedule of their own");
    }
    static constexpr std::array<std::string_view, 4> kTypes{"text", "library", "sql", "custom"};
    if (type && std::find(kTypes.begin(), kTypes.end(), *type) == kTypes.end()) return;  // see the shape
    if (type == "text") return note(id, "text, for people to read");
    if (type == "custom") {
      if (text_at(rule_, "engine") == "haul") return read_change_rule(reading_, object_, column_, rule_, id);
      return note(id, fmt::format("a rule for the engine {}", text_at(rule_, "engine").value_or("?")));
    }
    id_ = id;
    severity_ = read_severity(reading_, rule_.find("severity"), reading_.default_severity);
    const auto bounds = read_bounds(rule_, problems_);
    if (!bounds) return;
    if (type == "sql") return read_sql(*bounds);
    read_metric(*bounds);
  }

 private:
  void note(const std::string& id, std::string reason) {
    reading_.not_enforced(rule_, fmt::format("quality rule {}", id), std::move(reason));
  }

  std::string path() const { return column_ == nullptr ? object_.name : object_.name + "." + column_->name; }

  /// The rule's own id or name, which must be new in the contract; else one made of its column and its
  /// metric.
  std::string rule_id() {
    for (const std::string_view key : {"id", "name"}) {
      const auto own = text_at(rule_, key);
      if (!own || own->empty()) continue;
      if (!reading_.rule_ids.insert(*own).second) {
        problems_.add(*rule_.find(key), fmt::format("two rules are called `{}`; rename one", *own));
      }
      return *own;
    }
    const auto type = text_at(rule_, "type");
    const auto metric = text_at(rule_, "metric");
    return reading_.free_rule_id(fmt::format("{}.{}", path(), metric ? *metric : type.value_or("quality")));
  }

  // ---- rules as they are stored

  void add_row_rule(std::string sql, std::vector<std::string> columns) {
    object_.row_rules.push_back({.id = id_,
                                 .sql = std::move(sql),
                                 .columns = std::move(columns),
                                 .severity = severity_,
                                 .dimension = text_at(rule_, "dimension").value_or(""),
                                 .description = text_at(rule_, "description").value_or(""),
                                 .place = rule_.place()});
  }

  void add_set_rule(SetRule::Kind kind, std::string sql, std::vector<std::string> columns,
                    const Bounds& bounds) {
    object_.set_rules.push_back({.id = id_,
                                 .kind = kind,
                                 .sql = std::move(sql),
                                 .columns = std::move(columns),
                                 .comparison = bounds.comparison,
                                 .bound = bounds.low,
                                 .bound_high = bounds.high,
                                 .severity = severity_,
                                 .dimension = text_at(rule_, "dimension").value_or(""),
                                 .description = text_at(rule_, "description").value_or(""),
                                 .place = rule_.place()});
  }

  /// A rule about how many rows break `holds`.
  void add_count_of_broken(SetRule::Kind kind, const std::string& holds, const Bounds& bounds, Unit unit) {
    if (allows_none(bounds, unit)) return add_row_rule(holds, {column_->name});
    add_set_rule(kind, count_query(fmt::format("count(*) FILTER (WHERE NOT ({}))", holds), unit),
                 {column_->name}, bounds);
  }

  /// The number itself, or its share of all rows; the share of no rows is 0.
  static std::string count_query(const std::string& count, Unit unit) {
    if (unit == Unit::kRows) return fmt::format("SELECT {} FROM {{object}}", count);
    return fmt::format("SELECT coalesce(100.0 * ({}) / nullif(count(*), 0), 0) FROM {{object}}", count);
  }

  // ---- sql

  void read_sql(const Bounds& bounds) {
    const auto query = text_at(rule_, "query");
    if (!query) return;
    if (rule_.find("unit")) {
      reading_.not_enforced(*rule_.find("unit"), fmt::format("{}: unit", id_),
                            "the query says what it counts");
    }
    const auto read = read_rule_query(*query, column_ == nullptr ? "" : column_->name);
    if (!read) {
      problems_.add(*rule_.find("query"), read.error().message);
      return;
    }
    std::vector<std::string> columns;
    for (const auto& column : object_.schema.columns) {
      const auto& words = read->names;
      if (std::find(words.begin(), words.end(), lower(column.name)) != words.end())
        columns.push_back(column.name);
    }
    if (read->row_condition && allows_none(bounds, Unit::kRows)) {
      return add_row_rule(fmt::format("NOT ({})", *read->row_condition), std::move(columns));
    }
    add_set_rule(SetRule::Kind::kSql, read->sql, std::move(columns), bounds);
  }

  // ---- metrics

  void read_metric(const Bounds& bounds) {
    const auto metric = text_at(rule_, "metric");
    const auto unit = read_unit(rule_, problems_);
    if (!metric || !unit) return;
    if (metric == "rowCount" && *unit == Unit::kPercent) {
      problems_.add(*rule_.find("unit"), "rowCount has no share; remove unit");
      return;
    }
    if (!check_bounds(bounds, *unit, problems_)) return;
    if (metric == "rowCount") return read_row_count(bounds);
    if (metric == "duplicateValues") return read_duplicates(bounds, *unit);
    if (column_ == nullptr) {
      problems_.add(*rule_.find("metric"),
                    fmt::format("{} belongs to a column; move the rule there", *metric));
      return;
    }
    if (metric == "nullValues") return read_nulls(bounds, *unit);
    if (metric == "missingValues") return read_missing(bounds, *unit);
    if (metric == "invalidValues") return read_invalid(bounds, *unit);
  }

  bool allow_arguments(std::initializer_list<std::string_view> known) {
    const auto arguments = rule_.find("arguments");
    if (!arguments) return true;
    bool fine = true;
    for (const auto& [key, value] : arguments->entries()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      fine = false;
      const std::string metric = *text_at(rule_, "metric");
      const std::string advice =
          known.size() == 0 ? std::string("; remove it") : advise(key, {known.begin(), known.size()});
      problems_.add(arguments->key_place(key), fmt::format("{} has no argument `{}`{}", metric, key, advice));
    }
    return fine;
  }

  std::optional<YamlNode> argument(std::string_view key) const {
    const auto arguments = rule_.find("arguments");
    return arguments ? arguments->find(key) : std::nullopt;
  }

  void read_row_count(const Bounds& bounds) {
    if (!allow_arguments({})) return;
    if (column_ != nullptr) {
      problems_.add(*rule_.find("metric"), "rowCount belongs to the object; move the rule there");
    } else {
      add_set_rule(SetRule::Kind::kRowCount, "SELECT count(*) FROM {object}", {}, bounds);
    }
  }

  void read_nulls(const Bounds& bounds, Unit unit) {
    if (!allow_arguments({})) return;
    const bool wants_nulls = (bounds.comparison == Comparison::kGreater) || bounds.low > 0;
    if (column_->presence == columnar::Presence::kRequired && wants_nulls &&
        bounds.comparison != Comparison::kLess && bounds.comparison != Comparison::kLessOrEqual &&
        bounds.comparison != Comparison::kNotEqual && bounds.comparison != Comparison::kNotBetween) {
      problems_.add(bounds.place, "the column is required and holds no nulls; remove the rule or `required`");
      return;
    }
    const std::string name = quoted_name(column_->name);
    if (allows_none(bounds, unit)) return add_row_rule(fmt::format("{} IS NOT NULL", name), {column_->name});
    add_set_rule(SetRule::Kind::kNullShare, count_query(fmt::format("count(*) - count({})", name), unit),
                 {column_->name}, bounds);
  }

  /// The values of an argument that lists some, as literals; `has_null` where null is among them.
  std::optional<std::vector<std::string>> read_values(std::string_view key, const YamlNode& list,
                                                      bool& has_null) {
    std::vector<std::string> literals;
    bool fine = list.kind() == YamlNode::Kind::kSequence && !list.items().empty();
    if (!fine)
      problems_.add(list,
                    fmt::format("`{}` needs a list of values, has {}; write [a, b]", key, list.describe()));
    for (const YamlNode& item : list.items()) {
      if (item.kind() == YamlNode::Kind::kNull) {
        has_null = true;
        continue;
      }
      const auto literal = sql_literal(item, *column_->type, fmt::format("a value of `{}`", key), problems_);
      fine = fine && literal;
      if (!literal) continue;
      if (std::find(literals.begin(), literals.end(), *literal) != literals.end()) {
        problems_.add(item, fmt::format("`{}` has {} twice; remove one", key, item.describe()));
      }
      literals.push_back(*literal);
    }
    if (!fine) return std::nullopt;
    return literals;
  }

  void read_missing(const Bounds& bounds, Unit unit) {
    if (!allow_arguments({"missingValues"})) return;
    const auto list = argument("missingValues");
    if (!list) {
      problems_.add(rule_,
                    "missingValues needs arguments; write arguments: {missingValues: [null, '', 'N/A']}");
      return;
    }
    bool has_null = false;
    const auto values = read_values("missingValues", *list, has_null);
    if (!values) return;
    const std::string name = quoted_name(column_->name);
    std::vector<std::string> parts;
    if (has_null) parts.push_back(fmt::format("{} IS NOT NULL", name));
    if (!values->empty()) parts.push_back(fmt::format("{} NOT IN ({})", name, fmt::join(*values, ", ")));
    add_count_of_broken(SetRule::Kind::kSql, fmt::format("{}", fmt::join(parts, " AND ")), bounds, unit);
  }

  void read_invalid(const Bounds& bounds, Unit unit) {
    if (!allow_arguments({"validValues", "pattern"})) return;
    std::vector<std::string> parts;
    bool fine = true;
    if (const auto list = argument("validValues")) {
      bool has_null = false;  // a null is never invalid, only missing
      const auto values = read_values("validValues", *list, has_null);
      fine = values.has_value();
      if (fine && values->empty()) {
        problems_.add(*list, "`validValues` holds only null; list the values");
        fine = false;
      } else if (fine) {
        parts.push_back(fmt::format("{} IN ({})", quoted_name(column_->name), fmt::join(*values, ", ")));
      }
    }
    if (const auto pattern = argument("pattern")) fine = read_valid_pattern(*pattern, parts) && fine;
    if (!fine) return;
    if (parts.empty()) {
      problems_.add(
          rule_, "invalidValues needs arguments; write arguments: {validValues: [a, b]} or {pattern: '^x'}");
      return;
    }
    add_count_of_broken(SetRule::Kind::kSql, fmt::format("{}", fmt::join(parts, " AND ")), bounds, unit);
  }

  bool read_valid_pattern(const YamlNode& pattern, std::vector<std::string>& parts) {
    const auto text = pattern.as_string();
    std::optional<std::string> problem;
    if (!text) {
      problem = fmt::format("`pattern` needs text, has {}; write it in quotes", pattern.describe());
    } else if (column_->type->id() != arrow::Type::STRING) {
      problem = "a pattern is for text, and the column is none; list validValues";
    } else if (const auto refusal = pattern_problem(*text)) {
      problem = fmt::format("the pattern does not run: {}", *refusal);
    }
    if (problem) {
      problems_.add(pattern, *problem);
      return false;
    }
    parts.push_back(fmt::format("regexp_matches({}, {})", quoted_name(column_->name), quoted_text(*text)));
    return true;
  }

  void read_duplicates(const Bounds& bounds, Unit unit) {
    std::vector<std::string> columns;
    if (column_ != nullptr) {
      if (!allow_arguments({})) return;
      columns.push_back(column_->name);
    } else if (!read_duplicate_columns(columns)) {
      return;
    }
    const auto kind = allows_none(bounds, unit) ? SetRule::Kind::kUnique : SetRule::Kind::kDuplicates;
    add_set_rule(kind, count_query(count_duplicates(object_, columns), unit), columns, bounds);
  }

  bool read_duplicate_columns(std::vector<std::string>& columns) {
    if (!allow_arguments({"properties"})) return false;
    const auto list = argument("properties");
    if (!list || list->items().empty()) {
      problems_.add(list.value_or(rule_),
                    "duplicateValues of an object needs columns; write arguments: {properties: [a, b]}");
      return false;
    }
    std::vector<std::string_view> names;
    for (const auto& column : object_.schema.columns) names.push_back(column.name);
    bool fine = true;
    for (const YamlNode& item : list->items()) {
      const bool broken = reading_.broken_columns.contains(object_.name + "." + std::string(item.text()));
      const bool known = broken || std::find(names.begin(), names.end(), item.text()) != names.end();
      const bool repeated = std::find(columns.begin(), columns.end(), item.text()) != columns.end();
      if (!known) {
        problems_.add(item, fmt::format("{} has no column {}{}", object_.name, item.describe(),
                                        advise(item.text(), names)));
      } else if (repeated) {
        problems_.add(item, fmt::format("`properties` has {} twice; remove one", item.describe()));
      }
      fine = fine && known && !broken && !repeated;
      columns.emplace_back(item.text());
    }
    return fine;
  }

  Reading& reading_;
  Problems& problems_;
  Object& object_;
  const columnar::Column* column_;
  const YamlNode& rule_;
  std::string id_;
  Severity severity_ = Severity::kError;
};

}  // namespace

std::string count_duplicates(const Object& object, const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  std::vector<std::string> given;
  for (const std::string& column : columns) {
    names.push_back(quoted_name(column));
    const auto index = object.schema.find(column);
    const bool required = index && object.schema.columns[*index].presence == columnar::Presence::kRequired;
    if (!required) given.push_back(fmt::format("{} IS NOT NULL", names.back()));
  }
  if (names.size() == 1) return fmt::format("count({0}) - count(DISTINCT {0})", names[0]);
  const std::string filter =
      given.empty() ? "" : fmt::format(" FILTER (WHERE {})", fmt::join(given, " AND "));
  return fmt::format("count(*){1} - count(DISTINCT ({0})){1}", fmt::join(names, ", "), filter);
}

void read_quality(Reading& reading, Object& object, const YamlNode& node, const columnar::Column* column) {
  const auto rules = node.find("quality");
  if (!rules) return;
  for (const YamlNode& rule : rules->items()) QualityRule(reading, object, column, rule).read();
}

}  // namespace haul::contract
