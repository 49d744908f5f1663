#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::contract {

/// ASCII letters in lower case.
[[nodiscard]] std::string lower(std::string_view text);

/// The query of a quality rule of type sql, taken apart far enough to say what kind of rule it is.
struct RuleQuery {
  std::string
      sql;  ///< As written, {property} filled in, without comments and without a semicolon at the end.
  /// For SELECT COUNT(*) FROM {object} WHERE condition, where the condition looks at one row alone: the
  /// condition.
  std::optional<std::string> row_condition;
  /// Every name in the query in lower case, as columns have no case: its columns are among them.
  std::vector<std::string> names;
};

/// Reads the query; `column` is the rule's column, empty for a rule of the object. The message of a failure
/// has no place: quotes or brackets that stay open, several statements, no SELECT, a variable that is not
/// {object} or {property}, no {object} at all.
Result<RuleQuery> read_rule_query(std::string_view query, std::string_view column);

}  // namespace haul::contract
