#pragma once

#include <memory>

#include "haul/base/rng.h"
#include "haul/lake/table_log.h"

namespace haul::adapters {

/// Logs of Delta tables in local folders, over delta_kernel (rust/delta_shim). `rng` names the commits that
/// create tables and must outlive the logs. Thread-safe; each log is one thread's.
std::unique_ptr<lake::TableLogs> make_delta_table_logs(Rng& rng);

}  // namespace haul::adapters
