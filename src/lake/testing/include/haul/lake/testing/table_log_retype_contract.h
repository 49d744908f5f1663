#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/lake/testing/table_log_under_test.h"

namespace haul::lake::testing {

/// What every TableLog does with a commit that gives columns another type.
class TableLogRetypeContract : public TableLogTest {
 protected:
  static columnar::Column column(const std::string& name, std::shared_ptr<arrow::DataType> type) {
    return {name, std::move(type)};
  }

  /// `removes` make way for `path`, and delay is 64 bits long.
  static CommitRequest retyping(const std::string& id, const std::vector<std::string>& removes,
                                const std::string& path) {
    CommitRequest request = append(id, path);
    request.operation = "CHANGE COLUMNS";
    request.removes = removes;
    request.retype_columns = {column("delay", arrow::int64())};
    request.data_change = false;
    return request;
  }

  static std::string type_of(TableLog& of, const std::string& name, std::optional<Version> version) {
    const auto snapshot = of.snapshot(version, std::nullopt);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    if (!snapshot || !snapshot->schema.find(name)) return "none";
    return snapshot->schema.columns[*snapshot->schema.find(name)].type->ToString();
  }
};

TEST_P(TableLogRetypeContract, ReplacesTypesAndFilesInOneVersionAndKeepsTheRest) {
  create();
  auto first = append("commit-1", "a.parquet");
  first.offsets = {{"flow/0", std::nullopt, 10}};
  first.domains = {{"haul.closed_before", "2013-01-02"}};
  const auto before = expect<Done>(log->try_commit(first)).version;
  auto request = retyping("commit-2", {"a.parquet"}, "b.parquet");
  request.retype_columns.push_back(column("day", arrow::timestamp(arrow::TimeUnit::MICRO)));
  request.add_columns = {
      {"gate", arrow::utf8(), columnar::Presence::kOptional, columnar::Privacy::kPersonal}};

  EXPECT_EQ(expect<Done>(log->try_commit(request)).version, before + 1);

  const auto other = subject->open();
  for (TableLog* handle : {log.get(), other.get()}) {
    const auto snapshot = handle->snapshot(std::nullopt, std::nullopt);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    auto wanted = spec().schema;
    wanted.columns[*wanted.find("delay")].type = arrow::int64();
    wanted.columns[*wanted.find("day")].type = arrow::timestamp(arrow::TimeUnit::MICRO);
    wanted.columns.push_back(request.add_columns[0]);
    EXPECT_TRUE(columnar::to_arrow(snapshot->schema)->Equals(*columnar::to_arrow(wanted), true));
    EXPECT_EQ(paths(*handle), (std::vector<std::string>{"b.parquet"}));
    EXPECT_EQ(snapshot->domains.at("haul.closed_before"), "2013-01-02");
    EXPECT_TRUE(snapshot->unverified.empty());
    EXPECT_EQ(handle->offsets({"flow/0"})->at(0), 10);
  }
  EXPECT_EQ(type_of(*log, "delay", before), "int32");
  EXPECT_EQ(log->snapshot(before, std::nullopt)->files.at(0).path, "a.parquet");
  EXPECT_EQ(log->history(1)->at(0).operation, "CHANGE COLUMNS");
}

TEST_P(TableLogRetypeContract, GoesOnWithCommitsOfEveryKindAfterwards) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(retyping("commit-2", {"a.parquet"}, "b.parquet")));

  expect<Done>(log->try_commit(append("commit-3", "c.parquet")));
  CommitRequest deleting;
  deleting.commit_id = "commit-4";
  deleting.deletes = {{"c.parquet", {1}}};
  expect<Done>(log->try_commit(deleting));
  ASSERT_TRUE(log->checkpoint());
  expect<Done>(log->try_commit(append("commit-5", "d.parquet")));

  auto other = subject->open();
  EXPECT_EQ(paths(*other), (std::vector<std::string>{"b.parquet", "c.parquet", "d.parquet"}));
  EXPECT_EQ(type_of(*other, "delay", std::nullopt), "int64");
}

TEST_P(TableLogRetypeContract, TakesFilesWhoseRowsArePartlyDeletedAway) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  CommitRequest deleting;
  deleting.commit_id = "commit-2";
  deleting.deletes = {{"a.parquet", {0}}};
  const auto before = expect<Done>(log->try_commit(deleting)).version;

  expect<Done>(log->try_commit(retyping("commit-3", {"a.parquet"}, "b.parquet")));

  EXPECT_EQ(paths(*subject->open()), (std::vector<std::string>{"b.parquet"}));
  EXPECT_EQ(log->snapshot(before, std::nullopt)->files.at(0).deleted_rows, (std::vector<std::uint64_t>{0}));
}

TEST_P(TableLogRetypeContract, TellsAnUnknownOutcomeThatTheCommitIdResolves) {
  for (const bool is_stored : {false, true}) {
    subject = GetParam()();
    log = subject->open();
    create();
    expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
    subject->arm_unknown(*log, is_stored);

    expect<Unknown>(log->try_commit(retyping("commit-2", {"a.parquet"}, "b.parquet")));

    EXPECT_EQ(log->history(1)->at(0).commit_id == "commit-2", is_stored);
    EXPECT_EQ(type_of(*log, "delay", std::nullopt), is_stored ? "int64" : "int32");
    EXPECT_EQ(paths(*log), (std::vector<std::string>{is_stored ? "b.parquet" : "a.parquet"}));
  }
}

}  // namespace haul::lake::testing
