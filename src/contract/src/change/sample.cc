#include "change/sample.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "change/pattern_text.h"
#include "haul/base/json.h"
#include "haul/base/time.h"
#include "patterns.h"

namespace haul::contract {
namespace {

using Kind = RuleFacts::Kind;
constexpr double kMicrosInDay = 86'400e6;

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(utf8_length(text), 1));
  return count;
}

bool is_whole(const Value& value) { return value.order && std::floor(*value.order) == *value.order; }

bool fits_decimal(const Value& value, const arrow::DecimalType& type) {
  if (std::abs(*value.order) >= std::pow(10.0, type.precision() - type.scale())) return false;
  const double scaled = *value.order * std::pow(10.0, type.scale());
  return std::abs(scaled - std::round(scaled)) < 1e-6;
}

bool fits_type(const ColumnFacts& column, const Value& value) {
  const bool is_number = value.kind == Value::Kind::kNumber;
  switch (column.type->id()) {
    case arrow::Type::BOOL:
      return value.kind == Value::Kind::kBoolean;
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return value.kind == Value::Kind::kText;
    case arrow::Type::DATE32:
      return value.kind == Value::Kind::kText && value.order && value.text.size() == 10;
    case arrow::Type::TIMESTAMP:
      return value.kind == Value::Kind::kText && value.order;
    case arrow::Type::FLOAT:
      return is_number && std::abs(*value.order) <= static_cast<double>(std::numeric_limits<float>::max());
    case arrow::Type::DOUBLE:
      return is_number;
    case arrow::Type::DECIMAL128:
      return is_number && fits_decimal(value, static_cast<const arrow::DecimalType&>(*column.type));
    case arrow::Type::LIST:
      return value.kind == Value::Kind::kNested && value.json.starts_with('[');
    case arrow::Type::STRUCT:
      return value.kind == Value::Kind::kNested && value.json.starts_with('{');
    default:
      return is_number && is_whole(value) && column.range &&
             *value.order >= static_cast<double>(column.range->lowest) &&
             *value.order <= static_cast<double>(column.range->highest);
  }
}

/// A time as a row of the column has it.
Value time_value(const arrow::DataType& type, double micros) {
  std::string text = format_utc(Micros(static_cast<std::int64_t>(micros)));
  if (type.id() == arrow::Type::DATE32) return text_value(text.substr(0, 10));
  if (static_cast<const arrow::TimestampType&>(type).timezone().empty()) text.pop_back();
  return text_value(std::move(text));
}

bool is_time(const arrow::DataType& type) {
  return type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP;
}

/// The values of one column, from what one version says of it.
class ValueList {
 public:
  explicit ValueList(std::vector<Value>& values) : values_(values) {}

  void add(Value value) {
    if (std::find(values_.begin(), values_.end(), value) == values_.end())
      values_.push_back(std::move(value));
  }

  void add_listed(const ColumnFacts& column) {
    for (const Value& example : column.examples) add(example);
    for (const RuleFacts& rule : column.rules) {
      if (rule.kind == Kind::kValues) {
        for (const Value& value : rule.values) add(value);
      }
    }
    for (const RuleFacts& rule : column.rules) {
      if (rule.pattern.empty()) continue;
      for (std::string& text : texts_matching(rule.pattern)) add(text_value(std::move(text)));
    }
  }

  void add_near_limits(const ColumnFacts& column) {
    for (const RuleFacts& rule : column.rules) {
      if (rule.kind == Kind::kLowest || rule.kind == Kind::kHighest) add_around(column, rule.number);
      if (rule.kind == Kind::kStep) {
        for (const double times : {0.0, 1.0, 2.0, 3.0, 5.0}) add_number(column, rule.number * times);
      }
      if (rule.kind == Kind::kShortest || rule.kind == Kind::kLongest) add_lengths(rule);
      if (rule.kind == Kind::kNoneOf) {
        for (const Value& value : rule.values) add(value);
      }
    }
    if (column.range) {
      add(integer_value(column.range->highest));
      add(integer_value(column.range->lowest));
    }
  }

  void add_plain(const ColumnFacts& column) {
    switch (column.type->id()) {
      case arrow::Type::BOOL:
        add({.json = "true", .kind = Value::Kind::kBoolean});
        return add({.json = "false", .kind = Value::Kind::kBoolean});
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        for (const char* text : {"a", "b", "", "2013-01-31", "00000000-0000-4000-8000-000000000000"}) {
          add(text_value(text));
        }
        return;
      case arrow::Type::DATE32:
      case arrow::Type::TIMESTAMP:
        for (const double day : {15'706.0, 0.0, 15'707.0}) add(time_value(*column.type, day * kMicrosInDay));
        return;
      case arrow::Type::LIST:
        return add({.json = "[]", .kind = Value::Kind::kNested});
      case arrow::Type::STRUCT:
        return add({.json = "{}", .kind = Value::Kind::kNested});
      default:
        return add_numbers(column);
    }
  }

 private:
  void add_numbers(const ColumnFacts& column) {
    for (const std::int64_t number : {1, 0, 2, -1, 100}) add(integer_value(number));
    if (column.range) return;
    for (const double number : {0.5, 1e9, 1e39, -1e39}) add(number_value(number));
    if (column.type->id() != arrow::Type::DECIMAL128) return;
    const auto& decimal = static_cast<const arrow::DecimalType&>(*column.type);
    const int whole = std::min(decimal.precision() - decimal.scale(), 15);
    add_number(column, std::pow(10.0, whole) - 1);
    add(number_value(std::pow(10.0, -decimal.scale())));
  }

