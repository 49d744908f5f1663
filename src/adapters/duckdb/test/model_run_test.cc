// Models on the real engine over real tables: what the fakes of src/batch cannot show.

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/posix/posix.h"
#include "haul/batch/model_test.h"
#include "haul/batch/run.h"
#include "parquet_folder.h"

namespace haul::adapters::duckdb {
namespace {

using batch::Outcome;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kDaily = R"(MODEL (
  name gold.daily, kind INCREMENTAL_BY_TIME_RANGE (time_column day), grain (day, site), audits (counts_are_positive)
);
SELECT CAST(ts AS DATE) AS day, site, count(*) AS readings, CAST(sum(amount) AS BIGINT) AS amount
FROM silver.readings GROUP BY ALL;
)";
constexpr const char* kCountsArePositive =
    "AUDIT (name counts_are_positive); SELECT day FROM gold.daily WHERE amount < 0;";

/// A rule whose query must give 0.
contract::SetRule rule(std::string id, std::string sql,
                       contract::Severity severity = contract::Severity::kWarning) {
  contract::SetRule out;
  out.id = std::move(id);
  out.sql = std::move(sql);
  out.severity = severity;
  return out;
}

/// Writes the rows of a query into one staged file.
class StageRows final : public query::ResultConsumer {
 public:
  explicit StageRows(lake::StagedWriter& writer) : writer_(writer) {}
  Result<void> begin(const std::shared_ptr<arrow::Schema>& /*schema*/) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    return writer_.write(*rows);
  }

 private:
  lake::StagedWriter& writer_;
};

class ModelRun : public testing::Test {
 protected:
  /// Appends the rows of `select` to a table as one file.
  void append(const std::string& dataset, const std::string& select) {
    const query::QueryRequest request{.sql = select, .scans = {}};
    lake::TableSpec spec;
    spec.schema = engine_->describe(request).value();
    auto table = lake::Table::open_or_create(lake_, folder(dataset), spec).value();
    auto writer = table->stage().value();
    StageRows rows(*writer);
    ASSERT_TRUE(engine_->run(request, rows));
    lake::CommitRequest commit;
    commit.adds.push_back(writer->finish().value());
    ASSERT_TRUE(table->commit(std::move(commit)));
  }

  /// Readings at these UTC times, "2013-01-01 10:00 EWR 5, ...".
  void append_readings(const std::vector<std::string>& rows) {
    std::string select;
    for (const std::string& row : rows) {
      select += fmt::format("{}SELECT TIMESTAMPTZ '{}:00+00' AS ts, '{}' AS site, {} AS amount",
                            select.empty() ? "" : " UNION ALL ", row.substr(0, 16), row.substr(17, 3),
                            row.substr(21));
    }
    append("silver.readings", select);
  }

  Path folder(const std::string& dataset) const {
    const auto [layer, name] = batch::split_name(dataset);
    return folder_.path() / layer / name;
  }

  batch::Graph graph(const std::vector<std::string>& models, const std::vector<std::string>& audits) {
    auto graph = try_graph(models, audits);
    if (!graph) throw std::runtime_error(graph.error().message);
    return *std::move(graph);
  }

  Result<batch::Graph> try_graph(const std::vector<std::string>& models,
                                 const std::vector<std::string>& audits) {
    batch::Definitions definitions;
    for (const std::string& text : models)
      definitions.models.push_back(batch::parse_model(text, "m.sql").value());
    for (const std::string& text : audits)
      definitions.audits.push_back(batch::parse_audit(text, "a.sql").value());
    const columnar::Schema readings{{{.name = "ts", .type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                     {.name = "site", .type = arrow::utf8()},
                                     {.name = "amount", .type = arrow::int32()}}};
    const columnar::Schema sites{
        {{.name = "site", .type = arrow::utf8()}, {.name = "name", .type = arrow::utf8()}}};
    return batch::Graph::build(*engine_, std::move(definitions),
                               {{"silver.readings", readings, "ts", rules_}, {"silver.sites", sites, ""}});
  }

  batch::ModelRun run(const batch::Graph& graph, const batch::RunRequest& request = {}) {
    const batch::RunContext context{lake_, *engine_, folder_.path(), {}, {}};
    auto report = batch::run(context, graph, request);
    EXPECT_TRUE(report) << report.error().message;
    return report ? report->models.back() : batch::ModelRun();
  }

  /// The rows of a published dataset, ordered, "a|b" each.
  std::vector<std::string> rows(const std::string& dataset) {
    auto table = lake::Table::open(lake_, folder(dataset)).value();
    const auto snapshot = table->snapshot().value();
    const auto [layer, name] = batch::split_name(dataset);
    query::Scan scan{.schema = layer, .name = name, .columns = snapshot.schema};
    for (const auto& file : snapshot.files) scan.files.push_back({.path = folder(dataset) / file.path});
    const auto result =
        query::run_to_table(*engine_, {.sql = "SELECT * FROM " + dataset + " ORDER BY ALL", .scans = {scan}})
            .value();
    std::vector<std::string> out(static_cast<std::size_t>(result->num_rows()));
    for (const auto& column : result->columns()) {
      for (std::size_t row = 0; row < out.size(); ++row) {
        const auto value = column->GetScalar(static_cast<std::int64_t>(row)).ValueOrDie();
        out[row] += (out[row].empty() ? "" : "|") + value->ToString();
      }
    }
    return out;
  }

  lake::Version version(const std::string& dataset) {
    return lake::Table::open(lake_, folder(dataset)).value()->snapshot().value().version;
  }

  std::vector<contract::SetRule> rules_;
  ParquetFolder folder_;
  std::unique_ptr<FileSystem> files_ = make_posix_file_system();
  std::unique_ptr<Clock> clock_ = make_system_clock();
  std::unique_ptr<Rng> rng_ = make_system_rng();
  std::unique_ptr<lake::TableLogs> logs_ = make_delta_table_logs(*rng_);
  lake::LakeContext lake_{*files_, *logs_, *clock_, *rng_};
  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
};

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

TEST_F(ModelRun, TellsEverythingThatIsWrongWithTheModelsWithoutData) {
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

TEST_F(ModelRun, ComparesGivenAndExpectedRows) {
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
