// What `haul check` finds in models, on the real engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/batch/model_test.h"
#include "model_fixture.h"

namespace haul::adapters::duckdb {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ModelCheck : public ModelFixture {};

TEST_F(ModelCheck, TellsEverythingThatIsWrongWithTheModelsWithoutData) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"MODEL (name gold.a, kind FULL);\nSELECT *\nFROM silver.reading"},
       "m.sql: line 3, column 6: there is no dataset silver.reading; did you mean silver.readings?"},
      {{"MODEL (name gold.a, kind FULL); SELECT * FROM gold.a"}, "gold.a reads its own output"},
      {{"MODEL (name gold.a, kind FULL); SELECT * FROM gold.b",
        "MODEL (name gold.b, kind FULL); SELECT * FROM gold.a"},
       "these models wait for each other: gold.a <- gold.b <- gold.a"},
      {{"MODEL (name gold.a, kind FULL); SELECT now() AS ts FROM silver.sites"},
       "now() gives another value each time"},
      {{"MODEL (name gold.a, kind FULL); SELECT nam FROM silver.sites"}, "nam"},
      {{"MODEL (name gold.a, kind FULL); SELEC 1"}, "SELEC"},
      {{"MODEL (name gold.a, kind FULL, grain id); SELECT name FROM silver.sites"},
       "the grain id is no column of it"},
      {{"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column site)); SELECT site FROM "
        "silver.readings"},
       "the time column site is of type string"},
      {{"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column day)); SELECT ts FROM "
        "silver.readings"},
       "the time column day is no column of it"},
      {{"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column d)); SELECT DATE '2013-01-01' AS d "
        "FROM silver.sites"},
       "no input has an event time"},
      {{"MODEL (name gold.a, kind FULL, audits (x)); SELECT name FROM silver.sites"},
       "there is no audits/x.sql"},
  };
  for (const auto& [models, expected] : cases) {
    const auto graph = try_graph(models, {});

    ASSERT_FALSE(graph) << expected;
    EXPECT_THAT(graph.error().message, HasSubstr(expected));
  }

  const auto unused = try_graph({}, {"AUDIT (name a); SELECT 1"});
  ASSERT_FALSE(unused);
  EXPECT_EQ(unused.error().message, "a.sql: no model names this audit");
}

TEST_F(ModelCheck, ComparesGivenAndExpectedRows) {
  const auto models = graph({kDaily}, {kCountsArePositive});
  const auto test = batch::parse_model_test(R"(model: gold.daily
cases:
  - name: it_counts
    given: {silver.readings: [{ts: '2013-01-01T10:00:00Z', site: EWR, amount: 2}]}
    expect: [{day: '2013-01-01', readings: 1, amount: 2}]
  - name: it_is_wrong
    given: {silver.readings: [{ts: '2013-01-01T10:00:00Z', site: EWR, amount: 2}]}
    expect: [{day: '2013-01-01', amount: 3}]
  - name: it_reads_something_else
    given: {silver.sites: []}
    expect: []
)",
                                            "tests/daily.yaml");
  ASSERT_TRUE(test) << test.error().message;

  const auto results = batch::run_model_test(*engine_, models, *test).value();

  ASSERT_THAT(results, SizeIs(3));
  EXPECT_TRUE(results[0].passed) << results[0].difference;
  EXPECT_EQ(results[1].difference, "- day=2013-01-01, amount=3\n+ day=2013-01-01, amount=2");
  EXPECT_THAT(results[2].difference, HasSubstr("gold.daily does not read silver.sites"));
}

}  // namespace
}  // namespace haul::adapters::duckdb
