#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_fixture.h"

namespace haul::adapters::duckdb {
namespace {

using query::QueryRequest;
using query::Scan;
using testing::AllOf;
using testing::HasSubstr;

class DuckDbEngine : public EngineFixture {};

TEST_F(DuckDbEngine, AnswersAQueryOverTheFilesOfAScan) {
  EXPECT_EQ(answer("SELECT carrier, leg FROM silver.flights WHERE leg > 0 ORDER BY leg"), "c1|1\nc2|2\n");
}

TEST_F(DuckDbEngine, GivesTheSchemaBeforeAnEmptyResult) {
  const auto table = query::run_to_table(
      *engine_, {.sql = "SELECT leg, carrier FROM silver.flights WHERE false", .scans = {flights()}});

  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ((*table)->num_rows(), 0);
  EXPECT_EQ((*table)->schema()->ToString(), "leg: int64\ncarrier: string");
}

TEST_F(DuckDbEngine, FillsColumnsThatOlderFilesLackWithNulls) {
  Scan scan = flights();
  scan.columns.columns.push_back(column("delay", arrow::float64()));
  scan.files.push_back(
      {.path = folder_.write("new.parquet", "SELECT 'n' AS carrier, 1.5::DOUBLE AS delay, 9 AS leg")});

  EXPECT_EQ(answer({.sql = "SELECT leg, carrier, delay FROM silver.flights WHERE leg >= 2 ORDER BY leg",
                    .scans = {scan}}),
            "2|c2|-\n9|n|1.5\n");
}

TEST_F(DuckDbEngine, ShowsOnlyTheRowsThatTheScansConditionHoldsFor) {
  Scan files = flights();
  files.files.push_back({.path = folder_.write("w.parquet", "SELECT NULL::BIGINT AS leg, 'none' AS carrier"),
                         .deleted_rows = {}});
  files.where = "\"leg\" >= 1 AND \"leg\" < 2";
  Scan rows = flights();
  rows.name = "held";
  rows.rows = *query::run_to_table(*engine_, {.sql = "SELECT * FROM silver.flights", .scans = {flights()}});
  rows.where = files.where;

  EXPECT_EQ(answer({.sql = "SELECT carrier FROM silver.flights", .scans = {files}}), "c1\n");
  EXPECT_EQ(answer({.sql = "SELECT carrier FROM silver.held", .scans = {rows}}), "c1\n");
}

TEST_F(DuckDbEngine, HidesColumnsThatTheScanDoesNotName) {
  Scan scan = flights();
  scan.columns.columns.pop_back();

  EXPECT_EQ(answer({.sql = "SELECT * FROM silver.flights LIMIT 1", .scans = {scan}}), "0\n");
}

TEST_F(DuckDbEngine, LeavesOutDeletedRowsOfTheirFileOnly) {
  Scan scan = flights();
  scan.files.push_back(
      {.path = folder_.write("b.parquet", "SELECT 10 + i AS leg, 'b' AS carrier FROM range(4) t(i)"),
       .deleted_rows = {0, 3}});
  scan.files.push_back(
      {.path = folder_.write("c.parquet", "SELECT 20 + i AS leg, 'c' AS carrier FROM range(2) t(i)"),
       .deleted_rows = {1}});

  EXPECT_EQ(answer({.sql = "SELECT leg FROM silver.flights ORDER BY leg", .scans = {scan}}),
            "0\n1\n2\n11\n12\n20\n");
  EXPECT_EQ(answer({.sql = "SELECT count(*) FROM silver.flights", .scans = {scan}}), "6\n");
}

TEST_F(DuckDbEngine, TakesPartitionValuesFromTheScan) {
  Scan scan = flights();
  scan.columns.columns.insert(scan.columns.columns.begin(), column("day", arrow::date32()));
  scan.files[0].partition_values = {{"day", "2013-01-01"}};
  scan.files.push_back({.path = folder_.write("d.parquet", "SELECT 7 AS leg, 'd' AS carrier"),
                        .partition_values = {{"day", std::nullopt}}});

  EXPECT_EQ(answer({.sql = "SELECT * FROM silver.flights WHERE leg IN (0, 7) ORDER BY leg", .scans = {scan}}),
            "2013-01-01|0|c0\n-|7|d\n");
}

TEST_F(DuckDbEngine, GivesATableWithoutFilesItsTypes) {
  Scan scan = flights();
  scan.files.clear();

  EXPECT_EQ(
      answer({.sql = "SELECT count(*), max(leg), typeof(max(leg)) FROM silver.flights", .scans = {scan}}),
      "0|-|BIGINT\n");
}

TEST_F(DuckDbEngine, ReadsEveryColumnTypeFromFiles) {
  Scan scan{.schema = "silver", .name = "all", .columns = {}, .files = {}};
  scan.columns.columns = {
      column("a", arrow::boolean()),
      column("b", arrow::int8()),
      column("c", arrow::int16()),
      column("d", arrow::int32()),
      column("e", arrow::float32()),
      column("f", arrow::binary()),
      column("g", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      column("h", arrow::timestamp(arrow::TimeUnit::MICRO)),
      column("i", arrow::decimal128(12, 2)),
      column("j", arrow::list(arrow::utf8())),
      column("k", arrow::struct_({arrow::field("x", arrow::int64()), arrow::field("y z", arrow::utf8())}))};
  scan.files.push_back(
      {.path = folder_.write(
           "all.parquet",
           "SELECT true AS a, 1::TINYINT AS b, 2::SMALLINT AS c, 3::INTEGER AS d, 1.5::FLOAT AS e, "
           "'x'::BLOB AS f, '2013-01-01 05:15:00Z'::TIMESTAMPTZ AS g, '2013-01-01 05:15:00'::TIMESTAMP AS h, "
           "12.34::DECIMAL(12,2) AS i, ['p', NULL] AS j, {'x': 1, 'y z': 'w'} AS k")});
  scan.files.push_back({.path = folder_.write("none.parquet", "SELECT NULL::BOOLEAN AS a")});

  const auto table = query::run_to_table(
      *engine_, {.sql = "SELECT * FROM silver.all ORDER BY a NULLS LAST", .scans = {scan}});

  ASSERT_TRUE(table) << table.error().message;
  for (std::size_t i = 0; i < scan.columns.columns.size(); ++i) {
    const auto& wanted = scan.columns.columns[i];
    EXPECT_TRUE((*table)->field(static_cast<int>(i))->type()->Equals(*wanted.type)) << wanted.name;
    EXPECT_EQ((*table)->column(static_cast<int>(i))->null_count(), 1) << wanted.name;
  }
}

TEST_F(DuckDbEngine, AnswersOverRowsInMemoryInSlicesOfAnySize) {
  arrow::Int64Builder numbers;
  arrow::StringBuilder words;
  for (std::int64_t i = 0; i < 5000; ++i) {
    ASSERT_TRUE(numbers.Append(i).ok());
    ASSERT_TRUE((i % 7 == 0 ? words.AppendNull() : words.Append("w" + std::to_string(i))).ok());
  }
  const auto whole =
      arrow::Table::Make(arrow::schema({arrow::field("n", arrow::int64()), arrow::field("w", arrow::utf8())}),
                         {numbers.Finish().ValueOrDie(), words.Finish().ValueOrDie()});
  const Scan scan{.schema = "system",
                  .name = "runs",
                  .columns = {{column("n", arrow::int64()), column("w", arrow::utf8())}},
                  .files = {},
                  .rows = whole->Slice(3, 4500)};

  EXPECT_EQ(answer({.sql = "SELECT count(*), sum(n), count(w), max(w) FROM system.runs", .scans = {scan}}),
            "4500|10136250|3857|w999\n");
}

TEST_F(DuckDbEngine, RefusesRowsThatDoNotFitTheirScan) {
  Scan scan = flights();
  scan.rows = arrow::Table::MakeEmpty(arrow::schema({arrow::field("leg", arrow::utf8())})).ValueOrDie();

  EXPECT_THAT(answer({.sql = "FROM silver.flights", .scans = {scan}}),
              HasSubstr("error 1000: silver.flights"));
}

TEST_F(DuckDbEngine, KnowsTheSchemasThatAreAlsoDatabasesOfDuckDb) {
  Scan runs = flights();
  runs.schema = "system";
  runs.name = "runs";
  const std::string sql =
      "SELECT r.leg, system.runs.carrier FROM system.runs JOIN\nsystem.runs AS r USING (leg) WHERE ";

  EXPECT_EQ(answer({.sql = sql + "leg = 1", .scans = {runs}}), "1|c1\n");
  EXPECT_THAT(answer({.sql = sql + "nothing = 1", .scans = {runs}}), HasSubstr("(line 2, column 36)"));
}

TEST_F(DuckDbEngine, SaysTheKindAndPlaceOfAnError) {
  EXPECT_THAT(
      answer("SELECT leg,\n  nope FROM silver.flights"),
      AllOf(HasSubstr("error 1000: Referenced column \"nope\" not found"), HasSubstr("(line 2, column 3)")));
  EXPECT_EQ(answer("SELEC 1"), "error 1000: syntax error at or near \"SELEC\" (line 1, column 1)");
  EXPECT_THAT(answer("SELECT\n carrier::INT FROM silver.flights"),
              HasSubstr("Could not convert string 'c0' to INT32"));
  EXPECT_EQ(answer("FROM flights"),
            "error 1000: table flights has no schema: write e.g. silver.flights (line 1, column 6)");
  EXPECT_EQ(answer("FROM silver.nope"), "error 1000: there is no dataset silver.nope (line 1, column 6)");
  EXPECT_EQ(answer(""), "error 1000: one query at a time: found 0 statements");
  EXPECT_EQ(answer("SELECT 1; SELECT 2"), "error 1000: one query at a time: found 2 statements");
  EXPECT_EQ(answer("SELECT $1"), "error 1000: the query has the parameter $1: write the value itself");
}

TEST_F(DuckDbEngine, AcceptsOneStatementWithItsSemicolon) { EXPECT_EQ(answer("SELECT 1;\n"), "1\n"); }

TEST_F(DuckDbEngine, TakesEveryKindOfQuery) {
  EXPECT_EQ(answer("VALUES (1, 'a')"), "1|a\n");
  EXPECT_EQ(answer("WITH x AS (SELECT max(leg) AS m FROM silver.flights) FROM x"), "2\n");
  EXPECT_THAT(answer("DESCRIBE silver.flights"), HasSubstr("leg|BIGINT|YES"));
  EXPECT_THAT(answer("SUMMARIZE silver.flights"), HasSubstr("carrier|VARCHAR|c0|c2"));
  EXPECT_EQ(answer("PIVOT silver.flights ON carrier IN ('c1') USING sum(leg)"), "1\n");
}

TEST_F(DuckDbEngine, NamesAFileThatIsGoneOrDamaged) {
  Scan gone = flights();
  gone.files[0].path = folder_.path() / "gone.parquet";
  Scan damaged = flights();
  damaged.files[0].path =
      folder_.write("damaged.parquet", "SELECT i AS leg, 'x' AS carrier FROM range(100000) t(i)");
  const auto size = std::filesystem::file_size(damaged.files[0].path);
  std::filesystem::resize_file(damaged.files[0].path, size / 2);

  EXPECT_THAT(answer({.sql = "FROM silver.flights", .scans = {gone}}),
              AllOf(HasSubstr("error 3000: "), HasSubstr("gone.parquet")));
  EXPECT_THAT(answer({.sql = "FROM silver.flights", .scans = {damaged}}),
              AllOf(HasSubstr("error 4000: "), HasSubstr("damaged.parquet")));
}

TEST_F(DuckDbEngine, DescribesAResultWithoutReadingFiles) {
  Scan scan = flights();
  scan.files[0].path = "/nowhere/x.parquet";

  const auto schema = engine_->describe(
      {.sql = "SELECT leg + 1 AS next, sum(leg) AS total, carrier FROM silver.flights GROUP BY ALL",
       .scans = {scan}});

  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(columnar::to_arrow(*schema)->ToString(),
            "next: int64\ntotal: decimal128(38, 0)\ncarrier: string");
}

TEST_F(DuckDbEngine, DescribesAQueryAfterOneThatIsWrong) {
  const QueryRequest wrong{.sql = "SELECT nope FROM silver.flights", .scans = {flights()}};
  const QueryRequest right{.sql = "SELECT leg FROM silver.flights", .scans = {flights()}};

  EXPECT_FALSE(engine_->describe(wrong));
  EXPECT_TRUE(engine_->describe(right));
  EXPECT_FALSE(engine_->describe({.sql = right.sql}));
}

TEST_F(DuckDbEngine, NamesAResultColumnThatNoDatasetCanHold) {
  const auto schema = engine_->describe({.sql = "SELECT INTERVAL 1 DAY AS wait"});

  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(schema.error().message, HasSubstr("wait"));
}

}  // namespace
}  // namespace haul::adapters::duckdb
