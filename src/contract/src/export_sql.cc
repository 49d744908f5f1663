#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "export_view.h"
#include "haul/base/sql_words.h"

namespace haul::contract {
namespace {

/// Lines of a SQL comment: whatever the text holds, none of it leaves the comment.
std::string comment(std::string_view text) {
  std::string out = "-- ";
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      if (!out.ends_with("\n-- ")) out += "\n-- ";
    } else {
      out += c;
    }
  }
  return out + "\n";
}

std::string joined(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back(quoted_name(name));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

bool is_not_null(const RowRule& rule) {
  return rule.columns.size() == 1 && rule.sql == quoted_name(rule.columns.front()) + " IS NOT NULL";
}

/// What stands between the brackets of CREATE TABLE, one clause a line.
std::vector<std::string> clauses_of(const Object& object) {
  std::vector<std::string> clauses;
  for (const columnar::Column& column : object.schema.columns) {
    const bool needed =
        std::any_of(object.row_rules.begin(), object.row_rules.end(), [&](const RowRule& rule) {
          return rejects(rule.severity) && is_not_null(rule) && rule.columns.front() == column.name;
        });
    clauses.push_back(
        fmt::format("{} {}{}", quoted_name(column.name), sql_type(*column.type), needed ? " NOT NULL" : ""));
  }
  if (!object.primary_key.empty())
    clauses.push_back(fmt::format("PRIMARY KEY ({})", joined(object.primary_key)));
  for (const SetRule& rule : object.set_rules) {
    const bool enforced = rule.kind == SetRule::Kind::kUnique && rejects(rule.severity);
    if (enforced && rule.columns != object.primary_key)
      clauses.push_back(fmt::format("UNIQUE ({})", joined(rule.columns)));
  }
  for (const RowRule& rule : object.row_rules) {
    if (!rejects(rule.severity) || is_not_null(rule)) continue;
    clauses.push_back(fmt::format("CONSTRAINT {} CHECK ({})", quoted_name(rule.id), rule.sql));
  }
  return clauses;
}

/// The rules that a table does not keep by itself.
std::string unkept(const Object& object) {
  std::string out;
  for (const RowRule& rule : object.row_rules) {
    if (!rejects(rule.severity))
      out += comment(fmt::format("{} ({}): {}", rule.id, to_string(rule.severity), rule.sql));
  }
  for (const SetRule& rule : object.set_rules) {
    if (rule.kind == SetRule::Kind::kUnique && rejects(rule.severity)) continue;
    out += comment(fmt::format("{} ({}): {}", rule.id, to_string(rule.severity), statement_of(rule, object)));
  }
  return out.empty() ? out : "-- not kept by the table itself:\n" + out;
}

std::string table_of(const ObjectView& view) {
  const std::string name = quoted_name(view.object->name);
  std::string out =
      fmt::format("\nCREATE TABLE {} (\n  {}\n);\n", name, fmt::join(clauses_of(*view.object), ",\n  "));
  if (!view.description.empty())
    out += fmt::format("COMMENT ON TABLE {} IS {};\n", name, quoted_text(view.description));
  for (const ColumnView& column : view.columns) {
    if (column.description.empty()) continue;
    out += fmt::format("COMMENT ON COLUMN {}.{} IS {};\n", name, quoted_name(column.column->name),
                       quoted_text(column.description));
  }
  return out + unkept(*view.object);
}

}  // namespace

std::string to_sql(const ExportView& view) {
  const Contract& contract = *view.contract;
  std::string out =
      comment(fmt::format("Contract {} {} ({}), for DuckDB", contract.name, contract.version, contract.id));
  if (!contract.description.empty()) out += comment(contract.description);
  for (const ObjectView& object : view.objects) out += table_of(object);
  return out;
}

}  // namespace haul::contract
