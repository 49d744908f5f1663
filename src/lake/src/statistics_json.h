#pragma once

#include <string>

#include "haul/columnar/parquet_writer.h"

namespace haul::lake {

/// Delta's per-file statistics: {"numRecords":3,"minValues":{..},"maxValues":{..},"nullCount":{..}} (Delta
/// protocol, "Per-file Statistics"). Values without a JSON form (infinities) are left out, as are null ones.
[[nodiscard]] std::string statistics_json(const columnar::FileStatistics& statistics);

}  // namespace haul::lake
