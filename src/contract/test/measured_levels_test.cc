#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract_text.h"

namespace haul::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Measure = ServiceLevel::Measure;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

std::string with_levels(const std::string& levels) {
  return with_columns(
      "      - {name: at, logicalType: timestamp}\n      - {name: n, logicalType: integer}\n"
      "      - {name: born, logicalType: date, classification: restricted}\nslaProperties:\n" +
      levels);
}
ServiceLevel level(const std::string& entry) {
  const Contract contract = parsed(with_levels("  - {" + entry + "}\n"));
  return contract.service_levels.empty() ? ServiceLevel{} : contract.service_levels.front();
}
std::string problem(const std::string& entry) {
  const auto contract = parse_contract(with_levels("  - {" + entry + "}\n"), "t.yaml");
  return contract ? "none" : contract.error().message;
}
std::string reason(const std::string& entry) {
  const Contract contract = parsed(with_levels("  - {" + entry + "}\n"));
  return contract.not_enforced.empty() ? "enforced" : contract.not_enforced.front().reason;
}

TEST(ServiceLevels, OfTimeColumnsAreMeasured) {
  const ServiceLevel fresh = level("property: freshness, value: 1.5, unit: h, element: t.at");

  EXPECT_EQ(fresh.measure, Measure::kFreshness);
  EXPECT_EQ(fresh.id, "freshness.t.at");
  EXPECT_EQ(fresh.object, "t");
  EXPECT_EQ(fresh.column, "at");
  EXPECT_EQ(fresh.span, 90min);
  EXPECT_EQ(level("id: keep, property: retention, value: 3, unit: y, element: at").id, "keep");
  EXPECT_EQ(level("property: latency, value: 60, unit: s, element: t.at").measure, Measure::kFreshness);
}

TEST(ServiceLevels, TakeTheUnitMForMinutesOfFreshnessAndMonthsOfRetention) {
  const ServiceLevel fresh = level("property: freshness, value: 5, unit: m, element: t.at");
  const ServiceLevel kept = level("property: retention, value: 5, unit: m, element: t.at");

  EXPECT_EQ(fresh.span, 5min);
  EXPECT_EQ(fresh.months, 0);
  EXPECT_EQ(kept.span, 0min);
  EXPECT_EQ(kept.months, 5);
}

TEST(ServiceLevels, ThatCannotBeMeasuredSayWhy) {
  EXPECT_EQ(reason("property: freshness, value: 1, unit: d, element: t.at"), "enforced");
  EXPECT_THAT(reason("property: availability, value: 99"), HasSubstr("nothing measures it"));
  EXPECT_EQ(reason("property: freshness, value: 1"), "it names no column of time; add element: t.COLUMN");
  EXPECT_EQ(reason("property: freshness, value: 1, element: t"),
            "it names no column of time; add element: t.COLUMN");
  EXPECT_EQ(reason("property: freshness, value: 1, element: t.n"), "t.n is no timestamp or date");
  EXPECT_EQ(reason("property: retention, value: 1, element: t.born"),
            "t.born is personal, and its values are not looked at");
}

TEST(ServiceLevels, ThatCannotBeMeantAreProblems) {
  EXPECT_THAT(problem("property: freshness, value: 1, element: t.att"),
              HasSubstr("t has no column att; did you mean `at`?"));
  EXPECT_THAT(problem("property: freshness, value: 1, unit: fortnights, element: t.at"),
              HasSubstr("`fortnights` is no unit of time; write seconds"));
  EXPECT_THAT(problem("property: freshness, value: soon, element: t.at"),
              HasSubstr("a freshness needs a number above 0"));
  EXPECT_THAT(problem("property: freshness, value: 0, element: t.at"), HasSubstr("above 0"));
  EXPECT_THAT(problem("property: retention, value: 1.5, unit: y, element: t.at"),
              HasSubstr("months and years are counted whole"));
}

TEST(ServiceLevels, TakeTheDefaultElement) {
  const Contract contract =
      parsed(with_levels("  - {property: freshness, value: 1, unit: d}\n"
                         "slaDefaultElement: t.at\n"));

  ASSERT_EQ(contract.service_levels.size(), 1U);
  EXPECT_EQ(contract.service_levels[0].measure, Measure::kFreshness);
}

}  // namespace
}  // namespace haul::contract
