#pragma once

#include <map>

#include "haul/lake/testing/table_log_under_test.h"

namespace haul::lake::testing {

/// What every TableLog does with a commit that deletes rows.
class TableLogDeleteContract : public TableLogTest {
 protected:
  using Rows = std::vector<std::uint64_t>;

  static CommitRequest deleting(const std::string& id, const std::map<std::string, Rows>& deletes) {
    CommitRequest request;
    request.commit_id = id;
    request.operation = "DELETE";
    request.deletes = deletes;
    return request;
  }

  /// The rows of each file that are part of a version; nothing: the newest.
  static std::map<std::string, Rows> live(TableLog& of, std::optional<Version> version) {
    const auto snapshot = of.snapshot(version, std::nullopt);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    std::map<std::string, Rows> live;
    if (!snapshot) return live;
    for (const auto& found : snapshot->files) {
      auto& rows = live[found.path];
      for (std::uint64_t row = 0; row < static_cast<std::uint64_t>(found.rows); ++row) {
        const auto& deleted = found.deleted_rows;
        if (!std::binary_search(deleted.begin(), deleted.end(), row)) rows.push_back(row);
      }
      EXPECT_EQ(found.live_rows(), static_cast<std::int64_t>(rows.size()));
    }
    return live;
  }
};

TEST_P(TableLogDeleteContract, DeletesRowsInTheCommitThatAddsOthersAndMovesOffsets) {
  create();
  const auto before = expect<Done>(log->try_commit(append("commit-1", "a.parquet"))).version;
  auto request = append("commit-2", "b.parquet");
  request.deletes = {{"a.parquet", {0, 2}}};
  request.offsets = {{"flow/0", std::nullopt, 10}};

  const auto after = expect<Done>(log->try_commit(request)).version;

  EXPECT_EQ(log->latest_version().value(), after);
  EXPECT_EQ(live(*log, std::nullopt),
            (std::map<std::string, Rows>{{"a.parquet", {1}}, {"b.parquet", {0, 1, 2}}}));
  EXPECT_EQ(live(*subject->open(), after), live(*log, std::nullopt));
  EXPECT_EQ(live(*log, before), (std::map<std::string, Rows>{{"a.parquet", {0, 1, 2}}}));
  EXPECT_EQ(log->offsets({"flow/0"}).value(), (std::vector<std::optional<std::int64_t>>{10}));
}

TEST_P(TableLogDeleteContract, AddsLaterDeletesToEarlierOnesUntilTheFileIsEmpty) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(append("commit-2", "b.parquet")));

  expect<Done>(log->try_commit(deleting("commit-3", {{"a.parquet", {2}}})));
  const auto one = live(*log, std::nullopt)["a.parquet"];
  expect<Done>(subject->open()->try_commit(deleting("commit-4", {{"a.parquet", {0}}})));
  const auto two = live(*log, std::nullopt)["a.parquet"];
  expect<Done>(log->try_commit(deleting("commit-5", {{"a.parquet", {1}}, {"b.parquet", {1}}})));

  EXPECT_EQ(one, (Rows{0, 1}));
  EXPECT_EQ(two, (Rows{1}));
  EXPECT_EQ(live(*log, std::nullopt), (std::map<std::string, Rows>{{"b.parquet", {0, 2}}}));
}

TEST_P(TableLogDeleteContract, NamesTheFileWhoseRowsToDeleteAreGone) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(deleting("commit-2", {{"a.parquet", {2}}})));
  const auto before = live(*log, std::nullopt);

  const auto again = expect<InputChanged>(log->try_commit(deleting("commit-3", {{"a.parquet", {1, 2}}})));
  const auto never = expect<InputChanged>(log->try_commit(deleting("commit-4", {{"b.parquet", {1}}})));

  EXPECT_EQ(again.path, "a.parquet");
  EXPECT_EQ(never.path, "b.parquet");
  EXPECT_EQ(live(*log, std::nullopt), before);
}

TEST_P(TableLogDeleteContract, RefusesDeletesThatMakeNoSense) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  const auto before = live(*log, std::nullopt);

  for (const Rows& rows : {Rows{}, Rows{1, 0}, Rows{1, 1}, Rows{3}}) {
    const auto refused = log->try_commit(deleting("commit-2", {{"a.parquet", rows}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  }
  auto both = deleting("commit-3", {{"a.parquet", {1}}});
  both.removes = {"a.parquet"};
  EXPECT_EQ(log->try_commit(both).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(live(*log, std::nullopt), before);
}

}  // namespace haul::lake::testing
