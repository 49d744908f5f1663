#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/yaml.h"
#include "haul/contract/contract.h"

// A contract as the exports look at it: what was read, and beside it the clauses of the file it was read
// from.
namespace haul::contract {

/// One column with its clauses and its rules, all borrowed from the contract.
struct ColumnView {
  const columnar::Column* column = nullptr;
  YamlNode node;
  std::string description;
  std::vector<const RowRule*> rules;  ///< Those about this column alone.
  bool is_unique = false;             ///< By itself: `unique`, or a primary key of one column.

  [[nodiscard]] bool is_required() const { return column->presence == columnar::Presence::kRequired; }
  /// A key of `logicalTypeOptions`, where its rule takes rows out (or where it has none of its own).
  [[nodiscard]] std::optional<YamlNode> strict_option(std::string_view key) const;
  /// The rule that stands at a place of the file, if it takes rows out.
  [[nodiscard]] const RowRule* strict_rule_at(const YamlNode& clause) const;
};

struct ObjectView {
  const Object* object = nullptr;
  YamlNode node;
  std::string description;
  std::vector<ColumnView> columns;        ///< In the order of the file.
  std::vector<const RowRule*> row_rules;  ///< Those about several columns, or none.
};

struct ExportView {
  const Contract* contract = nullptr;
  YamlNode root;
  std::vector<ObjectView> objects;
};

/// `root` is the file that `contract` was read from; both outlive the view.
[[nodiscard]] ExportView view_of(const Contract& contract, const YamlNode& root);

/// A column's type in DuckDB's words: "VARCHAR", "DECIMAL(9,3)", "STRUCT(\"lat\" DOUBLE)[]".
[[nodiscard]] std::string sql_type(const arrow::DataType& type);

/// A set rule's query and what its number must keep: "SELECT count(*) FROM \"scans\" between 1 and 1000000".
[[nodiscard]] std::string statement_of(const SetRule& rule, const Object& object);

// The formats; each gives text that ends with a line end.
[[nodiscard]] std::string to_json_schema(const ExportView& view);
/// kInvalidInput: two columns of an object have the same Avro name.
[[nodiscard]] Result<std::string> to_avro(const ExportView& view);
[[nodiscard]] std::string to_sql(const ExportView& view);
[[nodiscard]] std::string to_markdown(const ExportView& view);
[[nodiscard]] std::string to_html(const ExportView& view);

}  // namespace haul::contract
