#include "haul/adapters/duckdb/duckdb_engine.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "haul/query/sql_engine.h"
#include "parquet_folder.h"

namespace haul::adapters::duckdb {
namespace {

using query::QueryRequest;
using query::Scan;
using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

columnar::Column column(std::string name, std::shared_ptr<arrow::DataType> type) {
  return {.name = std::move(name), .type = std::move(type)};
}

/// The whole result as text, a row a line, null as "-".
std::string text_of(const arrow::Table& table) {
  std::string out;
  for (std::int64_t row = 0; row < table.num_rows(); ++row) {
    for (int c = 0; c < table.num_columns(); ++c) {
      const auto value = table.column(c)->GetScalar(row).ValueOrDie();
      out += (c == 0 ? "" : "|") + (value->is_valid ? value->ToString() : "-");
    }
    out += "\n";
  }
  return out;
}

class DuckDbEngine : public testing::Test {
 protected:
  /// The rows as text, or "error CODE: message".
  std::string answer(const QueryRequest& request) {
    const auto table = query::run_to_table(*engine_, request);
    if (table) return text_of(**table);
    return fmt::format("error {}: {}", static_cast<int>(table.error().code), table.error().message);
  }
  std::string answer(const std::string& sql) {
    return answer(QueryRequest{.sql = sql, .scans = {flights()}});
  }

  Scan flights() {
    if (!file_)
      file_ = folder_.write("flights.parquet", "SELECT i AS leg, 'c' || i AS carrier FROM range(3) t(i)");
    return {.schema = "silver",
            .name = "flights",
            .columns = {{column("leg", arrow::int64()), column("carrier", arrow::utf8())}},
            .files = {{.path = *file_}}};
  }

