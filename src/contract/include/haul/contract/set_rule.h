#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/contract.h"

namespace haul::contract {

/// Whether a rule's number is within its bound.
[[nodiscard]] bool keeps_bound(const SetRule& rule, double value);

/// What the number must be: "= 0", "between 1 and 5".
[[nodiscard]] std::string bound_text(const SetRule& rule);

/// The rule's query over `table` (as SQL names it): one row with the one column `value`, a DOUBLE or NULL.
[[nodiscard]] std::string number_query(const SetRule& rule, std::string_view table);

/// kReferential: the columns of the referenced object, one for each of the rule's columns, as the query that
/// relationships become compares them. Empty for every other kind.
[[nodiscard]] std::vector<std::string> reference_columns(const SetRule& rule);

}  // namespace haul::contract
