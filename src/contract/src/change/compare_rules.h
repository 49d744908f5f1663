#pragma once

#include "change/changes.h"
#include "change/sample.h"

namespace haul::contract {

/// One object in two versions, with what makes rows of either.
struct ObjectPair {
  const ObjectFacts& before;
  const ObjectFacts& after;
  RowMaker old_rows{before, after};
  RowMaker new_rows{after, before};
};

/// One column in two versions.
struct ColumnPair {
  const ColumnFacts& before;
  const ColumnFacts& after;
};

/// The clauses of one column; null: of the object itself.
void compare_rules(const ObjectPair& object, const ColumnPair* column, Changes& changes);

/// Rows that the column's old version takes and its new one does not; with `rule`, because of it.
[[nodiscard]] std::vector<ExampleRows> refused_rows(const ObjectPair& object, const ColumnPair& column,
                                                    const RuleFacts* rule);
/// Rows that only the column's new version takes; with `rule`, a rule of the old one, because of it.
[[nodiscard]] std::vector<ExampleRows> accepted_rows(const ObjectPair& object, const ColumnPair& column,
                                                     const RuleFacts* rule);

}  // namespace haul::contract