  ParquetFolder folder_;
  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
  std::optional<Path> file_;
};

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

TEST_F(DuckDbEngine, WorksInUtc) {
  EXPECT_EQ(answer("SELECT current_setting('TimeZone'), '2013-07-01 12:00:00+02'::TIMESTAMPTZ::VARCHAR"),
            "UTC|2013-07-01 10:00:00+00\n");
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

TEST_F(DuckDbEngine, RefusesEveryStatementThatIsNotAQueryAndNamesIt) {
  const std::string file = (folder_.path() / "out.csv").native();
  const std::pair<std::string, std::string> statements[] = {
      {"COPY silver.flights TO '" + file + "'", "COPY"},
      {"COPY (SELECT 1) TO '" + file + "'", "COPY"},
      {"EXPORT DATABASE '" + file + "'", "EXPORT"},
      {"ATTACH '" + file + "' AS other", "ATTACH"},
      {"INSTALL httpfs", "INSTALL"},
      {"LOAD httpfs", "LOAD"},
      {"PRAGMA database_list", "PRAGMA"},
      {"SET threads = 8", "SET"},
      {"RESET threads", "RESET"},
      {"CREATE TABLE x (i INT)", "CREATE"},
      {"CREATE SECRET (TYPE s3)", "CREATE"},
      {"INSERT INTO silver.flights VALUES (1, 'x')", "INSERT"},
      {"UPDATE silver.flights SET leg = 1", "UPDATE"},
      {"DELETE FROM silver.flights", "DELETE"},
      {"DROP VIEW silver.flights", "DROP"},
      {"ALTER TABLE silver.flights RENAME TO x", "ALTER"},
      {"CALL pragma_version()", "CALL"},
      {"BEGIN", "BEGIN"},
      {"EXPLAIN ANALYZE SELECT 1", "EXPLAIN"},
      {"USE memory", "USE"},
      {"CHECKPOINT", "CHECKPOINT"},
      {"PREPARE x AS SELECT 1", "PREPARE"},
      {"/* SELECT */ -- SELECT\n copy silver.flights to 'x'", "COPY"},
  };

  for (const auto& [sql, kind] : statements) {
    EXPECT_EQ(answer(sql), "error 1000: " + kind + " is not a query: datasets are only read") << sql;
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(DuckDbEngine, RefusesEveryWayToAFileInAQuery) {
  const std::string own = flights().files[0].path.native();
  const std::string refused[] = {
      "FROM read_csv('/etc/passwd')",
      "FROM read_text('/etc/passwd')",
      "FROM read_blob('/etc/passwd')",
      "FROM read_json('/etc/passwd')",
      "FROM read_parquet('" + own + "')",
      "FROM parquet_metadata('" + own + "')",
      "FROM glob('/etc/*')",
      "FROM '/etc/passwd'",
      "FROM '/etc/passwd.csv'",
      "FROM '" + own + "'",
      "FROM silver.\"/etc/passwd.csv\"",
      "FROM query('SELECT 1')",
      "FROM query_table('/etc/passwd.csv')",
      "FROM duckdb_settings()",
      "FROM sniff_csv('/etc/passwd')",
      "FROM json_execute_serialized_sql('x')",
      "FROM information_schema.tables",
      "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
      "FROM 'http://127.0.0.1:1/x.parquet'",
      "WITH x AS (FROM read_csv('/etc/passwd')) FROM x",
      "SELECT getenv('HOME')",
      "SHOW ALL TABLES",
      "SUMMARIZE '/etc/passwd.csv'",
      "FROM memory.silver.flights",
  };

  for (const std::string& sql : refused) EXPECT_THAT(answer(sql), HasSubstr("error 1000: ")) << sql;
}

TEST_F(DuckDbEngine, StopsAtTheRowLimitAndSaysSo) {
  struct Counting final : query::ResultConsumer {
    Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
    Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
      seen += rows->num_rows();
      return {};
    }
    std::int64_t seen = 0;
  };
  const auto run = [this](std::uint64_t rows_max) {
    Counting rows;
    const auto summary = engine_->run({.sql = "FROM range(5000)", .limits = {.rows_max = rows_max}}, rows);
    EXPECT_TRUE(summary);
    EXPECT_EQ(rows.seen, static_cast<std::int64_t>(summary->rows));
    return std::pair(summary->rows, summary->cut);
  };

  EXPECT_EQ(run(4999), std::pair(std::uint64_t{4999}, true));
  EXPECT_EQ(run(5000), std::pair(std::uint64_t{5000}, false));
  EXPECT_EQ(run(0), std::pair(std::uint64_t{0}, true));
}

TEST_F(DuckDbEngine, StopsReadingWhenTheRowLimitIsReached) {
  const auto begin = std::chrono::steady_clock::now();

  const std::string rows = answer({.sql = "SELECT a.range + b.range FROM range(10000000) a, range(1000000) b",
                                   .limits = {.rows_max = 2}});

  EXPECT_EQ(rows, "0\n1\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(DuckDbEngine, EndsAQueryAtItsTimeLimit) {
  const std::string rows =
      answer({.sql = "SELECT sum(sqrt(a.range * b.range)) FROM range(2000000) a, range(200000) b",
              .limits = {.time_max = 100ms}});

  EXPECT_EQ(rows, "error 3100: the query ran longer than its limit of 100 ms");
}

TEST_F(DuckDbEngine, EndsAQueryWhenInterrupted) {
  const auto begin = std::chrono::steady_clock::now();

  const std::string rows =
      answer({.sql = "SELECT sum(sqrt(a.range * b.range)) FROM range(2000000) a, range(200000) b",
              .interrupted = [begin] { return std::chrono::steady_clock::now() - begin > 150ms; }});

  EXPECT_EQ(rows, "error 3100: the query was interrupted");
}

TEST_F(DuckDbEngine, EndsWithTheErrorOfItsConsumer) {
  struct Full final : query::ResultConsumer {
    Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
    Result<void> batch(const std::shared_ptr<arrow::RecordBatch>&) override {
      return fail(ErrorCode::kUnavailable, "the disk is full");
    }
  } full;

  const auto summary = engine_->run({.sql = "FROM range(5)"}, full);

  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error(), (Error{ErrorCode::kUnavailable, "the disk is full"}));
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

TEST_F(DuckDbEngine, SpillsOnlyWhereItMay) {
  const QueryRequest big{
      .sql = "SELECT count(*) FROM (SELECT range, md5(range::VARCHAR) FROM range(600000) ORDER BY 2, 1)",
      .limits = {.memory_bytes = 20'000'000, .threads = 1}};
  const Path spill = folder_.path() / "spill";

  EXPECT_THAT(answer(big), HasSubstr("error 3000: "));
  engine_ = make_duckdb_engine({.spill_directory = spill});
  EXPECT_EQ(answer(big), "600000\n");
}

TEST_F(DuckDbEngine, LeavesNothingBehind) {
  EXPECT_EQ(answer("SELECT count(*) FROM silver.flights"), "3\n");
  EXPECT_EQ(answer(QueryRequest{.sql = "FROM silver.flights"}),
            "error 1000: there is no dataset silver.flights (line 1, column 6)");
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

TEST_F(DuckDbEngine, AnswersSeveralThreadsAtOnce) {
  const Scan scan = flights();
  std::vector<std::thread> threads;
  std::array<std::string, 4> answers;
  for (std::string& out : answers) {
    threads.emplace_back(
        [&] { out = answer({.sql = "SELECT sum(leg) FROM silver.flights", .scans = {scan}}); });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(answers, testing::Each("3\n"));
}

}  // namespace
}  // namespace haul::adapters::duckdb
