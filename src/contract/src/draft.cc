#include "haul/contract/draft.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "draft_rules.h"
#include "draft_words.h"
#include "haul/base/check.h"
#include "haul/base/json.h"
#include "haul/base/sql_words.h"

namespace haul::contract {
namespace {

/// Without an exception in n rows, the share of exceptions is below 3/n (95 %). A hundred rows carry a rule
/// about each row; a list of values needs every value often, and a bound many rows.
constexpr std::uint64_t kRowsForARule = 100;
constexpr std::uint64_t kRowsForABound = 1000;
constexpr std::uint64_t kSightingsOfAValue = 5;
constexpr std::size_t kValuesOfAList = 30;
constexpr std::size_t kValuesForAPattern = 10;
constexpr std::string_view kDeclared = "  # declared";

constexpr std::string_view kHowToReadAFile =
    "What stands above a column was seen in them; a rule stands\n"
    "# where enough rows carry it. Read it as a proposal: fill in what is marked FILL IN, correct the rest,\n"
    "# then set status: active.\n";
constexpr std::string_view kHowToReadATable =
    "What is declared holds in every row of the\n"
    "# database; what was seen stands above a column, and another rule where enough rows carry it. Read it "
    "as a\n"
    "# proposal: fill in what is marked FILL IN, correct the rest, then set status: active.\n";

/// The value that the database's comment gives, or what its author must fill in.
std::string text_or(const std::string& given, std::string_view fill_in) {
  return given.empty() ? fmt::format("'FILL IN: {}'", fill_in) : json_string(given);
}

class Draft {
 public:
  Draft(const Evidence& evidence, const std::string& name)
      : evidence_(evidence), name_(name), declared_(evidence.declared.value_or(TableDeclaration())) {
    has_declared_key_ = std::any_of(evidence_.columns.begin(), evidence_.columns.end(), is_key_part);
    refuse_unsafe_key();
    key_ = key_column();
  }

  std::string write() {
    add_head();
    for (const ColumnEvidence& column : evidence_.columns) add_column(column);
    append_table_rules(name_, declared_.rules, out_);
    return std::move(out_);
  }

 private:
  static bool is_key_part(const ColumnEvidence& column) {
    return column.declared && column.declared->key_position > 0;
  }

  /// A key of floating numbers is no primaryKey of a contract: it becomes a rule about repeated values.
  void refuse_unsafe_key() {
    std::vector<const ColumnEvidence*> parts;
    for (const ColumnEvidence& column : evidence_.columns) {
      if (is_key_part(column)) parts.push_back(&column);
    }
    is_key_safe_ = std::none_of(parts.begin(), parts.end(), [](const ColumnEvidence* part) {
      return arrow::is_floating(part->type->id());
    });
    if (is_key_safe_) return;
    std::sort(parts.begin(), parts.end(), [](const ColumnEvidence* left, const ColumnEvidence* right) {
      return left->declared->key_position < right->declared->key_position;
    });
    DeclaredRule rule{.kind = DeclaredRule::Kind::kUnique,
                      .name = "primary_key",
                      .declared = "PRIMARY KEY, with floating numbers, whose equality is not safe"};
    for (const ColumnEvidence* part : parts) rule.columns.push_back(part->name);
    declared_.rules.push_back(std::move(rule));
  }

  void add_head() {
    const std::string rows = evidence_.sampled_from ? fmt::format("{} of about {}", grouped(evidence_.rows),
                                                                  grouped(*evidence_.sampled_from))
                                                    : grouped(evidence_.rows);
    out_ = fmt::format("# Drafted from {}: {} rows, {} columns. {}", one_line(evidence_.origin), rows,
                       evidence_.columns.size(), evidence_.declared ? kHowToReadATable : kHowToReadAFile);
    out_ += fmt::format(
        "apiVersion: v3.1.0\n"
        "kind: DataContract\n"
        "id: {}\n"
        "name: {}\n"
        "version: 0.1.0\n"
        "status: draft\n"
        "description:\n"
        "  purpose: {}\n"
        "  limitations: 'FILL IN: what a user could take wrongly'\n"
        "team: {{name: 'FILL IN: who owns this data'}}\n",
        json_string("urn:datacontract:" + name_), yaml_text(name_),
        text_or(declared_.description, "what one row is, and what it is for"));
    if (const auto& place = declared_.place) {
      out_ += fmt::format(
          "servers:\n"
          "  - {{server: source, type: postgresql, host: {}, port: {}, database: {}, schema: {}}}\n",
          json_string(place->host), place->port, json_string(place->database), json_string(place->schema));
    }
    out_ += fmt::format(
        "schema:\n"
        "  - name: {}\n"
        "    physicalType: table\n"
        "    logicalType: object\n"
        "    properties:\n",
        yaml_text(name_));
  }

  [[nodiscard]] bool is_full(const ColumnEvidence& column) const {
    return column.nulls == 0 && evidence_.rows >= kRowsForARule;
  }

