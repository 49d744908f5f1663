#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/batch/model.h"

namespace haul::batch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRoutes = R"(-- routes
MODEL (
  name gold.routes,   -- the dataset
  kind INCREMENTAL_BY_TIME_RANGE (time_column day, lookback 2, lookahead 1),
  cron '@daily',
  grain (day, origin_id),
  owner ops,
  audits (counts_add_up, days_are_whole),
  description 'Each day''s routes'
);

-- Why: a comment; with a semicolon
SELECT day, ';' AS mark FROM silver.legs /* ; */ WHERE x = '--';  -- the end
)";

std::string message(const std::string& text) {
  const auto model = parse_model(text, "models/gold/routes.sql");
  return model ? "no error" : model.error().message;
}

TEST(ModelFile, GivesTheHeaderAndTheSelectWithItsPlace) {
  const auto model = parse_model(kRoutes, "models/gold/routes.sql");

  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "gold.routes");
  EXPECT_EQ(model->kind, ModelKind::kIncrementalByTimeRange);
  EXPECT_EQ(model->time_column, "day");
  EXPECT_EQ(model->lookback_days, 2);
  EXPECT_EQ(model->lookahead_days, 1);
  EXPECT_THAT(model->grain, ElementsAre("day", "origin_id"));
  EXPECT_THAT(model->audits, ElementsAre("counts_add_up", "days_are_whole"));
  EXPECT_EQ(model->owner, "ops");
  EXPECT_EQ(model->description, "Each day's routes");
  EXPECT_EQ(model->sql, "SELECT day, ';' AS mark FROM silver.legs /* ; */ WHERE x = '--'");
  EXPECT_EQ(to_string(model->sql_place), "models/gold/routes.sql:13:1");
}

TEST(ModelFile, TakesAFullModelWithASingleGrainColumn) {
  const auto model = parse_model("MODEL (name silver.a, kind full, grain id); SELECT 1 AS id", "a.sql");

  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->kind, ModelKind::kFull);
  EXPECT_THAT(model->grain, ElementsAre("id"));
}

TEST(ModelFile, NamesTheKeyThatWasProbablyMeant) {
  EXPECT_EQ(message("MODEL (\n  name gold.a,\n  kinds FULL\n);\nSELECT 1"),
            "models/gold/routes.sql:3:3: unknown key `kinds`: did you mean `kind`?");
}

TEST(ModelFile, RejectsWhatItCannotRunWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SELECT 1", "1:1: expected `MODEL (`"},
      {"MODEL (name gold.a, kind FULL)", "1:31: expected `;`, found the end of the file"},
      {"MODEL (name gold.a, kind FULL);", "1:32: expected a SELECT after the header"},
      {"MODEL (name gold.a, kind VIEW); SELECT 1", "1:21: `kind` is FULL or INCREMENTAL"},
      {"MODEL (name gold.a); SELECT 1", "1:1: the header needs `kind`"},
      {"MODEL (kind FULL); SELECT 1", "the header needs `name silver.NAME`"},
      {"MODEL (name bronze.a, kind FULL); SELECT 1", "1:8: the header needs `name silver.NAME`"},
      {"MODEL (name gold.a, name gold.b, kind FULL); SELECT 1", "1:21: `name` stands twice"},
      {"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (lookback 1)); SELECT 1",
       "needs (time_column NAME)"},
      {"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column d, lookback 367)); SELECT 1",
       "1:77: `lookback` takes a number of days from 0 to 366"},
      {"MODEL (name gold.a, kind INCREMENTAL_BY_TIME_RANGE (time_column d, lookback -1)); SELECT 1",
       "`lookback` takes a number of days"},
      {"MODEL (name gold.a, kind FULL, cron '@hourly'); SELECT 1", "write '@daily', not '@hourly'"},
      {"MODEL (name gold.a, kind FULL, grain (a, a)); SELECT 1", "`a` stands twice"},
      {"MODEL (name gold.a, kind FULL, owner 'x); SELECT 1", "1:38: this quote has no end"},
      {"MODEL (name gold.a, kind FULL); SELECT 1; SELECT 2", "1:43: one statement is enough"},
      {"/* MODEL (name gold.a)", "1:1: this comment has no end"},
  };
  for (const auto& [text, expected] : cases) EXPECT_THAT(message(text), HasSubstr(expected)) << text;
}

TEST(ModelFile, PlacesItsSqlWhereItStandsInTheFile) {
  EXPECT_EQ(placed_sql("SELECT 1", {.file = "a.sql", .line = 3, .column = 5}), "\n\n    SELECT 1");
}

TEST(AuditFile, BlocksUnlessItSaysOtherwise) {
  const auto blocking = parse_audit("AUDIT (name a); SELECT 1", "audits/a.sql");
  const auto warning =
      parse_audit("AUDIT (name a, blocking false, description 'x'); SELECT 1", "audits/a.sql");

  ASSERT_TRUE(blocking && warning);
  EXPECT_EQ(blocking->effect, AuditEffect::kBlock);
  EXPECT_EQ(warning->effect, AuditEffect::kWarn);
  EXPECT_EQ(warning->sql, "SELECT 1");
}

TEST(AuditFile, RejectsAnEffectThatIsNeither) {
  const auto audit = parse_audit("AUDIT (name a, blocking maybe); SELECT 1", "audits/a.sql");

  ASSERT_FALSE(audit);
  EXPECT_EQ(audit.error().message, "audits/a.sql:1:16: `blocking` is true or false");
}

}  // namespace
}  // namespace haul::batch
