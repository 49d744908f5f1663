#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/compatibility.h"
#include "stored_type.h"

// A contract as compare() looks at it: each clause with its meaning, its key and its place. Everything here
// is read from a contract that parse_contract() took, so nothing is reported twice.
namespace haul::contract {

/// A value of a column as a row of JSON has it.
struct Value {
  std::string json = "null";
  std::string text = {};             ///< Of a text: without quotes and escapes.
  std::optional<double> order = {};  ///< Of a number: itself. Of a text: its time, where it is one.
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kText, kNested } kind = Kind::kNull;

  friend bool operator==(const Value& a, const Value& b) { return a.json == b.json; }
};
[[nodiscard]] Value value_of(const YamlNode& node);
[[nodiscard]] Value text_value(std::string text);
[[nodiscard]] Value number_value(double number);
[[nodiscard]] Value integer_value(std::int64_t number);

/// One clause that rows are judged by.
struct RuleFacts {
  enum class Kind : std::uint8_t {
    kLowest,    ///< `number`, `exclusive`.
    kHighest,   ///< `number`, `exclusive`.
    kStep,      ///< A multiple of `number`.
    kShortest,  ///< `number` characters at least.
    kLongest,   ///< `number` characters at most.
    kPattern,   ///< `text` is the pattern.
    kFormat,    ///< `text` is the format, `pattern` what runs for it.
    kValues,    ///< One of `values`.
    kNoneOf,    ///< None of `values`, null among them or not.
    kNotNull,
    kCondition,  ///< SQL about one row; `text` is true for rows that break it.
    kUnique,     ///< No two rows have the same `columns`; empty: the rule's own column.
    kReference,  ///< `text` names the columns it points at.
    kNumber,     ///< A number about the set, `text`, and the bound it keeps.
    kProse       ///< Enforced by nothing here.
  };
  Kind kind = Kind::kProse;
  std::string key =
      {};  ///< The rule's id, else its name; for clauses of a column their keyword; may be empty.
  bool is_option = false;  ///< A clause of the column itself, not an entry of `quality`.
  std::string shown = {};  ///< For messages: "`maximum` 10", "the rule `few_twice`".
  Severity severity = Severity::kError;
  SourcePlace place = {};
  double number = 0;
  bool exclusive = false;
  std::string text = {};
  std::string pattern = {};
  std::vector<Value> values = {};
  std::vector<std::string> columns = {};  ///< Of kUnique; of SQL every name in it, in lower case.
  SetRule::Comparison comparison = SetRule::Comparison::kEqual;
  double low = 0;
  double high = 0;

  /// Whether a row that breaks it is kept out (or stops its batch).
  [[nodiscard]] bool refuses() const { return severity >= Severity::kError; }
};

struct ColumnFacts {
  std::string name;
  std::string id;
  YamlNode node;
  std::shared_ptr<arrow::DataType> type;
  std::optional<IntegerRange> range;  ///< Of integers: what the type or an unsigned format holds.
  bool required = false;
  bool is_personal = false;
  bool is_deprecated = false;
  std::vector<std::string> aliases;  ///< Names that the column had before.
  std::vector<Value> examples;
  std::vector<RuleFacts> rules;
};

struct ObjectFacts {
  const Object* object = nullptr;
  std::string id;
  YamlNode node;
  std::vector<ColumnFacts> columns;
  std::vector<RuleFacts> rules;

  [[nodiscard]] const ColumnFacts* find(std::string_view column) const;
};

/// The objects of a contract, which must outlive them.
[[nodiscard]] std::vector<ObjectFacts> read_facts(const Version& version);

}  // namespace haul::contract
