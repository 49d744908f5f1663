#include "declaration.h"

#include <fmt/format.h>

#include <algorithm>

#include "check_reader.h"
#include "column_facts.h"
#include "names.h"

namespace haul::adapters::postgres {
namespace {

using contract::DeclaredRule;
using RuleKind = DeclaredRule::Kind;

class Description {
 public:
  explicit Description(const CatalogTable& table) : table_(table) {
    std::vector<std::string> names;
    for (const CatalogColumn& column : table.columns) names.push_back(column.name);
    names_ = column_names(names);
  }

  ingest::DatabaseTableInfo run() {
    info_.name = contract_name(table_.name);
    info_.rows_estimated = table_.rows_estimated;
    info_.declared.description = table_.comment;
    for (std::size_t index = 0; index < table_.columns.size(); ++index)
      add_column(table_.columns[index], names_[index]);
    for (const CatalogIndex& index : table_.indexes) add_index(index);
    for (const CatalogConstraint& constraint : table_.constraints) add_constraint(constraint);
    return std::move(info_);
  }

 private:
  /// The database does not check what a foreign table declares.
  [[nodiscard]] bool is_checked() const { return table_.kind != 'f'; }
  /// Nor does a view keep the NOT NULL of a domain: an outer join fills such a column with nulls.
  [[nodiscard]] bool has_no_nulls() const { return table_.kind == 'r' || table_.kind == 'p'; }

  void add_column(const CatalogColumn& column, const std::string& name) {
    const ColumnType type = column_type(column);
    contract::ColumnDeclaration declared{
        .type = written_type(column),
        .physical_type = type.physical_type,
        .description = column.comment,
        .is_required = column.is_required && has_no_nulls(),
        .values = column.labels,
        .values_by = column.labels.empty() ? "" : "TYPE " + column.base_written};
    if (type.is_uuid) declared.options.push_back({"format", "uuid", "uuid"});
    if (!type.note.empty()) declared.notes.push_back(type.note);
    if (column.is_required && !is_checked())
      declared.notes.emplace_back("NOT NULL of a foreign table is not checked by the database");
    if (name != column.name) {
      declared.source_name = column.name;
      declared.notes.push_back(
          fmt::format("no column of a table here is called so: its rows come as {}", name));
    }
    info_.columns.push_back({name, type.type, std::move(declared)});
    kinds_.push_back(type.kind);
  }

  static std::string written_type(const CatalogColumn& column) {
    std::string written = column.written_type;
    if (column.base_written != column.written_type) written += fmt::format(" ({})", column.base_written);
    if (column.is_required) written += " NOT NULL";
    if (!column.generated.empty()) {
      written += " " + column.generated;
    } else if (!column.default_value.empty()) {
      written += " DEFAULT " + column.default_value;
    }
    return written;
  }

  /// The contract's name of a column.
  [[nodiscard]] std::string name_of(const std::string& source_name) const {
    for (std::size_t index = 0; index < names_.size(); ++index) {
      if (table_.columns[index].name == source_name) return names_[index];
    }
    return source_name;
  }
  [[nodiscard]] std::vector<std::string> names_of(const std::vector<std::string>& source_names) const {
    std::vector<std::string> names;
    for (const std::string& name : source_names) names.push_back(name_of(name));
    return names;
  }
  contract::ColumnDeclaration& declared_of(const std::string& name) {
    const auto found = std::find_if(info_.columns.begin(), info_.columns.end(),
                                    [&](const ingest::DatabaseColumn& each) { return each.name == name; });
    return found->declared;
  }

  void add_unchecked(const std::string& name, const std::string& declared, std::string why) {
    info_.declared.rules.push_back(
        {.kind = RuleKind::kUnchecked, .name = name, .declared = declared, .why_unchecked = std::move(why)});
  }

  void add_index(const CatalogIndex& index) {
    if (!index.is_whole || index.nulls_are_equal) {
      return add_unchecked(index.name, index.definition,
                           index.is_whole ? "nulls count as equal in it, and not here"
                                          : "it is unique among some rows or by an expression");
    }
    const std::vector<std::string> names = names_of(index.columns);
    if (index.is_primary) {
      for (std::size_t place = 0; place < names.size(); ++place)
        declared_of(names[place]).key_position = static_cast<int>(place) + 1;
    } else if (names.size() == 1) {
      declared_of(names[0]).is_unique = true;
    } else {
      info_.declared.rules.push_back(
          {.kind = RuleKind::kUnique, .name = index.name, .declared = index.definition, .columns = names});
    }
  }

  void add_constraint(const CatalogConstraint& constraint) {
    if (constraint.kind == 'c') return add_check(constraint);
    if (constraint.kind == 'f') return add_reference(constraint);
    add_unchecked(constraint.name, constraint.definition, "no rule excludes rows by other rows so");
  }

  void add_reference(const CatalogConstraint& constraint) {
    DeclaredRule rule{.kind = RuleKind::kReference,
                      .name = constraint.name,
                      .declared = constraint.definition,
                      .columns = names_of(constraint.columns)};
    const std::string object = contract_name(constraint.references_table);
    for (const std::string& column : constraint.references_columns) {
      rule.references.push_back(object + "." + column);
      if (!is_identifier(column))
        return add_unchecked(constraint.name, constraint.definition,
                             fmt::format("a relationship cannot name the column {}", column));
    }
    if (rule.columns.size() > 1 && !std::all_of(rule.columns.begin(), rule.columns.end(), is_identifier)) {
      return add_unchecked(constraint.name, constraint.definition,
                           "a relationship of several columns cannot name all of them");
    }
    info_.declared.rules.push_back(std::move(rule));
  }

  [[nodiscard]] std::vector<CheckColumn> check_columns(const CatalogConstraint& constraint) const {
    std::vector<CheckColumn> columns;
    for (std::size_t index = 0; index < names_.size(); ++index) {
      const std::string& name = table_.columns[index].name;
      if (constraint.domain_column.empty()) {
        columns.push_back({name, names_[index], kinds_[index]});
      } else if (constraint.domain_column == name) {
        columns.push_back({"VALUE", names_[index], kinds_[index]});
      }
    }
    return columns;
  }

  void add_check(const CatalogConstraint& constraint) {
    const auto condition = read_check(constraint.expression, check_columns(constraint));
    if (!condition) return add_unchecked(constraint.name, constraint.definition, condition.error().message);
    const bool is_proven = constraint.is_validated && is_checked();
    if (is_proven && state_facts(condition->facts, "CHECK " + constraint.name, info_.columns)) return;
    info_.declared.rules.push_back({.kind = RuleKind::kCondition,
                                    .name = constraint.name,
                                    .declared = constraint.definition,
                                    .sql = condition->sql,
                                    .is_proven = is_proven});
  }

  const CatalogTable& table_;
  std::vector<std::string> names_;
  std::vector<ValueKind> kinds_ = {};
  ingest::DatabaseTableInfo info_;
};

}  // namespace

ingest::DatabaseTableInfo describe_table(const CatalogTable& table) { return Description(table).run(); }

}  // namespace haul::adapters::postgres
