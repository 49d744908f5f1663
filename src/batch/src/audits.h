#pragma once

#include <vector>

#include "haul/base/result.h"
#include "haul/batch/project.h"
#include "haul/batch/run.h"
#include "inputs.h"

namespace haul::batch {

/// Runs the audits of a node, its grain first, with `staged` as its dataset; other datasets that an audit
/// reads are seen whole, in `inputs` or else in their newest version. Gives those that found rows.
Result<std::vector<AuditOutcome>> run_audits(const RunContext& context, lake::DataFileVerifier& verifier,
                                             const Node& node, const query::Scan& staged,
                                             const std::vector<PinnedDataset>& inputs);

}  // namespace haul::batch
