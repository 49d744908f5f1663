#pragma once

#include "../value.h"
#include "civil_time.h"

namespace haul::expression {

/// -1, 0 or 1: by length, with days of 24 hours and months of 30 days.
[[nodiscard]] int compare(const Interval& a, const Interval& b);

/// false: a part overflows. `out` may be an argument.
[[nodiscard]] bool add(const Interval& a, const Interval& b, Interval* out);
[[nodiscard]] bool subtract(const Interval& a, const Interval& b, Interval* out);
[[nodiscard]] bool negate(const Interval& a, Interval* out);
[[nodiscard]] bool multiply(const Interval& a, std::int64_t factor, Interval* out);

/// Months first (cut to the month's last day), then days, then the rest. false: out of range.
[[nodiscard]] bool add(std::int32_t date, const Interval& interval, std::int32_t* out);
[[nodiscard]] bool add(std::int64_t timestamp, const Interval& interval, std::int64_t* out);

/// As DuckDB adds to a TIMESTAMPTZ: like add(), but from the microseconds up to the months where a part is
/// negative.
[[nodiscard]] bool add_to_instant(std::int64_t instant, const Interval& interval, std::int64_t* out);

/// Every part with the other sign, wrapping: how DuckDB subtracts an interval from a time.
[[nodiscard]] Interval inverse(const Interval& interval);

/// Days and the rest of the difference. false: one is infinite, or it overflows.
[[nodiscard]] bool difference(std::int64_t later, std::int64_t earlier, Interval* out);

/// Whole days out of the microseconds, months of 30 days out of the days; what no longer fits a part stays
/// below.
[[nodiscard]] Interval normalized(const Interval& interval);

/// Microseconds in all, months of 30 days. false: overflow.
[[nodiscard]] bool total_micros(const Interval& interval, std::int64_t* out);

}  // namespace haul::expression
