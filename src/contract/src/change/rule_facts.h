#pragma once

#include "change/facts.h"

namespace haul::contract {

/// The clauses of a column: its options, its enum, its relationships and its quality rules. `otherwise` is
/// the severity of those that state none.
void read_column_rule_facts(ColumnFacts& column, Severity otherwise);

/// The quality rules and relationships of an object.
void read_object_rule_facts(ObjectFacts& object, Severity otherwise);

}  // namespace haul::contract
