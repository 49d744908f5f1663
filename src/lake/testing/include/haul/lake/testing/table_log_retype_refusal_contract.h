#pragma once

#include "haul/lake/testing/table_log_retype_contract.h"

namespace haul::lake::testing {

/// When a TableLog refuses another type, and files of another type.
class TableLogRetypeRefusalContract : public TableLogRetypeContract {};

TEST_P(TableLogRetypeRefusalContract, NamesALiveFileThatWouldKeepTheOldType) {
  create();
  expect<Done>(log->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(append("commit-2", "b.parquet")));

  const auto refused =
      expect<InputChanged>(log->try_commit(retyping("commit-3", {"a.parquet"}, "c.parquet")));

  EXPECT_EQ(refused.path, "b.parquet");
  EXPECT_EQ(type_of(*log, "delay", std::nullopt), "int32");
  EXPECT_EQ(paths(*log), (std::vector<std::string>{"a.parquet", "b.parquet"}));
}

TEST_P(TableLogRetypeRefusalContract, RefusesFilesOfTheOldTypeFromAWriterThatDoesNotKnowTheNewOne) {
  create();
  auto other = subject->open();
  expect<Done>(other->try_commit(append("commit-1", "a.parquet")));
  expect<Done>(log->try_commit(retyping("commit-2", {"a.parquet"}, "b.parquet")));
  auto late = append("commit-3", "c.parquet");
  late.file_columns = spec().schema.columns;

  const auto refused = expect<SchemaChanged>(other->try_commit(late));

  EXPECT_EQ(refused.column, "delay");
  EXPECT_EQ(paths(*other), (std::vector<std::string>{"b.parquet"}));
  late.file_columns[*spec().schema.find("delay")].type = arrow::int64();
  late.file_columns.pop_back();
  expect<Done>(other->try_commit(late));
}

TEST_P(TableLogRetypeRefusalContract, LosesToACommitThatCameBefore) {
  create();
  const auto read = expect<Done>(log->try_commit(append("commit-1", "a.parquet"))).version;
  auto request = retyping("commit-2", {"a.parquet"}, "b.parquet");
  request.read_version = read;
  expect<Done>(subject->open()->try_commit(append("commit-3", "c.parquet")));

  EXPECT_EQ(expect<Lost>(log->try_commit(request)).winner, read + 1);
}

TEST_P(TableLogRetypeRefusalContract, RefusesAColumnThatTheTableLacksOrIsPartitionedBy) {
  auto partitioned = spec();
  partitioned.partition_columns = {"day"};
  ASSERT_TRUE(log->create(partitioned));

  for (const char* name : {"gate", "day"}) {
    CommitRequest request;
    request.commit_id = "commit-1";
    request.retype_columns = {column(name, arrow::timestamp(arrow::TimeUnit::MICRO))};
    const auto refused = log->try_commit(request);

    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
  }
}

}  // namespace haul::lake::testing
