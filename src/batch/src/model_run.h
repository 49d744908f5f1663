#pragma once

#include "haul/base/result.h"
#include "haul/batch/project.h"
#include "haul/batch/run.h"
#include "interval_memory.h"
#include "source_rules.h"

namespace haul::batch {

/// One model's part of a run: plan, stage, audit, publish. Fills `result`, but for its `elapsed`; an error
/// leaves the table as it was (staged files stay behind, unseen, until vacuum).
Result<void> run_model(const RunContext& context, lake::DataFileVerifier& verifier, SourceRules& rules,
                       const Graph& graph, const Node& node, const DayLimits& limits, ModelRun& result);

}  // namespace haul::batch
