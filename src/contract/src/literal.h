#pragma once

#include <arrow/type_fwd.h>

#include <optional>
#include <string>
#include <string_view>

#include "problems.h"

namespace haul::contract {

/// `value` as a SQL literal to compare a column of `type` with: 7, 'x', DATE '2013-01-31', true.
/// Nothing, and a problem that begins with `what`, where the value is not of the type (a null is of none).
[[nodiscard]] std::optional<std::string> sql_literal(const YamlNode& value, const arrow::DataType& type,
                                                     std::string_view what, Problems& problems);

/// A bound of a range: its literal and something to compare it by with another bound of the same column.
struct Bound {
  std::string sql;
  double order = 0;  ///< The number itself, or microseconds since 1970.
};
[[nodiscard]] std::optional<Bound> read_bound(const YamlNode& value, const arrow::DataType& type,
                                              std::string_view what, Problems& problems);

}  // namespace haul::contract
