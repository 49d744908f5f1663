#pragma once

#include <arrow/type.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/contract.h"

namespace haul::contract {

/// A contract of one object `t` with these lines of columns (and what follows them).
inline std::string with_columns(std::string_view columns, std::string_view version = "v3.1.0") {
  return "apiVersion: " + std::string(version) +
         "\nkind: DataContract\nid: urn:t\nname: t\nversion: 1.0.0\nstatus: active\nschema:\n"
         "  - name: t\n    properties:\n" +
         std::string(columns);
}

inline Contract parsed(std::string_view yaml) {
  auto contract = parse_contract(yaml, "t.yaml");
  EXPECT_TRUE(contract) << contract.error().message;
  return contract.value_or(Contract{});
}

inline Object parsed_object(std::string_view columns, std::string_view version = "v3.1.0") {
  const Contract contract = parsed(with_columns(columns, version));
  return contract.objects.empty() ? Object{} : contract.objects.front();
}

inline std::string type_of(std::string_view column) {
  const Object object = parsed_object("      - {name: c, " + std::string(column) + "}\n");
  return object.schema.columns.empty() ? "" : object.schema.columns[0].type->ToString();
}

inline std::vector<std::string> row_rules(std::string_view columns, std::string_view version = "v3.1.0") {
  std::vector<std::string> rules;
  for (const RowRule& rule : parsed_object(columns, version).row_rules)
    rules.push_back(rule.id + ": " + rule.sql);
  return rules;
}

inline std::vector<std::string> set_rules(std::string_view columns) {
  std::vector<std::string> rules;
  for (const SetRule& rule : parsed_object(columns).set_rules) rules.push_back(rule.id + ": " + rule.sql);
  return rules;
}

inline std::vector<std::string> not_enforced(std::string_view columns, std::string_view version = "v3.1.0") {
  std::vector<std::string> clauses;
  for (const NotEnforced& each : parsed(with_columns(columns, version)).not_enforced) {
    clauses.push_back(each.clause + " (" + each.reason + ")");
  }
  return clauses;
}

}  // namespace haul::contract
