#pragma once

#include "haul/lake/testing/table_log_under_test.h"

namespace haul::lake::testing {

/// What every TableLog does with a commit.
class TableLogCommitContract : public TableLogTest {};

TEST_P(TableLogCommitContract, ShowsAddedFilesToEveryHandle) {
  create();
  auto other = subject->open();
  ASSERT_TRUE(other->latest_version());

  EXPECT_EQ(expect<Done>(log->try_commit(append("commit-1", "a.parquet"))).version, 1);

  const auto snapshot = other->snapshot(std::nullopt, std::nullopt);
  ASSERT_TRUE(snapshot);
  ASSERT_EQ(snapshot->files.size(), 1U);
  const auto& found = snapshot->files[0];
  EXPECT_EQ(found.path, "a.parquet");
  EXPECT_EQ(found.bytes, 100);
  EXPECT_EQ(found.rows, 3);
  EXPECT_EQ(found.modified_ms, 1'700'000'000'000);
  EXPECT_NE(found.statistics.find("\"numRecords\":3"), std::string::npos) << found.statistics;
  EXPECT_NE(found.statistics.find("\"delay\":-5"), std::string::npos) << found.statistics;
  EXPECT_TRUE(found.deleted_rows.empty());
  EXPECT_TRUE(snapshot->unverified.empty());
}

TEST_P(TableLogCommitContract, MovesManyOffsetsInOneCommit) {
  create();
  auto request = append("commit-1", "a.parquet");
  request.offsets = {{"flow/0", std::nullopt, 10}, {"flow/1", std::nullopt, 20}};

  expect<Done>(log->try_commit(request));

  const std::vector<std::optional<std::int64_t>> stored = {20, std::nullopt, 10};
  EXPECT_EQ(subject->open()->offsets({"flow/1", "flow/2", "flow/0"}).value(), stored);
  EXPECT_EQ(log->offsets({"flow/1", "flow/2", "flow/0"}).value(), stored);
}

TEST_P(TableLogCommitContract, RefusesABatchThatDoesNotStartAtTheStoredOffset) {
  create();
  auto request = append("commit-1", "a.parquet");
  request.offsets = {{"flow/0", std::nullopt, 10}};
  expect<Done>(log->try_commit(request));
  auto other = subject->open();

  request.commit_id = "commit-2";
  const auto repeated = expect<StaleOffset>(other->try_commit(request));
  request.offsets = {{"flow/0", 11, 20}};
  const auto gap = expect<StaleOffset>(other->try_commit(request));

  EXPECT_EQ(repeated.app_id, "flow/0");
  EXPECT_EQ(repeated.stored, 10);
  EXPECT_EQ(gap.stored, 10);
  EXPECT_EQ(paths(*log).size(), 1U);
}

TEST_P(TableLogCommitContract, ReplacesFilesAndNamesTheOneThatIsGone) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(append("commit-2", "b.parquet")));
  auto request = append("commit-3", "c.parquet");
  request.removes = {"a.parquet"};

  expect<Done>(log->try_commit(request));
  request = append("commit-4", "d.parquet");
  request.removes = {"b.parquet", "a.parquet"};
  const auto refused = expect<InputChanged>(log->try_commit(request));

  EXPECT_EQ(refused.path, "a.parquet");
  EXPECT_EQ(paths(*log), (std::vector<std::string>{"b.parquet", "c.parquet"}));
}

TEST_P(TableLogCommitContract, LosesACommitThatWasMadeForAnOlderVersion) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  auto request = append("commit-2", "b.parquet");
  request.read_version = 0;

  EXPECT_EQ(expect<Lost>(log->try_commit(request)).winner, 1);
  request.read_version = 1;
  EXPECT_EQ(expect<Done>(log->try_commit(request)).version, 2);
}

TEST_P(TableLogCommitContract, KeepsDomainsUntilTheyAreReplaced) {
  create();
  auto request = append("commit-1", "a.parquet");
  request.domains = {{"haul.closed_before", "2013-01-02"}, {"haul.restore_epoch", "0"}};
  expect<Done>(log->try_commit(request));
  request = append("commit-2", "b.parquet");
  request.domains = {{"haul.closed_before", "2013-01-03"}};

  expect<Done>(log->try_commit(request));

  const auto snapshot = log->snapshot(std::nullopt, std::nullopt);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->domains.at("haul.closed_before"), "2013-01-03");
  EXPECT_EQ(snapshot->domains.at("haul.restore_epoch"), "0");
}

TEST_P(TableLogCommitContract, TellsAnUnknownOutcomeThatTheCommitIdResolves) {
  for (const bool is_stored : {false, true}) {
    subject = GetParam()();
    log = subject->open();
    create();
    subject->arm_unknown(*log, is_stored);

    expect<Unknown>(log->try_commit(append("commit-1", "a.parquet")));

    const auto history = log->history(1);
    ASSERT_TRUE(history);
    EXPECT_EQ(history->at(0).commit_id == "commit-1", is_stored);
    EXPECT_EQ(paths(*log).size(), is_stored ? 1U : 0U);
  }
}

}  // namespace haul::lake::testing
