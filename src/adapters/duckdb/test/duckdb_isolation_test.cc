// What a query may not do, and how it is stopped.
#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "engine_fixture.h"

namespace haul::adapters::duckdb {
namespace {

using query::QueryRequest;
using query::Scan;
using testing::HasSubstr;
using namespace std::chrono_literals;

class DuckDbIsolation : public EngineFixture {};

TEST_F(DuckDbIsolation, WorksInUtc) {
  EXPECT_EQ(answer("SELECT current_setting('TimeZone'), '2013-07-01 12:00:00+02'::TIMESTAMPTZ::VARCHAR"),
            "UTC|2013-07-01 10:00:00+00\n");
}

TEST_F(DuckDbIsolation, RefusesEveryStatementThatIsNotAQueryAndNamesIt) {
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

TEST_F(DuckDbIsolation, RefusesEveryWayToAFileInAQuery) {
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

TEST_F(DuckDbIsolation, StopsAtTheRowLimitAndSaysSo) {
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

TEST_F(DuckDbIsolation, StopsReadingWhenTheRowLimitIsReached) {
  const auto begin = std::chrono::steady_clock::now();

  const std::string rows = answer({.sql = "SELECT a.range + b.range FROM range(10000000) a, range(1000000) b",
                                   .limits = {.rows_max = 2}});

  EXPECT_EQ(rows, "0\n1\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(DuckDbIsolation, EndsAQueryAtItsTimeLimit) {
  const std::string rows =
      answer({.sql = "SELECT sum(sqrt(a.range * b.range)) FROM range(2000000) a, range(200000) b",
              .limits = {.time_max = 100ms}});

  EXPECT_EQ(rows, "error 3100: the query ran longer than its limit of 100 ms");
}

TEST_F(DuckDbIsolation, EndsAQueryWhenInterrupted) {
  const auto begin = std::chrono::steady_clock::now();

  const std::string rows =
      answer({.sql = "SELECT sum(sqrt(a.range * b.range)) FROM range(2000000) a, range(200000) b",
              .interrupted = [begin] { return std::chrono::steady_clock::now() - begin > 150ms; }});

  EXPECT_EQ(rows, "error 3100: the query was interrupted");
}

TEST_F(DuckDbIsolation, EndsWithTheErrorOfItsConsumer) {
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

TEST_F(DuckDbIsolation, SpillsOnlyWhereItMay) {
  const QueryRequest big{
      .sql = "SELECT count(*) FROM (SELECT range, md5(range::VARCHAR) FROM range(600000) ORDER BY 2, 1)",
      .limits = {.memory_bytes = 20'000'000, .threads = 1}};
  const Path spill = folder_.path() / "spill";

  EXPECT_THAT(answer(big), HasSubstr("error 3000: "));
  engine_ = make_duckdb_engine({.spill_directory = spill});
  EXPECT_EQ(answer(big), "600000\n");
}

TEST_F(DuckDbIsolation, LeavesNothingBehind) {
  EXPECT_EQ(answer("SELECT count(*) FROM silver.flights"), "3\n");
  EXPECT_EQ(answer(QueryRequest{.sql = "FROM silver.flights"}),
            "error 1000: there is no dataset silver.flights (line 1, column 6)");
}

TEST_F(DuckDbIsolation, AnswersSeveralThreadsAtOnce) {
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