  /// A column that tells every row apart and could be meant to: a text or an integer, given in every row.
  [[nodiscard]] bool could_be_key(const ColumnEvidence& column) const {
    const auto type = column.type->id();
    return column.is_unique && !evidence_.sampled_from && is_full(column) &&
           (type == arrow::Type::STRING || arrow::is_integer(type));
  }

  [[nodiscard]] const ColumnEvidence* key_column() const {
    if (has_declared_key_) return nullptr;
    const auto found = std::find_if(evidence_.columns.begin(), evidence_.columns.end(),
                                    [&](const ColumnEvidence& column) { return could_be_key(column); });
    return found == evidence_.columns.end() ? nullptr : &*found;
  }

  void add_line(int depth, std::string_view line) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += line;
    out_ += '\n';
  }

  void add_column(const ColumnEvidence& column) {
    const bool personal = sounds_personal(column.name);
    const auto& declared = column.declared;
    if (declared) add_line(3, "# declared: " + one_line(declared->type));
    add_line(3, (declared ? "# seen: " : "# ") + seen(column, personal));
    if (declared) {
      for (const std::string& note : declared->notes) add_line(3, "# note: " + one_line(note));
    }
    add_line(3, "- name: " + yaml_text(column.name));
    if (declared && !declared->source_name.empty())
      add_line(4, "physicalName: " + json_string(declared->source_name));
    if (declared && !declared->description.empty())
      add_line(4, "description: " + json_string(declared->description));
    add_type(*column.type, 4, options_of(column), declared ? declared->physical_type : "");
    add_keys(column);
    add_references(column);
    if (personal) add_line(4, "classification: restricted  # its name sounds personal; public opens it");
    if (declared && !declared->values.empty()) {
      add_declared_values(column);
    } else if (!personal && !is_ruled(column)) {
      add_values(column);
    }
  }

  void add_keys(const ColumnEvidence& column) {
    const ColumnDeclaration declared = column.declared.value_or(ColumnDeclaration());
    if (declared.key_position > 0 && is_key_safe_) {
      add_line(4, fmt::format("primaryKey: true{}", kDeclared));
      add_line(4, fmt::format("primaryKeyPosition: {}", declared.key_position));
    }
    if (&column == key_) add_line(4, "primaryKey: true");
    if (declared.is_unique) {
      add_line(4, fmt::format("unique: true{}", kDeclared));
    } else if (&column != key_ && declared.key_position == 0 && could_be_key(column)) {
      add_line(4, "unique: true");
    }
    if (declared.is_required) {
      add_line(4, fmt::format("required: true{}", kDeclared));
    } else if (is_full(column)) {
      add_line(4, "required: true");
    }
  }

  void add_references(const ColumnEvidence& column) {
    std::vector<std::string> relationships;
    std::vector<std::string> names;
    for (const DeclaredRule& rule : declared_.rules) {
      const bool is_own = rule.kind == DeclaredRule::Kind::kReference && rule.columns.size() == 1 &&
                          rule.columns[0] == column.name;
      if (!is_own) continue;
      relationships.push_back(column_relationship(rule));
      names.push_back(one_line(rule.name));
    }
    if (relationships.empty()) return;
    add_line(4, fmt::format("relationships: [{}]{}: {}", fmt::join(relationships, ", "), kDeclared,
                            fmt::join(names, ", ")));
  }

  void add_type(const arrow::DataType& type, int depth, const std::string& options,
                const std::string& physical) {
    if (type.id() == arrow::Type::LIST) {
      add_line(depth, "logicalType: array");
      add_line(depth, "items:");
      return add_type(*static_cast<const arrow::ListType&>(type).value_type(), depth + 1, "", "");
    }
    if (type.id() == arrow::Type::STRUCT) {
      add_line(depth, "logicalType: object");
      add_line(depth, "properties:");
      for (const auto& part : type.fields()) {
        add_line(depth + 1, "- name: " + yaml_text(part->name()));
        add_type(*part->type(), depth + 2, "", "");
      }
      return;
    }
    const TypeClauses clauses = clauses_of(type);
    add_line(depth, fmt::format("logicalType: {}", clauses.logical));
    if (!physical.empty()) {
      add_line(depth, "physicalType: " + json_string(physical));
    } else if (!clauses.physical.empty()) {
      add_line(depth, "physicalType: " + clauses.physical);
    }
    if (clauses.options.empty() && options.empty()) return;
    const std::string_view between = clauses.options.empty() || options.empty() ? "" : ", ";
    add_line(depth, fmt::format("logicalTypeOptions: {{{}{}{}", clauses.options, between,
                                options.empty() ? "}" : options));
  }

  /// What closes logicalTypeOptions: "minimum: 0}  # declared: CHECK a"; empty: nothing.
  [[nodiscard]] static std::string options_of(const ColumnEvidence& column) {
    const ColumnDeclaration declared = column.declared.value_or(ColumnDeclaration());
    std::vector<std::string> entries;
    std::vector<std::string> by;
    for (const DeclaredOption& option : declared.options) {
      entries.push_back(option.key + ": " + option.value);
      if (std::find(by.begin(), by.end(), one_line(option.by)) == by.end()) by.push_back(one_line(option.by));
    }
    if (entries.empty() && declared.values.empty()) entries = seen_options(column);
    if (entries.empty()) return "";
    const std::string why = by.empty() ? "" : fmt::format("{}: {}", kDeclared, fmt::join(by, ", "));
    return fmt::format("{}}}{}", fmt::join(entries, ", "), why);
  }