  void add_number(const ColumnFacts& column, double number) {
    const bool whole = std::floor(number) == number && std::abs(number) < 9e15;
    if (whole) return add(integer_value(static_cast<std::int64_t>(number)));
    if (!column.range) add(number_value(number));
  }

  void add_around(const ColumnFacts& column, double limit) {
    const bool is_instant = is_time(*column.type);
    const double step = column.type->id() == arrow::Type::DATE32 ? kMicrosInDay : is_instant ? 1e6 : 1;
    for (const double at : {limit, limit + step, limit - step}) {
      if (is_instant) {
        add(time_value(*column.type, at));
      } else {
        add_number(column, at);
      }
    }
  }

  void add_lengths(const RuleFacts& rule) {
    constexpr double kLengthMax = 10'000;
    if (rule.number > kLengthMax) return;
    const auto length = static_cast<std::size_t>(rule.number);
    for (const std::size_t each : {length, length + 1, length - std::min<std::size_t>(length, 1)}) {
      add(text_value(std::string(each, 'a')));
    }
  }

  std::vector<Value>& values_;
};

}  // namespace

bool keeps(const RuleFacts& rule, const Value& value) {
  const bool is_null = value.kind == Value::Kind::kNull;
  const auto is_listed = [&] {
    return std::any_of(rule.values.begin(), rule.values.end(), [&](const Value& each) {
      return each == value ||
             (each.order && value.order && each.kind == Value::Kind::kNumber && *each.order == *value.order);
    });
  };
  if (rule.kind == Kind::kNotNull) return !is_null;
  if (rule.kind == Kind::kNoneOf) return !is_listed();
  if (is_null) return true;
  const double order = value.order.value_or(0);
  const auto length = static_cast<double>(characters_in(value.text));
  switch (rule.kind) {
    case Kind::kLowest:
      return rule.exclusive ? order > rule.number : order >= rule.number;
    case Kind::kHighest:
      return rule.exclusive ? order < rule.number : order <= rule.number;
    case Kind::kStep:
      return std::fmod(order, rule.number) == 0;
    case Kind::kShortest:
      return length >= rule.number;
    case Kind::kLongest:
      return length <= rule.number;
    case Kind::kPattern:
    case Kind::kFormat:
      return matches_pattern(rule.pattern, value.text);
    case Kind::kValues:
      return is_listed();
    default:
      return true;
  }
}

bool takes(const ColumnFacts& column, const Value& value) {
  if (value.kind == Value::Kind::kNull ? column.required : !fits_type(column, value)) return false;
  return std::all_of(column.rules.begin(), column.rules.end(),
                     [&](const RuleFacts& rule) { return !rule.refuses() || keeps(rule, value); });
}

std::vector<Value> values_to_try(const ColumnFacts& before, const ColumnFacts& after) {
  std::vector<Value> values;
  ValueList list(values);
  for (const ColumnFacts* column : {&before, &after}) list.add_listed(*column);
  for (const ColumnFacts* column : {&before, &after}) list.add_plain(*column);
  for (const ColumnFacts* column : {&before, &after}) list.add_near_limits(*column);
  list.add(Value{});
  return values;
}

RowMaker::RowMaker(const ObjectFacts& shape, const ObjectFacts& other) {
  for (const ColumnFacts& column : shape.columns) {
    const ColumnFacts* twin = other.find(column.name);
    const ColumnFacts& second = twin == nullptr ? column : *twin;
    Sample sample{
        .column = column.name, .may_be_null = takes(column, Value{}) && takes(second, Value{}), .values = {}};
    std::vector<Value> only_here;
    for (Value& value : values_to_try(column, second)) {
      if (value.kind == Value::Kind::kNull || !takes(column, value)) continue;
      (takes(second, value) ? sample.values : only_here).push_back(std::move(value));
      if (sample.values.size() == kChoices) break;
    }
    if (sample.values.empty()) sample.values = std::move(only_here);
    samples_.push_back(std::move(sample));
  }
}

std::optional<std::string> RowMaker::row(const std::map<std::string, Value>& given, std::size_t choice,
                                         Nulls nulls) const {
  std::string row;
  for (const Sample& sample : samples_) {
    const auto found = given.find(sample.column);
    const bool is_given = found != given.end();
    const bool left_out =
        !is_given && sample.may_be_null && (nulls == Nulls::kWherePossible || sample.values.empty());
    if (left_out) continue;
    if (!is_given && sample.values.empty()) return std::nullopt;
    const Value& value = is_given ? found->second : sample.values[choice % sample.values.size()];
    if (value.kind == Value::Kind::kNull) continue;
    row += fmt::format("{}{}: {}", row.empty() ? "" : ", ", json_string(sample.column), value.json);
  }
  return "{" + row + "}";
}

std::vector<std::string> RowMaker::rows(const std::map<std::string, Value>& given) const {
  std::vector<std::string> rows;
  for (std::size_t choice = 0; choice < kChoices; ++choice) {
    for (const Nulls nulls : {Nulls::kWherePossible, Nulls::kNone}) {
      auto made = row(given, choice, nulls);
      if (made && std::find(rows.begin(), rows.end(), *made) == rows.end()) rows.push_back(*std::move(made));
    }
  }
  return rows;
}

}  // namespace haul::contract
