#pragma once

#include <map>
#include <string>
#include <vector>

#include "change/facts.h"

// Rows made up from what two versions of a contract say, to show what a change does.
namespace haul::contract {

/// Whether `value` keeps the rule. Rules that are not about one value are kept by every one; a null keeps all
/// but kNotNull and kNoneOf.
[[nodiscard]] bool keeps(const RuleFacts& rule, const Value& value);

/// Whether the column takes `value`: type, presence and every rule that refuses rows. SQL is not looked at.
[[nodiscard]] bool takes(const ColumnFacts& column, const Value& value);

/// Different values worth trying in a column, the most natural first, null last: examples, listed values,
/// bounds with their neighbours, texts for patterns and lengths. Some fit neither column.
[[nodiscard]] std::vector<Value> values_to_try(const ColumnFacts& before, const ColumnFacts& after);

/// The rows of one object in two versions.
class RowMaker {
 public:
  /// `shape` says which columns a row has; each value fits the column of the same name in both, as far as
  /// there is such a value. The objects must outlive it.
  RowMaker(const ObjectFacts& shape, const ObjectFacts& other);

  /// Rows with these values; the others are the first that fit, then the second, then the third, as rules in
  /// SQL may refuse some: each time first with nulls where they may be, then with none. Empty where a
  /// required column has no value that fits.
  [[nodiscard]] std::vector<std::string> rows(const std::map<std::string, Value>& given) const;

 private:
  struct Sample {
    std::string column;
    bool may_be_null = false;
    std::vector<Value> values;  ///< That fit, at most kChoices.
  };
  static constexpr std::size_t kChoices = 3;
  enum class Nulls : std::uint8_t { kWherePossible, kNone };
  [[nodiscard]] std::optional<std::string> row(const std::map<std::string, Value>& given, std::size_t choice,
                                               Nulls nulls) const;

  std::vector<Sample> samples_;
};

}  // namespace haul::contract
