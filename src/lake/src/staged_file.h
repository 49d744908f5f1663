#pragma once

#include <memory>
#include <set>
#include <string>

#include "haul/lake/table.h"

namespace haul::lake {

/// Names of data files whose bytes this process has just written and synced: no need to read them back.
/// Shared by a table and its writers, which may outlive it.
using StagedNames = std::shared_ptr<std::set<std::string>>;

/// A data file of `schema` under a temporary name in `folder` (see StagedWriter); its final name goes to
/// `staged`. kUnavailable: storage.
Result<std::unique_ptr<StagedWriter>> stage_file(const LakeContext& context, const Path& folder,
                                                 const columnar::Schema& schema, StagedNames staged);

}  // namespace haul::lake
