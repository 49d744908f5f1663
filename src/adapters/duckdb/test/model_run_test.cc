// Models on the real engine over real tables: what the fakes of src/batch cannot show.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "model_fixture.h"

namespace haul::adapters::duckdb {
namespace {

using batch::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ModelRun : public ModelFixture {};

TEST_F(ModelRun, PublishesEveryDayInOneCommitAndNothingASecondTime) {
  append_readings({"2013-01-31 23:59 EWR 5", "2013-02-01 00:00 EWR 7", "2013-02-01 12:00 EWR 1"});
  const auto models = graph({kDaily}, {kCountsArePositive});

  const auto first = run(models);
  const auto published = version("gold.daily");
  const auto second = run(models);

  EXPECT_EQ(first.outcome, Outcome::kPublished) << first.reason;
  EXPECT_EQ(first.intervals_done, 2U);
  EXPECT_EQ(first.rows, 2U);
  EXPECT_EQ(first.version, published);
  EXPECT_THAT(rows("gold.daily"), ElementsAre("2013-01-31|EWR|1|5", "2013-02-01|EWR|2|8"));
  EXPECT_EQ(second.outcome, Outcome::kUpToDate);
  EXPECT_EQ(second.intervals_skipped, 2U);
  EXPECT_EQ(version("gold.daily"), published);
}

TEST_F(ModelRun, StoresWhatItReadInTheHistoryOfTheTable) {
  append_readings({"2013-01-01 10:00 EWR 5"});

  run(graph({kDaily}, {kCountsArePositive}));

  const auto history = lake::Table::open(lake_, folder("gold.daily")).value()->history(1).value();
  EXPECT_EQ(history.at(0).operation, "HAUL RUN");
  EXPECT_EQ(history.at(0).parameters.at("inputs"), "silver.readings@1");
  EXPECT_EQ(history.at(0).parameters.at("intervals"), "2013-01-01");
}

TEST_F(ModelRun, RecomputesTheMonthOfALateRowAndNoOther) {
  append_readings({"2013-01-10 10:00 EWR 5", "2013-02-10 10:00 EWR 7"});
  const auto models = graph({kDaily}, {kCountsArePositive});
  run(models);
  append_readings({"2013-02-10 11:00 EWR 3"});

  const auto late = run(models);

  EXPECT_EQ(late.outcome, Outcome::kPublished);
  EXPECT_EQ(batch::format_ranges(late.days), "2013-02-10");
  EXPECT_THAT(rows("gold.daily"), ElementsAre("2013-01-10|EWR|1|5", "2013-02-10|EWR|2|10"));
}

TEST_F(ModelRun, LeavesTheTableAsItWasWhenAnAuditFindsRows) {
  append_readings({"2013-01-10 10:00 EWR 5"});
  const auto models = graph({kDaily}, {kCountsArePositive});
  run(models);
  const auto before = version("gold.daily");
  append_readings({"2013-01-11 10:00 EWR -9"});

  const auto failed = run(models);

  EXPECT_EQ(failed.outcome, Outcome::kAuditFailed);
  ASSERT_THAT(failed.audits, SizeIs(1));
  EXPECT_EQ(failed.audits[0].name, "counts_are_positive");
  EXPECT_EQ(failed.audits[0].bad_rows, 1U);
  EXPECT_THAT(failed.audits[0].sample, ElementsAre("day=2013-01-11"));
  EXPECT_EQ(version("gold.daily"), before);
  EXPECT_THAT(rows("gold.daily"), ElementsAre("2013-01-10|EWR|1|5"));
}

TEST_F(ModelRun, PublishesAndTellsWhenAnAuditOnlyWarns) {
  append_readings({"2013-01-11 10:00 EWR -9"});

  const auto warned = run(graph({kDaily}, {"AUDIT (name counts_are_positive, blocking false); "
                                           "SELECT day FROM gold.daily WHERE amount < 0"}));

  EXPECT_EQ(warned.outcome, Outcome::kPublished);
  EXPECT_THAT(warned.audits, SizeIs(1));
  EXPECT_THAT(rows("gold.daily"), SizeIs(1));
}

TEST_F(ModelRun, PublishesNothingThatRepeatsTheGrain) {
  append_readings({"2013-01-11 10:00 EWR 1", "2013-01-11 11:00 EWR 2"});

  const auto failed =
      run(graph({"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column ts), grain site); "
                 "SELECT ts, site FROM silver.readings"},
                {}));

  EXPECT_EQ(failed.outcome, Outcome::kAuditFailed);
  EXPECT_THAT(failed.audits.at(0).sample, ElementsAre("site=EWR, rows=2"));
  EXPECT_THAT(rows("gold.a"), IsEmpty());
}

TEST_F(ModelRun, TellsWhichRulesTheRowsOfASourceBreak) {
  append_readings({"2013-01-11 10:00 EWR 1", "2013-01-11 11:00 XXX 2"});
  append("silver.sites", "SELECT 'EWR' AS site, 'Newark' AS name");
  rules_ = {rule("site_is_known",
                 "SELECT count(*) FROM {object} WHERE site NOT IN (SELECT site FROM silver.sites)"),
            rule("has_rows", "SELECT count(*) - 2 FROM {object}", contract::Severity::kBlock)};
  const auto models = graph({kDaily}, {kCountsArePositive});
  const batch::RunContext context{lake_, *engine_, folder_.path(), {}, {}};

  const auto report = batch::run(context, models, {}).value();

  EXPECT_TRUE(report.succeeded());
  EXPECT_TRUE(report.warned());
  ASSERT_THAT(report.rules, SizeIs(1));
  EXPECT_EQ(report.rules[0].rule, "site_is_known");
  EXPECT_EQ(report.rules[0].value, 1);
}

TEST_F(ModelRun, PublishesNothingFromASourceThatBreaksABlockingRule) {
  append_readings({"2013-01-11 10:00 EWR 1"});
  rules_ = {rule("has_one_more", "SELECT 2 - count(*) FROM {object}", contract::Severity::kBlock)};

  const auto failed = run(graph({kDaily}, {kCountsArePositive}));

  EXPECT_EQ(failed.outcome, Outcome::kAuditFailed);
  EXPECT_EQ(failed.reason, "silver.readings breaks its rule has_one_more, which blocks");
}

TEST_F(ModelRun, FailsWhereAnInputFileIsDamaged) {
  append_readings({"2013-01-11 10:00 EWR 1"});
  const auto snapshot = lake::Table::open(lake_, folder("silver.readings")).value()->snapshot().value();
  const Path file = folder("silver.readings") / snapshot.files.at(0).path;
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(8).put('\x7f');

  const auto failed = run(graph({kDaily}, {kCountsArePositive}));

  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_EQ(failed.error->code, ErrorCode::kCorrupt);
  EXPECT_THAT(failed.reason, HasSubstr(file.filename().string()));
}

TEST_F(ModelRun, FailsWhereARowHasNoTime) {
  append_readings({"2013-01-11 10:00 EWR 1"});

  const auto failed = run(graph({"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column day)); "
                                 "SELECT NULL::DATE AS day FROM silver.readings"},
                                {}));

  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.reason, HasSubstr("a row has no day"));
}

TEST_F(ModelRun, ShowsAModelOnlyTheRowsOfItsWindow) {
  append_readings({"2013-01-10 23:00 EWR 1", "2013-01-11 01:00 EWR 2", "2013-01-12 01:00 EWR 4"});
  const std::string next_day =
      "SELECT CAST(ts AS DATE) + 1 AS day, CAST(sum(amount) AS BIGINT) AS amount FROM silver.readings GROUP "
      "BY 1";
  const auto narrow =
      graph({"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column day)); " + next_day}, {});
  const auto wide = graph(
      {"MODEL (name gold.b, kind INCREMENTAL_BY_TIME_RANGE (time_column day, lookback 1)); " + next_day}, {});
  const auto one_day = [](const char* day) {
    return batch::RunRequest{.models = {},
                             .from = batch::parse_day(day).value(),
                             .to = batch::parse_day(day).value() + std::chrono::days(1)};
  };

  run(narrow, one_day("2013-01-12"));
  run(wide, one_day("2013-01-12"));

  EXPECT_THAT(rows("gold.a"), IsEmpty());
  EXPECT_THAT(rows("gold.b"), ElementsAre("2013-01-12|2"));
}

TEST_F(ModelRun, ReplacesAFullModelWholeWhenItsInputChanged) {
  append("silver.sites", "SELECT 'EWR' AS site, 'Newark' AS name");
  const auto models =
      graph({"MODEL (name gold.names, kind FULL, grain site); SELECT * FROM silver.sites"}, {});
  run(models);
  append("silver.sites", "SELECT 'JFK' AS site, 'Kennedy' AS name");

  EXPECT_EQ(run(models).outcome, Outcome::kPublished);
  EXPECT_THAT(rows("gold.names"), ElementsAre("EWR|Newark", "JFK|Kennedy"));
  EXPECT_EQ(run(models).outcome, Outcome::kUpToDate);
}

TEST_F(ModelRun, SkipsAModelWhoseInputIsNotThere) {
  const auto skipped = run(graph({kDaily}, {kCountsArePositive}));

  EXPECT_EQ(skipped.outcome, Outcome::kSkipped);
  EXPECT_THAT(skipped.reason, HasSubstr("silver.readings does not exist yet"));
}

TEST_F(ModelRun, RunsInputsFirstAndSkipsWhatReadsAFailedModel) {
  append_readings({"2013-01-11 10:00 EWR -9"});
  const std::string weekly =
      "MODEL (name gold.a_weekly, kind FULL); SELECT sum(amount)::BIGINT AS amount FROM gold.daily";
  const auto models = graph({weekly, kDaily}, {kCountsArePositive});
  const batch::RunContext context{lake_, *engine_, folder_.path(), {}, {}};

  const auto report = batch::run(context, models, {.models = {"gold.a_weekly"}}).value();

  ASSERT_THAT(report.models, SizeIs(2));
  EXPECT_EQ(report.models[0].outcome, Outcome::kAuditFailed);
  EXPECT_EQ(report.models[1].outcome, Outcome::kSkipped);
  EXPECT_EQ(report.models[1].reason, "gold.daily is not up to date");
  EXPECT_FALSE(report.succeeded());
}

}  // namespace
}  // namespace haul::adapters::duckdb
