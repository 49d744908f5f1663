#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"

namespace haul::ingest {

/// Row by row, a hash of the values in the columns of `schema`, never 0. The same values give the same hash
/// whichever batch, file or engine they come from. A null counts nothing: an optional column that the
/// contract gains later changes no hash. kInvalidInput: a column is missing.
Result<void> content_hashes(const arrow::RecordBatch& rows, const columnar::Schema& schema,
                            std::vector<std::uint64_t>& hashes);

}  // namespace haul::ingest
