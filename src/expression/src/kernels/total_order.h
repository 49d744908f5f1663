#pragma once

#include <cmath>
#include <concepts>

#include "interval_math.h"

/// DuckDB's order of values: as the type has it, but NaN equals NaN and is above every number, and intervals
/// compare by their length with months of 30 days.
namespace haul::expression {

template <std::floating_point T>
[[nodiscard]] bool order_equal(T a, T b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}
template <std::floating_point T>
[[nodiscard]] bool order_less(T a, T b) {
  return std::isnan(b) ? !std::isnan(a) : a < b;
}

[[nodiscard]] inline bool order_equal(const Interval& a, const Interval& b) { return compare(a, b) == 0; }
[[nodiscard]] inline bool order_less(const Interval& a, const Interval& b) { return compare(a, b) < 0; }

template <class T>
requires(!std::floating_point<T>) [[nodiscard]] bool order_equal(const T& a, const T& b) { return a == b; }
template <class T>
requires(!std::floating_point<T>) [[nodiscard]] bool order_less(const T& a, const T& b) { return a < b; }

}  // namespace haul::expression
