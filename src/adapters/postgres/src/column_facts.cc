#include "column_facts.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "haul/base/json.h"

namespace haul::adapters::postgres {
namespace {

using Kind = Fact::Kind;

std::string_view key_of(Kind kind) {
  static constexpr std::array<std::string_view, 9> kKeys{
      "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength",
      "",        "pattern",          ""};
  return kKeys.at(static_cast<std::size_t>(kind));
}

bool is_lower_bound(std::string_view key) { return key == "minimum" || key == "exclusiveMinimum"; }
bool is_upper_bound(std::string_view key) { return key == "maximum" || key == "exclusiveMaximum"; }

/// Options that cannot stand together: two bounds of one side, two patterns, ...
bool are_rivals(std::string_view left, std::string_view right) {
  return left == right || (is_lower_bound(left) && is_lower_bound(right)) ||
         (is_upper_bound(left) && is_upper_bound(right));
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Whether the low side and the high side of a column leave something between them.
bool leaves_values(const std::vector<contract::DeclaredOption>& options) {
  const auto side = [&](auto is_side, std::string_view length) -> std::optional<double> {
    for (const auto& option : options) {
      if (is_side(option.key) || option.key == length) return number_of(option.value);
    }
    return std::nullopt;
  };
  const auto low = side(is_lower_bound, "minLength");
  const auto high = side(is_upper_bound, "maxLength");
  if (!low || !high) return true;
  const bool closed = std::none_of(options.begin(), options.end(),
                                   [](const auto& option) { return option.key.starts_with("exclusive"); });
  return *low < *high || (closed && *low == *high);
}

/// Whether the column's type can be bounded so, by a number that it reaches.
bool takes_number(const ingest::DatabaseColumn& column, const std::string& value) {
  if (!column.type || !arrow::is_integer(column.type->id())) return true;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  const int bits = column.type->byte_width() * 8;
  constexpr int kBitsOfInt64 = 64;
  if (bits == kBitsOfInt64) return true;
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return number >= -limit && number < limit;
}

bool takes_length(const ingest::DatabaseColumn& column, const std::string& value) {
  const std::string& physical = column.declared.physical_type;
  const auto open = physical.find('(');
  if (open == std::string::npos) return true;
  const auto most = number_of(std::string_view(physical).substr(open + 1, physical.size() - open - 2));
  const auto wanted = number_of(value);
  return most && wanted && *wanted <= *most;
}

/// Adds one fact to a column; false where it cannot stand there.
bool add_fact(const Fact& fact, const std::string& by, ingest::DatabaseColumn& column) {
  contract::ColumnDeclaration& declared = column.declared;
  if (fact.kind == Kind::kRequired) {
    declared.is_required = true;
    return true;
  }
  if (fact.kind == Kind::kValues) {
    if (!declared.values.empty()) return false;
    const auto takes = [&](const std::string& value) { return takes_number(column, value); };
    if (!std::all_of(fact.values.begin(), fact.values.end(), takes)) return false;
    declared.values = fact.values;
    declared.values_by = by;
    return true;
  }
  const std::string key(key_of(fact.kind));
  const bool is_taken =
      std::any_of(declared.options.begin(), declared.options.end(),
                  [&](const contract::DeclaredOption& option) { return are_rivals(option.key, key); });
  const bool is_length = fact.kind == Kind::kMinLength || fact.kind == Kind::kMaxLength;
  if (is_taken || !(is_length ? takes_length(column, fact.value) : takes_number(column, fact.value))) return false;
  const bool is_number = number_of(fact.value).has_value() && fact.kind != Kind::kPattern;
  declared.options.push_back({key, is_number ? fact.value : json_string(fact.value), by});
  return leaves_values(declared.options);
}

}  // namespace

bool state_facts(const std::vector<Fact>& facts, const std::string& by,
                 std::vector<ingest::DatabaseColumn>& columns) {
  std::vector<ingest::DatabaseColumn> stated = columns;
  for (const Fact& fact : facts) {
    const auto column = std::find_if(stated.begin(), stated.end(),
                                     [&](const auto& each) { return each.name == fact.column; });
    if (column == stated.end() || !add_fact(fact, by, *column)) return false;
  }
  columns = std::move(stated);
  return !facts.empty();
}

}  // namespace haul::adapters::postgres
