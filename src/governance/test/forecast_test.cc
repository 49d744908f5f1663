#include "haul/governance/forecast.h"

#include <gtest/gtest.h>

#include <vector>

#include "haul/base/rng.h"

namespace haul::governance {
namespace {

contract::DriftRule rule_of(std::int64_t runs, std::int64_t needs, std::int64_t season = 1) {
  contract::DriftRule rule;
  rule.runs = runs;
  rule.needs = needs;
  rule.season = season;
  return rule;
}

TEST(Forecast, IsNothingBeforeEnoughRuns) {
  EXPECT_FALSE(forecast(rule_of(14, 3), std::vector<double>{1, 2}));
  EXPECT_TRUE(forecast(rule_of(14, 3), std::vector<double>{1, 2, 3}));
  EXPECT_FALSE(forecast(rule_of(14, 1), {}));
}

TEST(Forecast, IsTheMedianWithFiveTimesTheUsualDeviation) {
  const auto band = forecast(rule_of(14, 5), std::vector<double>{90, 100, 110, 95, 105});

  ASSERT_TRUE(band);
  EXPECT_EQ(band->forecast, 100);
  EXPECT_DOUBLE_EQ(band->low, 100 - 5 * 1.4826 * 5);
  EXPECT_DOUBLE_EQ(band->high, 100 + 5 * 1.4826 * 5);
}

TEST(Forecast, LeavesOnePercentOfRoomToASeriesThatNeverChanged) {
  const auto band = forecast(rule_of(14, 5), std::vector<double>(8, 1000));

  ASSERT_TRUE(band);
  EXPECT_TRUE(band->holds(1049));
  EXPECT_FALSE(band->holds(1051));
  EXPECT_FALSE(band->holds(500));
}

TEST(Forecast, TakesAShareWhereTheRuleStatesOne) {
  contract::DriftRule rule = rule_of(14, 5);
  rule.percent = 20;

  const auto band = forecast(rule, std::vector<double>{-100, -100, -100, -100, -100});

  ASSERT_TRUE(band);
  EXPECT_EQ(band->low, -120);
  EXPECT_EQ(band->high, -80);
}

TEST(Forecast, ComparesOnlyRunsOfTheSameSeason) {
  std::vector<double> history;
  for (int day = 0; day < 35; ++day) history.push_back(day % 7 == 6 ? 10 : 1000);

  const auto monday = forecast(rule_of(14, 5, 7), history);  // as the runs 7, 14, ... before: 1000
  history.insert(history.end(), 6, 1000);
  const auto sunday = forecast(rule_of(14, 5, 7), history);

  ASSERT_TRUE(monday && sunday);
  EXPECT_EQ(monday->forecast, 1000);
  EXPECT_EQ(sunday->forecast, 10);
}

TEST(Forecast, LooksOnlyAtTheLastRuns) {
  std::vector<double> history(50, 1);
  history.insert(history.end(), 14, 1000);

  EXPECT_EQ(forecast(rule_of(14, 5), history)->forecast, 1000);
}

TEST(Forecast, IsNotMovedByAnOutlierInTheHistory) {
  const auto band = forecast(rule_of(14, 5), std::vector<double>{100, 101, 99, 1'000'000, 100, 102});

  ASSERT_TRUE(band);
  EXPECT_FALSE(band->holds(200));
}

TEST(Forecast, SeldomCallsNoiseAnAnomaly) {
  SeededRng rng(17);
  std::vector<double> series;
  int outside = 0;
  for (int run = 0; run < 2'000; ++run) {
    double noise = 0;  // about normal: the sum of twelve uniform numbers
    for (int i = 0; i < 12; ++i) noise += static_cast<double>(below(rng, 1'000'000)) / 1e6;
    const double value = 10'000 + 300 * (noise - 6);
    const auto band = forecast(rule_of(14, 5), series);
    if (band && !band->holds(value)) ++outside;
    series.push_back(value);
  }
  EXPECT_LT(outside, 20);  // below one per cent
}

}  // namespace
}  // namespace haul::governance
