#include "haul/inspection/file_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/base/testing/fake_file_system.h"

namespace haul::inspection {
namespace {

using haul::testing::FakeFileSystem;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr const char* kContract = R"(apiVersion: v3.1.0
kind: DataContract
id: urn:test:loads
name: loads
version: 1.0.0
status: active
schema:
  - name: loads
    properties:
      - {name: load, logicalType: string, unique: true, classification: public}
      - name: truck
        logicalType: integer
        relationships: [{to: trucks.truck, customProperties: [{property: severity, value: error}]}]
    quality:
      - {id: loads_some, metric: rowCount, mustBeGreaterThan: 2}
)";

constexpr const char* kWithDefault = R"(apiVersion: v3.1.0
kind: DataContract
id: urn:test:loads
name: loads
version: 1.0.0
status: active
schema:
  - name: loads
    properties:
      - {name: load, logicalType: string}
      - {name: unit, logicalType: string, unique: true, customProperties: [{property: default, value: kg}]}
      - {name: weighed_at, logicalType: timestamp}
    quality:
      - {id: usual_rows, type: custom, engine: haul, implementation: {rule: rowCountChange, percent: 30}}
slaProperties:
  - {id: fresh, property: freshness, value: 1, unit: d, element: loads.weighed_at}
)";

constexpr const char* kVersioned = R"(apiVersion: v3.1.0
kind: DataContract
id: urn:test:loads
name: loads
version: 1.0.0
status: active
schema:
  - name: loads
    customProperties: [{property: versionColumn, value: at}]
    properties:
      - {name: load, logicalType: string, unique: true, classification: public}
      - {name: at, logicalType: integer}
      - {name: state, logicalType: string}
)";

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] IngestTime now() const override { return {}; }
  [[nodiscard]] std::chrono::nanoseconds steady() const override { return {}; }
};

/// The contract has no rule that needs SQL.
class NoSql final : public expression::SqlParser, public query::SqlEngine {
 public:
  Result<std::string> parse_select(std::string_view) const override { return none(); }
  Result<std::string> plan_select(std::string_view) const override { return none(); }
  Result<query::QuerySummary> run(const query::QueryRequest&, query::ResultConsumer&) override {
    return none();
  }
  Result<std::string> parse(std::string_view) override { return none(); }
  Result<columnar::Schema> describe(const query::QueryRequest&) override { return none(); }
  Result<query::QueryPlan> plan(const query::QueryRequest&) override { return none(); }

 private:
  static tl::unexpected<Error> none() { return fail(ErrorCode::kUnavailable, "no SQL here"); }
};

class FileCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto parsed = contract::parse_contract(kContract, "loads.odcs.yaml");
    ASSERT_TRUE(parsed) << parsed.error().message;
    contract = std::move(*parsed);
    put("trucks.csv", "truck\n1\n2\n3\n");
  }

  void put(const Path& path, std::string_view text) {
    auto file = files.open_for_write(path, OpenMode::kTruncate);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append(as_bytes(text)));
  }

  InputFile csv(const Path& path) { return {path, path.string(), {.format = ingest::Format::kCsv}}; }

  Result<FileReport> check(std::uint64_t memory_bytes = 1'000'000, std::size_t threads = 2,
                           std::function<bool(std::uint64_t)> progress = {}) {
    return check_file({files, clock, sql, sql},
                      {.contract = contract,
                       .data = csv("loads.csv"),
                       .references = {{.dataset = "trucks", .file = csv("trucks.csv")}},
                       .good = "good.parquet",
                       .quarantine = "bad.parquet",
                       .memory_bytes = memory_bytes,
                       .threads = threads,
                       .work = "work",
                       .progress = std::move(progress)});
  }

  static const RuleOutcome& rule(const FileReport& report, std::string_view id) {
    for (const RuleOutcome& one : report.rules) {
      if (one.id == id) return one;
    }
    ADD_FAILURE() << "no rule " << id;
    return report.rules.front();
  }

  FakeFileSystem files;
  StoppedClock clock;
  NoSql sql;
  contract::Contract contract;
};

constexpr const char* kUnique = "loads.load.unique";
constexpr const char* kReference = "loads.truck.references.trucks.truck";

TEST_F(FileCheckTest, CountsEveryRowOnceHoweverManyRulesItBreaks) {
  put("loads.csv", "load,truck\na,1\nb,2\na,9\nc,x\n,3\n,3\n");

  const auto report = check();

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows, 6U);
  EXPECT_EQ(report->valid, 4U);
  EXPECT_EQ(report->quarantined, 2U);
  EXPECT_EQ(rule(*report, "type.truck").failed, 1U);
  EXPECT_EQ(rule(*report, kUnique).checked, 5U);
  EXPECT_EQ(rule(*report, kUnique).failed, 1U) << "nulls are not compared";
  ASSERT_EQ(rule(*report, kUnique).examples.size(), 1U);
  EXPECT_EQ(rule(*report, kUnique).examples[0].line, 4U);
  EXPECT_EQ(rule(*report, kReference).failed, 1U);
  EXPECT_EQ(rule(*report, "loads_some").value, 4.0);
  EXPECT_EQ(verdict_of(*report), Verdict::kBroken);
}

