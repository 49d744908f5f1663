#pragma once

#include "haul/lake/table_log.h"

namespace haul::lake {

/// One attempt to commit: data and offsets in one version of the log. A function of its own so that the crash
/// test can link a wrong one (mutant/split_offsets.cc) and show that it notices.
Result<Attempt> attempt_commit(TableLog& log, const CommitRequest& request);

}  // namespace haul::lake
