#include "haul/governance/forecast.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace haul::governance {
namespace {

constexpr double kDeviationsPerMad = 1.4826;  // of a normal distribution
constexpr double kLeastSpread = 0.01;         // of the forecast

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

std::optional<Band> forecast(const contract::DriftRule& rule, std::span<const double> history) {
  std::vector<double> comparable;
  const auto season = static_cast<std::size_t>(rule.season);
  for (std::size_t back = season; back <= history.size(); back += season) {
    if (comparable.size() == static_cast<std::size_t>(rule.runs)) break;
    comparable.push_back(history[history.size() - back]);
  }
  if (comparable.empty() || comparable.size() < static_cast<std::size_t>(rule.needs)) return std::nullopt;
  Band band;
  band.forecast = median(comparable);
  double reach = 0;
  if (rule.percent) {
    reach = std::abs(band.forecast) * *rule.percent / 100;
  } else {
    for (double& value : comparable) value = std::abs(value - band.forecast);
    const double spread = kDeviationsPerMad * median(comparable);
    reach = rule.band * std::max(spread, kLeastSpread * std::abs(band.forecast));
  }
  band.low = band.forecast - reach;
  band.high = band.forecast + reach;
  return band;
}

}  // namespace haul::governance
