#pragma once

#include "haul/lake/testing/table_log_under_test.h"

namespace haul::lake::testing {

/// What every TableLog does with a table: see also table_log_commit_contract.h.
class TableLogContract : public TableLogTest {};

TEST_P(TableLogContract, SaysNotFoundBeforeATableIsCreated) {
  EXPECT_FALSE(log->exists());
  EXPECT_EQ(log->snapshot(std::nullopt, std::nullopt).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->latest_version().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->offsets({"a"}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->try_commit(append("commit-1", "a.parquet")).error().code, ErrorCode::kNotFound);
}

TEST_P(TableLogContract, KeepsTheSchemaOfTheCreation) {
  create();

  const auto snapshot = subject->open()->snapshot(std::nullopt, std::nullopt);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->version, 0);
  const auto wanted = spec().schema.columns;
  ASSERT_EQ(snapshot->schema.columns.size(), wanted.size());
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    const auto& column = snapshot->schema.columns[at];
    EXPECT_EQ(column.name, wanted[at].name);
    EXPECT_TRUE(column.type->Equals(*wanted[at].type)) << column.type->ToString();
    EXPECT_EQ(column.presence, wanted[at].presence) << column.name;
    EXPECT_EQ(column.privacy, wanted[at].privacy) << column.name;
  }
}

TEST_P(TableLogContract, RefusesToCreateATableTwice) {
  create();

  EXPECT_TRUE(log->exists());
  EXPECT_EQ(log->create(spec()).error().code, ErrorCode::kConflict);
  EXPECT_EQ(subject->open()->create(spec()).error().code, ErrorCode::kConflict);
}

TEST_P(TableLogContract, AddsNullableColumns) {
  create();
  CommitRequest request;
  request.commit_id = "commit-1";
  request.operation = "ALTER TABLE";
  request.add_columns = {
      {"gate", arrow::utf8(), columnar::Presence::kOptional, columnar::Privacy::kPersonal}};
  request.data_change = false;

  expect<Done>(log->try_commit(request));

  const auto snapshot = log->snapshot(std::nullopt, std::nullopt);
  ASSERT_TRUE(snapshot);
  const auto& last = snapshot->schema.columns.back();
  EXPECT_EQ(last.name, "gate");
  EXPECT_EQ(last.privacy, columnar::Privacy::kPersonal);
}

TEST_P(TableLogContract, TravelsByVersionAndByTime) {
  create();
  for (const char* name : {"a.parquet", "b.parquet", "c.parquet"}) {
    expect<Done>(log->try_commit(append(std::string("commit-") + name[0], name)));
  }

  const auto second = log->snapshot(2, std::nullopt);

  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->files.size(), 2U);
  EXPECT_EQ(log->snapshot(std::nullopt, second->committed_at)->version, 2);
  EXPECT_EQ(log->snapshot(9, std::nullopt).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log->snapshot(std::nullopt, IngestTime{}).error().code, ErrorCode::kNotFound);
}

TEST_P(TableLogContract, ListsTheHistoryNewestFirst) {
  create();
  auto request = append("commit-1", "a.parquet");
  request.operation = "STREAMING UPDATE";
  request.parameters = {{"flow", "legs"}};
  expect<Done>(log->try_commit(request));
  expect<Done>(log->try_commit(append("commit-2", "b.parquet")));

  const auto history = log->history(2);

  ASSERT_TRUE(history) << history.error().message;
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ(history->at(0).commit_id, "commit-2");
  EXPECT_EQ(history->at(0).operation, "WRITE");
  EXPECT_EQ(history->at(1).version, 1);
  EXPECT_EQ(history->at(1).operation, "STREAMING UPDATE");
  EXPECT_EQ(history->at(1).parameters, request.parameters);
  EXPECT_TRUE(history->at(1).verified);
}

TEST_P(TableLogContract, KeepsEverythingAcrossACheckpoint) {
  create();
  auto request = append("commit-1", "a.parquet");
  request.offsets = {{"flow/0", std::nullopt, 10}};
  request.domains = {{"haul.closed_before", "2013-01-02"}};
  expect<Done>(log->try_commit(request));

  EXPECT_FALSE(log->last_checkpoint().value());
  const auto checkpoint = log->checkpoint();
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  expect<Done>(log->try_commit(append("commit-2", "b.parquet")));

  auto other = subject->open();
  const auto last = other->last_checkpoint();
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->version, 1);
  EXPECT_GE((*last)->actions, 1);
  EXPECT_EQ(paths(*other), (std::vector<std::string>{"a.parquet", "b.parquet"}));
  EXPECT_EQ(other->offsets({"flow/0"})->at(0), 10);
  EXPECT_EQ(other->snapshot(std::nullopt, std::nullopt)->domains.at("haul.closed_before"), "2013-01-02");
  EXPECT_TRUE(other->snapshot(std::nullopt, std::nullopt)->unverified.empty());
}

}  // namespace haul::lake::testing
