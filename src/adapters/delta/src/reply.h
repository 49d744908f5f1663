#pragma once

#include <simdjson.h>

#include <vector>

#include "haul/lake/table_log.h"

namespace haul::adapters {

// Replies of haul_delta.h as values. kCorrupt: a log that holds something else than Delta's types.
Result<lake::Snapshot> parse_snapshot(simdjson::dom::element reply);
Result<lake::Attempt> parse_attempt(simdjson::dom::element reply);
Result<std::vector<lake::HistoryEntry>> parse_history(simdjson::dom::element reply);

}  // namespace haul::adapters
