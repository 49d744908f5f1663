#include "change/compare_types.h"

#include "haul/columnar/widening.h"

namespace haul::contract {

TypeChange compare_types(const ColumnFacts& before, const ColumnFacts& after) {
  if (before.range && after.range) {  // unsigned formats hold less than the type they are kept in
    const bool more =
        after.range->lowest <= before.range->lowest && after.range->highest >= before.range->highest;
    const bool less =
        after.range->lowest >= before.range->lowest && after.range->highest <= before.range->highest;
    if (more && less) return TypeChange::kNone;
    return more ? TypeChange::kWidened : less ? TypeChange::kNarrowed : TypeChange::kOther;
  }
  const bool holds_old = columnar::can_widen(*before.type, *after.type);
  const bool fits_old = columnar::can_widen(*after.type, *before.type);
  if (holds_old && fits_old) return TypeChange::kNone;  // the parts of an object stand in another order
  if (holds_old) return TypeChange::kWidened;
  return fits_old ? TypeChange::kNarrowed : TypeChange::kOther;
}

}  // namespace haul::contract
