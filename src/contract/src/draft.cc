#include "haul/contract/draft.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "haul/base/check.h"
#include "haul/base/json.h"
#include "haul/columnar/schema.h"
#include "sql_text.h"

namespace haul::contract {
namespace {

/// Without an exception in n rows, the share of exceptions is below 3/n (95 %). A hundred rows carry a rule
/// about each row; a list of values needs every value often, and a bound many rows.
constexpr std::uint64_t kRowsForARule = 100;
constexpr std::uint64_t kRowsForABound = 1000;
constexpr std::uint64_t kSightingsOfAValue = 5;
constexpr std::size_t kValuesOfAList = 30;
constexpr std::size_t kValuesForAPattern = 10;

/// `text` as a YAML scalar that is text again when it is read.
std::string yaml_text(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_of_a_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  const bool word =
      !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_of_a_word);
  // The last six are booleans in YAML 1.1, which some readers still speak.
  static constexpr std::array<std::string_view, 9> kTyped{"true", "false", "null", "yes", "no",
                                                          "on",   "off",   "y",    "n"};
  const bool typed = std::find(kTyped.begin(), kTyped.end(), lower(text)) != kTyped.end();
  return word && !typed ? std::string(text) : json_string(text);
}

/// A number with a comma for every three digits.
std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// "1 character", "3 characters".
std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

/// Whether a column's name sounds like something about a person.
bool sounds_personal(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kWords{
      "email",     "e_mail",  "phone", "mobile",   "firstname",   "first_name", "lastname",
      "last_name", "surname", "birth", "passport", "driver_name", "ssn",        "iban"};
  const std::string folded = lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

/// logicalType and physicalType, so that the column is kept as the type it was seen with.
struct TypeClauses {
  std::string_view logical;
  std::string physical = {};
  std::string_view options = {};
};

TypeClauses clauses_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return {"boolean"};
    case arrow::Type::INT8:
      return {"integer", "TINYINT"};
    case arrow::Type::INT16:
      return {"integer", "SMALLINT"};
    case arrow::Type::INT32:
      return {"integer", "INTEGER"};
    case arrow::Type::INT64:
      return {"integer"};
    case arrow::Type::FLOAT:
      return {"number", "FLOAT"};
    case arrow::Type::DOUBLE:
      return {"number"};
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return {"number", fmt::format("'DECIMAL({},{})'", decimal.precision(), decimal.scale())};
    }
    case arrow::Type::STRING:
      return {"string"};
    case arrow::Type::BINARY:
      return {"string", "BLOB"};
    case arrow::Type::DATE32:
      return {"date"};
    case arrow::Type::TIMESTAMP:
      if (static_cast<const arrow::TimestampType&>(type).timezone().empty())
        return {"timestamp", "", "timezone: false"};
      return {"timestamp"};
    default:
      HAUL_CHECK(false, "lists and objects are written by their parts");
  }
}

class Draft {
 public:
  explicit Draft(const FileEvidence& evidence) : evidence_(evidence) {}

  std::string write(const std::string& name) {
    out_ = fmt::format(
        "# Drafted from {0}: {1} rows, {2} columns. What stands above a column was seen in them; a rule "
        "stands\n"
        "# where enough rows carry it. Read it as a proposal: fill in what is marked FILL IN, correct the "
        "rest,\n"
        "# then set status: active.\n"
        "apiVersion: v3.1.0\n"
        "kind: DataContract\n"
        "id: {3}\n"
        "name: {4}\n"
        "version: 0.1.0\n"
        "status: draft\n"
        "description:\n"
        "  purpose: 'FILL IN: what one row is, and what it is for'\n"
        "  limitations: 'FILL IN: what a user could take wrongly'\n"
        "team: {{name: 'FILL IN: who owns this data'}}\n"
        "schema:\n"
        "  - name: {4}\n"
        "    physicalType: table\n"
        "    logicalType: object\n"
        "    properties:\n",
        one_line(evidence_.origin), grouped(evidence_.rows), evidence_.columns.size(),
        json_string("urn:datacontract:" + name), yaml_text(name));
    key_ = key_column();
    for (const ColumnEvidence& column : evidence_.columns) add_column(column);
    return std::move(out_);
  }

 private:
  /// Line ends would leave the comment.
  static std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return text;
  }

  [[nodiscard]] bool is_full(const ColumnEvidence& column) const {
    return column.nulls == 0 && evidence_.rows >= kRowsForARule;
  }

  /// A column that tells every row apart and could be meant to: a text or an integer, given in every row.
  [[nodiscard]] bool could_be_key(const ColumnEvidence& column) const {
    const auto type = column.type->id();
    return column.is_unique && is_full(column) && (type == arrow::Type::STRING || arrow::is_integer(type));
  }

  [[nodiscard]] const ColumnEvidence* key_column() const {
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
    add_line(3, "# " + seen(column, personal));
    add_line(3, "- name: " + yaml_text(column.name));
    add_type(*column.type, 4, options_of(column));
    if (&column == key_) add_line(4, "primaryKey: true");
    if (&column != key_ && could_be_key(column)) add_line(4, "unique: true");
    if (is_full(column)) add_line(4, "required: true");
    if (personal) add_line(4, "classification: restricted  # its name sounds personal; public opens it");
    if (!personal) add_values(column);
  }

  void add_type(const arrow::DataType& type, int depth, std::string options) {
    if (type.id() == arrow::Type::LIST) {
      add_line(depth, "logicalType: array");
      add_line(depth, "items:");
      return add_type(*static_cast<const arrow::ListType&>(type).value_type(), depth + 1, "");
    }
    if (type.id() == arrow::Type::STRUCT) {
      add_line(depth, "logicalType: object");
      add_line(depth, "properties:");
      for (const auto& part : type.fields()) {
        add_line(depth + 1, "- name: " + yaml_text(part->name()));
        add_type(*part->type(), depth + 2, "");
      }
      return;
    }
    const TypeClauses clauses = clauses_of(type);
    add_line(depth, fmt::format("logicalType: {}", clauses.logical));
    if (!clauses.physical.empty()) add_line(depth, "physicalType: " + clauses.physical);
    if (!clauses.options.empty())
      options = std::string(clauses.options) + (options.empty() ? "" : ", ") + options;
    if (!options.empty()) add_line(depth, "logicalTypeOptions: {" + options + "}");
  }

  [[nodiscard]] static std::string options_of(const ColumnEvidence& column) {
    if (column.values >= kRowsForABound && column.is_never_negative) return "minimum: 0";
    if (column.values < kRowsForARule) return "";
    if (column.is_uuid) return "format: uuid";
    const bool varied = !column.distinct || column.distinct->size() >= kValuesForAPattern;
    return column.pattern.empty() || !varied ? "" : "pattern: " + json_string(column.pattern);
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
    return out;
  }

  const FileEvidence& evidence_;
  const ColumnEvidence* key_ = nullptr;
  std::string out_;
};

}  // namespace

std::string draft_contract(const FileEvidence& evidence, const std::string& name) {
  HAUL_CHECK(!evidence.columns.empty(), "a file has columns");
  return Draft(evidence).write(name);
}

}  // namespace haul::contract
