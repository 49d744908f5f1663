#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haul::contract {

/// What one column of a file was seen to hold.
struct ColumnEvidence {
  std::string name;
  std::shared_ptr<arrow::DataType> type;  ///< One of columnar::Column's.
  std::uint64_t nulls = 0;
  std::uint64_t values = 0;  ///< Those that are not null.
  std::string lowest = {};   ///< Of numbers and times, as the file has it; empty: none.
  std::string highest = {};
  bool is_never_negative = false;  ///< Of numbers.
  std::uint64_t length_min = 0;    ///< Of texts, in characters.
  std::uint64_t length_max = 0;
  /// Every value with how often it was seen, most frequent first; nothing where there are too many to list.
  std::optional<std::vector<std::pair<std::string, std::uint64_t>>> distinct = {};
  bool is_unique = false;  ///< No value was seen twice.
  /// A pattern (ECMA-262) that every value matches, from the kinds of characters at each place; empty: none.
  std::string pattern = {};
  bool is_uuid = false;  ///< Every value is one.
};

/// What a file was seen to hold.
struct FileEvidence {
  std::string origin;  ///< Shown in the draft: "flights.csv".
  std::uint64_t rows = 0;
  std::vector<ColumnEvidence> columns = {};
};

/// An Open Data Contract (v3.1.0) of one object `name` that says what the evidence carries, and no more:
/// types; `required`, a unique key, a pattern and a lower bound of 0 where enough rows show them; a list of
/// values as a rule that only warns. The evidence stands above each column as a comment, without the texts of
/// columns whose name sounds personal. What only its author can know is marked "FILL IN". `name` is a table
/// name.
///
/// What parse_contract() takes, unless a column has a name that no table can have: it then says which.
[[nodiscard]] std::string draft_contract(const FileEvidence& evidence, const std::string& name);

}  // namespace haul::contract
