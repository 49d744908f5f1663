#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"
#include "haul/governance/profile.h"
#include "haul/governance/quality.h"

namespace haul::governance {

/// Profiles the data files of a dataset that have none yet, one row of system.profiles per file and column.
/// Reads each file once in its life; a file whose rows were deleted is read again. Returns the files read.
/// kNotFound: no such dataset.  kCorrupt: a file fails its checksum.
Result<std::size_t> profile_new_files(const GovernanceContext& context, const std::string& dataset);

/// The profile of the dataset as it is now: those of its files, merged. Columns in the dataset's order; empty
/// where no file was profiled. kNotFound: no such dataset.
Result<std::vector<ColumnSummary>> profile_of(const GovernanceContext& context, const std::string& dataset);

/// dataset, file, column_name, type, rows, nulls, not_finite, distinct_values, min, max, mean, p05, p25, p50,
/// p75, p95, sketch (ColumnProfile::encode), version, profiled_at.
[[nodiscard]] columnar::Schema profile_schema();

}  // namespace haul::governance
