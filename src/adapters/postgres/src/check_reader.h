#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "column_type.h"
#include "haul/base/result.h"

namespace haul::adapters::postgres {

/// A column that a CHECK can name.
struct CheckColumn {
  std::string source_name;  ///< In the database; "VALUE" in the CHECK of a domain.
  std::string name;         ///< In the contract.
  ValueKind kind = ValueKind::kOther;
};

/// What a comparison says of one column, where a contract has a word of its own for it.
struct Fact {
  enum class Kind : std::uint8_t {
    kMinimum,
    kExclusiveMinimum,
    kMaximum,
    kExclusiveMaximum,
    kMinLength,
    kMaxLength,
    kValues,
    kPattern,
    kRequired
  };
  Kind kind = Kind::kRequired;
  std::string column;                    ///< In the contract.
  std::string value = {};                ///< The number, the time as RFC 3339, the pattern.
  std::vector<std::string> values = {};  ///< kValues, of a text.
};

/// A CHECK in the words of a contract.
struct Condition {
  std::string sql;  ///< In DuckDB's dialect; a row breaks the CHECK exactly where it is FALSE.
  /// Facts that together say the same; empty where the condition has no such form.
  std::vector<Fact> facts = {};
};

/// Reads the expression of a CHECK as pg_get_expr() writes it. Only what means the same in both dialects is
/// taken: comparisons of equal kinds, AND, OR, NOT, IS NULL, IN, LIKE and regular expressions, + - *, and a
/// few functions. kInvalidInput: the first thing that does not, as the reason why nothing can check it.
Result<Condition> read_check(std::string_view expression, const std::vector<CheckColumn>& columns);

}  // namespace haul::adapters::postgres
