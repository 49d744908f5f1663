#pragma once

#include <vector>

#include "haul/base/result.h"
#include "haul/contract/compatibility.h"
#include "haul/expression/sql_parser.h"

namespace haul::ingest {

/// Keeps of each change's examples the first one that is true when its rows are decoded and validated by both
/// contracts, as a source would: kRefused by the new one only, kAccepted by the new one only, kMissed and
/// kTogether taken by the old one. A change none of whose examples is true has none after it; nor has one of
/// an object whose rules one of the contracts cannot compile. Runs a few hundred rows a change: milliseconds.
/// kUnavailable: out of memory.
Result<void> confirm_examples(std::vector<contract::Change>& changes, const contract::Contract& before,
                              const contract::Contract& after, const expression::SqlParser& parser);

}  // namespace haul::ingest
