#pragma once

#include "change/changes.h"
#include "change/sample.h"

namespace haul::contract {

/// Rows of `object` that may break a condition in SQL: the columns that it names, with values of their own
/// and with the literals of the condition and their neighbours, in every combination up to a limit. Which of
/// them break it only the engine that runs it can say.
[[nodiscard]] std::vector<ExampleRows> rows_for_condition(const RuleFacts& rule, const ObjectFacts& object,
                                                          const RowMaker& maker);

}  // namespace haul::contract
