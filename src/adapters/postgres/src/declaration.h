#pragma once

#include "catalog.h"
#include "haul/ingest/database_table.h"

namespace haul::adapters::postgres {

/// What a catalog says, in the words of contracts: the columns with their types, keys, values and bounds; the
/// rules that no single column states. What no contract can say is there as an unchecked rule or a note.
/// `origin`, `declared.place` and `rows_max` are left to who knows them.
[[nodiscard]] ingest::DatabaseTableInfo describe_table(const CatalogTable& table);

}  // namespace haul::adapters::postgres
