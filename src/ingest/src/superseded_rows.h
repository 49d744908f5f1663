#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table_log.h"

namespace haul::ingest {

/// Rows of data files, by the path of their file: positions in it, ascending.
using RowsByFile = std::map<std::string, std::vector<std::uint64_t>>;

/// The live rows of a silver table that came with one of `files` (its column `_file`). Reads that one column,
/// and nothing where `files` is empty. Errors as query::SqlEngine::run(), lake::verify_data_file().
Result<RowsByFile> find_superseded_rows(const LandingContext& context, const Path& folder,
                                        const lake::Snapshot& snapshot,
                                        const std::vector<std::string>& files);

/// Counts the rows as deleted, so that whoever reads the snapshot does not see them.
void hide_rows(lake::Snapshot& snapshot, const RowsByFile& rows);

}  // namespace haul::ingest