TEST_F(FileCheckTest, ReportsTheSameWhateverMemoryAndThreadsItHas) {
  std::string text = "load,truck\n";
  for (int i = 0; i < 5'000; ++i)
    text += "load" + std::to_string(i % 4'990) + "," + std::to_string(1 + i % 3 + i % 100 / 99) + "\n";
  put("loads.csv", text);
  const auto expected = check(100'000'000, 1);
  ASSERT_TRUE(expected) << expected.error().message;
  ASSERT_EQ(expected->spilled_bytes, 0U);
  ASSERT_EQ(rule(*expected, kUnique).failed, 10U);
  const std::string good = files.content("good.parquet").value();

  for (const std::size_t threads : {1U, 4U}) {
    const auto report = check(1, threads);

    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GT(report->spilled_bytes, 0U);
    EXPECT_EQ(report->valid, expected->valid);
    for (const RuleOutcome& one : expected->rules) {
      EXPECT_EQ(rule(*report, one.id).failed, one.failed) << one.id;
      EXPECT_EQ(rule(*report, one.id).checked, one.checked) << one.id;
      ASSERT_EQ(rule(*report, one.id).examples.size(), one.examples.size()) << one.id;
      for (std::size_t i = 0; i < one.examples.size(); ++i) {
        EXPECT_EQ(rule(*report, one.id).examples[i].line, one.examples[i].line) << one.id;
      }
    }
    EXPECT_EQ(files.content("good.parquet").value(), good);
  }
}

TEST_F(FileCheckTest, DoesNotRunARelationshipWithoutItsReference) {
  put("loads.csv", "load,truck\na,1\nb,9\nc,3\n");
  const auto report =
      check_file({files, clock, sql, sql}, {.contract = contract, .data = csv("loads.csv"), .work = "work"});

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(rule(*report, kReference).status, RuleStatus::kNotRun);
  EXPECT_THAT(rule(*report, kReference).why_not_run, HasSubstr("--reference trucks=FILE"));
  EXPECT_EQ(report->valid, 3U);
}

TEST_F(FileCheckTest, GivesRowsTheDefaultOfAColumnThatTheFileLacks) {
  auto parsed = contract::parse_contract(kWithDefault, "loads.odcs.yaml");
  ASSERT_TRUE(parsed) << parsed.error().message;
  contract = std::move(*parsed);
  put("loads.csv", "load\na\nb\n");

  const auto report = check();

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(rule(*report, "loads.unit.unique").failed, 1U) << "nulls are not compared, two defaults are";
  EXPECT_EQ(report->valid, 1U);
}

TEST_F(FileCheckTest, SaysWhichPromisesNeedMoreThanOneFile) {
  auto parsed = contract::parse_contract(kWithDefault, "loads.odcs.yaml");
  ASSERT_TRUE(parsed) << parsed.error().message;
  contract = std::move(*parsed);
  put("loads.csv", "load,unit\na,kg\n");

  const auto report = check();

  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->not_enforced.size(), 2U);
  EXPECT_EQ(report->not_enforced[0].clause, "usual_rows");
  EXPECT_THAT(report->not_enforced[0].reason, HasSubstr("those before it"));
  EXPECT_EQ(report->not_enforced[1].clause, "fresh");
  EXPECT_THAT(report->not_enforced[1].reason, HasSubstr("as time passes"));
}

TEST_F(FileCheckTest, TakesRowsOfOneKeyForVersionsWhereTheContractNamesTheirColumn) {
  auto parsed = contract::parse_contract(kVersioned, "loads.odcs.yaml");
  ASSERT_TRUE(parsed) << parsed.error().message;
  contract = std::move(*parsed);
  put("loads.csv", "load,at,state\na,1,new\na,2,late\nb,1,new\na,1,other\nc,,new\nc,,other\nc,0,late\n");

  for (const std::uint64_t memory : {1'000'000U, 1U}) {
    const auto report = check(memory);

    ASSERT_TRUE(report) << report.error().message;
    const RuleOutcome& key = rule(*report, kUnique);
    EXPECT_EQ(key.checked, 7U);
    EXPECT_EQ(key.failed, 2U) << "no version is a version, as it is when rows land";
    ASSERT_EQ(key.examples.size(), 2U);
    EXPECT_EQ(key.examples[0].line, 5U);
    EXPECT_THAT(key.examples[0].reason, HasSubstr("the key and version of an earlier row"));
    EXPECT_EQ(key.examples[1].line, 7U);
    ASSERT_EQ(report->not_enforced.size(), 1U);
    EXPECT_EQ(report->not_enforced[0].clause, "loads.versionColumn");
    EXPECT_THAT(report->not_enforced[0].reason, HasSubstr("as rows land"));
  }
}

TEST_F(FileCheckTest, ReportsAnEmptyFileAsOneThatCannotBeRead) {
  put("loads.csv", "");

  const auto report = check();

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(rule(*report, "decode.header").status, RuleStatus::kBroken);
  EXPECT_EQ(rule(*report, kUnique).status, RuleStatus::kNotRun);
  EXPECT_FALSE(files.info("good.parquet"));
}

TEST_F(FileCheckTest, RefusesAReferenceWithARowThatCannotBeRead) {
  put("loads.csv", "load,truck\na,1\n");
  put("trucks.csv", "truck\n1\nseven\n");

  const auto report = check();

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(report.error().message, HasSubstr("trucks.csv: line 3"));
}

TEST_F(FileCheckTest, LeavesNothingBehindWhenItIsStopped) {
  put("loads.csv", "load,truck\na,1\n");

  const auto report = check(1'000'000, 2, [](std::uint64_t) { return false; });

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  const auto left = files.list(".");
  ASSERT_TRUE(left);
  EXPECT_THAT(*left, Each(Field(&FileInfo::name, HasSubstr(".csv"))));
}

}  // namespace
}  // namespace haul::inspection
