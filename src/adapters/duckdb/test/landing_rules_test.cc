// What a landing reports of its contract's rules, commit by commit.
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/ingest/landing.h"
#include "haul/ingest/row_batches.h"
#include "haul/lake/testing/memory_table_logs.h"

namespace haul::ingest {
namespace {

using contract::Severity;

class Heard final : public LandingListener {
 public:
  void committed(const LandingSpec& spec, const LandingCounts& window) override {
    sources.push_back(spec.source);
    windows.push_back(window);
  }
  void blocked(const LandingSpec&, const RejectedRow& row) override { blocks.push_back(row); }

  std::vector<std::string> sources;
  std::vector<LandingCounts> windows;
  std::vector<RejectedRow> blocks;
};

contract::RowRule rule(std::string id, std::string sql, Severity severity) {
  contract::RowRule result;
  result.id = std::move(id);
  result.sql = std::move(sql);
  result.columns = {"n"};
  result.severity = severity;
  return result;
}

class LandingRules : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(files_.create_directories("/lake"));
    spec_.lake_folder = "/lake";
    spec_.source = "numbers";
    spec_.silver = "numbers";
    spec_.contract.id = "c";
    spec_.contract.version = "1.0.0";
    contract::Object& object = spec_.contract.objects.emplace_back();
    object.name = "numbers";
    object.schema.columns = {{"n", arrow::int64()}};
    object.row_rules = {rule("small", "n < 100", Severity::kError), rule("odd", "n % 2 = 1", Severity::kInfo),
                        rule("positive", "n >= 0", Severity::kBlock)};
    spec_.app_ids = {"flow/log/0"};
    auto landing = Landing::open({{files_, logs_, clock_, rng_}, *parser_, *engine_, &heard_}, spec_);
    ASSERT_TRUE(landing) << landing.error().message;
    landing_ = std::move(*landing);
  }

  Result<void> take(const std::vector<int>& numbers) {
    const auto rows = std::make_shared<RowBatch>();
    for (const int number : numbers) {
      rows->add(as_bytes("{\"n\": " + std::to_string(number) + "}"), rows->lines.size() + 1);
    }
    LandingBatch batch;
    batch.first = landing_->resume().front();
    batch.at = clock_.now();
    batch.rows = {rows->ends, rows->bytes};
    batch.storage = rows;
    return landing_->take(batch);
  }

  haul::testing::FakeFileSystem files_;
  haul::testing::ManualClock clock_;
  SeededRng rng_{7};
  lake::testing::MemoryTableLogs logs_{clock_};
  std::unique_ptr<expression::SqlParser> parser_ = adapters::duckdb::make_duckdb_sql_parser();
  std::unique_ptr<query::SqlEngine> engine_ = adapters::duckdb::make_duckdb_engine({});
  Heard heard_;
  LandingSpec spec_;
  std::unique_ptr<Landing> landing_;
};

TEST_F(LandingRules, CountsRowsCheckedAndFailedPerRuleForEachCommit) {
  ASSERT_TRUE(take({1, 2, 300}));
  ASSERT_TRUE(landing_->commit());
  ASSERT_TRUE(take({5, 7}));
  ASSERT_TRUE(landing_->commit());

  ASSERT_EQ(heard_.windows.size(), 2U);
  EXPECT_EQ(heard_.sources, (std::vector<std::string>{"numbers", "numbers"}));
  const auto& first = heard_.windows[0].rules;
  EXPECT_EQ(first.at("small").checked, 3U);
  EXPECT_EQ(first.at("small").failed, 1U);
  EXPECT_EQ(first.at("odd").failed, 2U);
  EXPECT_EQ(first.at("positive").failed, 0U);
  const auto& second = heard_.windows[1].rules;
  EXPECT_EQ(second.at("small").checked, 2U);
  EXPECT_EQ(second.at("small").failed, 0U);
  EXPECT_EQ(second.at("odd").failed, 0U);
}

TEST_F(LandingRules, AddsTheCommitsUpInItsOwnCounts) {
  ASSERT_TRUE(take({1, 2, 300}));
  ASSERT_TRUE(landing_->commit());
  ASSERT_TRUE(take({4}));
  ASSERT_TRUE(landing_->commit());

  EXPECT_EQ(landing_->counts().rules.at("small").checked, 4U);
  EXPECT_EQ(landing_->counts().rules.at("odd").failed, 3U);
  EXPECT_EQ(landing_->counts().warned_by_rule.at("odd"), 3U);
  EXPECT_FALSE(landing_->counts().warned_by_rule.contains("small"));
}

TEST_F(LandingRules, NamesTheBlockingRuleThoughAnotherOneFailedBeforeIt) {
  const auto stopped = take({300, -1});

  ASSERT_FALSE(stopped);
  EXPECT_NE(stopped.error().message.find("rule positive has severity block"), std::string::npos)
      << stopped.error().message;
  ASSERT_EQ(heard_.blocks.size(), 1U);
  EXPECT_EQ(heard_.blocks[0].rule, "positive");
  EXPECT_TRUE(heard_.windows.empty());
}

}  // namespace
}  // namespace haul::ingest
