#pragma once

#include <optional>
#include <span>

#include "haul/contract/contract.h"

namespace haul::governance {

/// Where the next number of a series is expected.
struct Band {
  double forecast = 0;
  double low = 0;
  double high = 0;

  [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }
};

/// The band of the number that follows `history` (oldest first), by a change rule. Comparable are the numbers
/// a multiple of `season` runs before, at most `runs` of them; fewer than `needs`: nothing. The forecast is
/// their median m. With `percent` p the band is m - |m| p/100 to m + |m| p/100; else m - band s to m + band
/// s, where s = 1.4826 x the median of |x - m| (the standard deviation, were they normal), and at least 1 %
/// of |m|. Medians: a single outlier in the history moves neither m nor s much, and a new level is taken over
/// after half of `runs`.
[[nodiscard]] std::optional<Band> forecast(const contract::DriftRule& rule, std::span<const double> history);

}  // namespace haul::governance
