#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "haul/contract/draft.h"

namespace haul::contract {

/// The relationship of a rule with one column: "{to: vehicles.vehicle_id}", as a column states it.
[[nodiscard]] std::string column_relationship(const DeclaredRule& rule);

/// Appends `relationships` and `quality` of the object `name`, indented by four blanks: the rules that its
/// columns do not state.
void append_table_rules(const std::string& name, const std::vector<DeclaredRule>& rules, std::string& out);

}  // namespace haul::contract
