#include "change/sql_values.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "sql_text.h"

namespace haul::contract {
namespace {

constexpr std::size_t kRowsMax = 400;
constexpr std::size_t kValuesMax = 12;

/// The numbers and texts that stand in a condition.
std::vector<Value> literals_in(std::string_view sql) {
  std::vector<Value> literals;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'') {
      const std::size_t close = std::min(sql.find('\'', at + 1), sql.size());
      literals.push_back(text_value(std::string(sql.substr(at + 1, close - at - 1))));
      at = close + 1;
      continue;
    }
    const bool begins_word =
        at == 0 || (std::isalnum(static_cast<unsigned char>(sql[at - 1])) == 0 && sql[at - 1] != '_');
    if (begins_word && std::isdigit(static_cast<unsigned char>(sql[at])) != 0) {
      const std::string digits(sql.substr(at, sql.find_first_not_of("0123456789.", at) - at));
      const double number = std::strtod(digits.c_str(), nullptr);
      for (const double near : {number, number + 1, number - 1}) {
        literals.push_back(near == static_cast<double>(static_cast<std::int64_t>(near))
                               ? integer_value(static_cast<std::int64_t>(near))
                               : number_value(near));
      }
      at += digits.size();
      continue;
    }
    ++at;
  }
  return literals;
}

/// What a column named by the condition may hold.
std::vector<Value> values_of(const ColumnFacts& column, const std::vector<Value>& literals) {
  std::vector<Value> values;
  const auto add = [&](const Value& value) {
    const bool is_new = std::find(values.begin(), values.end(), value) == values.end();
    if (is_new && values.size() < kValuesMax && takes(column, value)) values.push_back(value);
  };
  for (const Value& literal : literals) add(literal);
  add(Value{});
  for (const Value& value : values_to_try(column, column)) add(value);
  return values;
}

}  // namespace

std::vector<ExampleRows> rows_for_condition(const RuleFacts& rule, const ObjectFacts& object,
                                            const RowMaker& maker) {
  const std::vector<Value> literals = literals_in(rule.text);
  std::vector<std::map<std::string, Value>> given{{}};
  for (const ColumnFacts& column : object.columns) {
    const bool is_named =
        std::find(rule.columns.begin(), rule.columns.end(), lower(column.name)) != rule.columns.end();
    if (!is_named) continue;
    std::vector<std::map<std::string, Value>> longer;
    for (const auto& start : given) {
      for (const Value& value : values_of(column, literals)) {
        if (longer.size() == kRowsMax) break;
        longer.push_back(start);
        longer.back().insert_or_assign(column.name, value);
      }
    }
    if (!longer.empty()) given = std::move(longer);
  }
  std::vector<ExampleRows> examples;
  for (const auto& values : given) {
    for (std::string& row : maker.rows(values)) examples.push_back({std::move(row)});
  }
  return examples;
}

}  // namespace haul::contract
