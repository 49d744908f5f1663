// haul_contract_check FILE...: what parse_contract() makes of each file, as one line of JSON; the system
// tests compare it with the official JSON Schema and run the rules in DuckDB.
#include <arrow/type.h>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "haul/base/json.h"
#include "haul/base/yaml.h"
#include "haul/contract/contract.h"

namespace haul::contract {
namespace {

std::string json_of(const Object& object) {
  std::string columns;
  for (const auto& column : object.schema.columns) {
    columns += fmt::format(
        "{}{{\"name\":{},\"type\":{},\"required\":{},\"personal\":{}}}", columns.empty() ? "" : ",",
        json_string(column.name), json_string(column.type->ToString()),
        column.presence == columnar::Presence::kRequired, column.privacy == columnar::Privacy::kPersonal);
  }
  std::string row_rules;
  for (const RowRule& rule : object.row_rules) {
    row_rules += fmt::format("{}{{\"id\":{},\"sql\":{}}}", row_rules.empty() ? "" : ",", json_string(rule.id),
                             json_string(rule.sql));
  }
  std::string set_rules;
  for (const SetRule& rule : object.set_rules) {
    set_rules += fmt::format("{}{{\"id\":{},\"sql\":{}}}", set_rules.empty() ? "" : ",", json_string(rule.id),
                             json_string(rule.sql));
  }
  return fmt::format(R"({{"name":{},"columns":[{}],"row_rules":[{}],"set_rules":[{}]}})",
                     json_string(object.name), columns, row_rules, set_rules);
}

std::string report(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const auto document = YamlNode::parse(text, file);
  const std::string json = document ? document->to_json() : "null";
  const auto contract = parse_contract(text, file);
  if (!contract) {
    return fmt::format(R"({{"file":{},"error":{},"document":{}}})", json_string(file),
                       json_string(contract.error().message), json);
  }
  std::string objects;
  for (const Object& object : contract->objects) objects += (objects.empty() ? "" : ",") + json_of(object);
  std::string not_enforced;
  for (const NotEnforced& clause : contract->not_enforced) {
    not_enforced += fmt::format(
        "{}{}", not_enforced.empty() ? "" : ",",
        json_string(fmt::format("{}: {}: {}", to_string(clause.place), clause.clause, clause.reason)));
  }
  return fmt::format(R"({{"file":{},"error":null,"document":{},"objects":[{}],"not_enforced":[{}]}})",
                     json_string(file), json, objects, not_enforced);
}

}  // namespace
}  // namespace haul::contract

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) fmt::print("{}\n", haul::contract::report(arguments[i]));
  return 0;
}