  [[nodiscard]] static std::vector<std::string> seen_options(const ColumnEvidence& column) {
    if (column.values >= kRowsForABound && column.is_never_negative) return {"minimum: 0"};
    if (column.values < kRowsForARule) return {};
    if (column.is_uuid) return {"format: uuid"};
    const bool varied = !column.distinct || column.distinct->size() >= kValuesForAPattern;
    if (column.pattern.empty() || !varied) return {};
    return {"pattern: " + json_string(column.pattern)};
  }

  /// Whether a declared rule says which values the column has: those seen are then some of them.
  [[nodiscard]] bool is_ruled(const ColumnEvidence& column) const {
    return std::any_of(declared_.rules.begin(), declared_.rules.end(), [&](const DeclaredRule& rule) {
      const bool refers =
          rule.kind == DeclaredRule::Kind::kReference && rule.columns == std::vector{column.name};
      return refers || rule.sql.find(quoted_name(column.name)) != std::string::npos;
    });
  }

  void add_declared_values(const ColumnEvidence& column) {
    std::vector<std::string> values;
    for (const std::string& value : column.declared->values) {
      values.push_back(column.type->id() == arrow::Type::STRING ? yaml_text(value) : value);
    }
    add_line(4, "quality:");
    add_line(5, fmt::format("- name: {}", json_string(column.name + "_values")));
    add_line(6, "metric: invalidValues");
    add_line(6, fmt::format("arguments: {{validValues: [{}]}}{}: {}", fmt::join(values, ", "), kDeclared,
                            one_line(column.declared->values_by)));
    add_line(6, "mustBe: 0");
  }

  void add_values(const ColumnEvidence& column) {
    const bool is_text = column.type->id() == arrow::Type::STRING;
    if (!is_text || !column.distinct || column.values < kRowsForARule) return;
    const auto& values = *column.distinct;
    const bool often = std::all_of(values.begin(), values.end(),
                                   [](const auto& value) { return value.second >= kSightingsOfAValue; });
    if (values.empty() || values.size() > kValuesOfAList || !often) return;
    std::string list;
    for (const auto& [value, count] : values) list += (list.empty() ? "" : ", ") + yaml_text(value);
    add_line(4, "quality:");
    add_line(5, fmt::format("- name: {}", json_string(column.name + "_known")));
    add_line(6, "metric: invalidValues");
    add_line(6, fmt::format("arguments: {{validValues: [{}]}}", list));
    add_line(6, "mustBe: 0");
    add_line(6, "severity: warning  # seen so far; error, if there are no others");
  }

  /// "0 of 336,776 rows null; 3 distinct values: EWR (120,835), ...; 3 characters".
  [[nodiscard]] std::string seen(const ColumnEvidence& column, bool personal) const {
    std::string out = fmt::format("{} of {} rows null", grouped(column.nulls), grouped(evidence_.rows));
    const auto add = [&](const std::string& fact) { out += "; " + fact; };
    if (column.values == 0) {
      add("no value was seen");
    } else if (column.is_unique) {
      add("every value different");
    } else if (column.distinct) {
      add(counted(column.distinct->size(), "distinct value"));
    }
    if (!column.lowest.empty() && !personal)
      add(one_line(column.lowest == column.highest ? "always " + column.lowest
                                                   : fmt::format("{} to {}", column.lowest, column.highest)));
    if (column.type->id() == arrow::Type::STRING && column.values > 0) {
      const std::string longest = counted(column.length_max, "character");
      add(column.length_min == column.length_max ? longest
                                                 : fmt::format("{} to {}", column.length_min, longest));
    }
    if (column.is_uuid) add("all UUIDs");
    if (column.unfit > 0) add(unfit(column, personal));
    return out;
  }

  /// "2 values are none of this type (infinity): their rows go to quarantine".
  [[nodiscard]] static std::string unfit(const ColumnEvidence& column, bool personal) {
    const std::string example = personal ? "" : fmt::format(" ({})", one_line(column.unfit_example));
    return fmt::format("{} {} none that its type holds{}: such rows go to quarantine",
                       counted(column.unfit, "value"), column.unfit == 1 ? "is" : "are", example);
  }

  const Evidence& evidence_;
  const std::string& name_;
  TableDeclaration declared_;
  bool has_declared_key_ = false;
  bool is_key_safe_ = true;
  const ColumnEvidence* key_ = nullptr;
  std::string out_;
};

}  // namespace

std::string draft_contract(const Evidence& evidence, const std::string& name) {
  HAUL_CHECK(!evidence.columns.empty(), "a file has columns");
  return Draft(evidence, name).write();
}

}  // namespace haul::contract
