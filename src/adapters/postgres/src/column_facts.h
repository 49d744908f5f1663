#pragma once

#include <string>
#include <vector>

#include "check_reader.h"
#include "haul/ingest/database_table.h"

namespace haul::adapters::postgres {

/// Writes what a CHECK says into the columns it speaks of, as `by`. False, and nothing written, where a
/// column cannot take it: a bound that it has already or that its type cannot reach, a second pattern.
bool state_facts(const std::vector<Fact>& facts, const std::string& by,
                 std::vector<ingest::DatabaseColumn>& columns);

}  // namespace haul::adapters::postgres
