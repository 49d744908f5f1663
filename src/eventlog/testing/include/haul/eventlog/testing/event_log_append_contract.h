#pragma once

#include "haul/eventlog/testing/event_log_contract_fixture.h"

// Part of event_log_contract.h. What append() stores and refuses.
namespace haul::eventlog::testing {

TEST_P(EventLogContract, GivesBackWhatWasAppended) {
  const auto appended = append(7, {"one", "", "three"});

  ASSERT_TRUE(appended) << appended.error().message;
  EXPECT_EQ(appended->first, Offset{0});
  EXPECT_EQ(appended->end, Offset{3});
  EXPECT_FALSE(appended->repeated);
  const auto batches = log().read("legs", kP0, Offset{0}, 1 << 20);
  ASSERT_TRUE(batches) << batches.error().message;
  ASSERT_EQ(batches->size(), 1U);
  const StoredBatch& batch = batches->front();
  EXPECT_EQ(batch.first, Offset{0});
  EXPECT_EQ(batch.end(), Offset{3});
  EXPECT_EQ(batch.at, appended->at);
  EXPECT_EQ(batch.producer, "file");
  EXPECT_EQ(batch.first_position, 7U);
  EXPECT_EQ(batch.last_position, 9U);
  EXPECT_EQ(batch.attributes, "csv");
  EXPECT_EQ(texts(), (Texts{"one", "", "three"}));
}

TEST_P(EventLogContract, KeepsItsIdAndItsRecordsWhenReopened) {
  const std::string id = log().id();
  ASSERT_TRUE(append(0, {"a", "b"}));

  reopen();

  EXPECT_EQ(log().id(), id);
  EXPECT_EQ(log().topics(), (Texts{"legs"}));
  EXPECT_EQ(texts(), (Texts{"a", "b"}));
  EXPECT_EQ(append(2, {"c"})->first, Offset{2});
  EXPECT_EQ(texts(), (Texts{"a", "b", "c"}));
}

TEST_P(EventLogContract, StoresAColumnSliceByItsOwnRecordsAlone) {
  const RecordTexts all({"before", "x", "yy"});
  const Records slice{all.records().ends.subspan(1), all.records().bytes};
  const AppendRequest request{.partition = kP0, .producer = "p", .attributes = {}, .records = slice};

  ASSERT_TRUE(log().append("legs", std::span(&request, 1)));

  EXPECT_EQ(texts(), (Texts{"x", "yy"}));
}

TEST_P(EventLogContract, AnswersInTheOrderOfTheRequests) {
  const RecordTexts one({"1"});
  const RecordTexts two({"2", "2"});
  const std::vector<AppendRequest> requests = {
      {.partition = kP1, .producer = "p", .attributes = {}, .records = two.records()},
      {.partition = kP0, .producer = "p", .attributes = {}, .records = one.records()},
      {.partition = kP1, .producer = "q", .attributes = {}, .records = one.records()}};

  const auto appended = log().append("legs", requests);

  ASSERT_TRUE(appended) << appended.error().message;
  ASSERT_EQ(appended->size(), 3U);
  EXPECT_EQ(appended->at(0).end, Offset{2});
  EXPECT_EQ(appended->at(1).end, Offset{1});
  EXPECT_EQ(appended->at(2).first, Offset{2});
  EXPECT_EQ(texts(kP1), (Texts{"2", "2", "1"}));
  EXPECT_EQ(texts(kP0), (Texts{"1"}));
}

TEST_P(EventLogContract, StoresNothingOfACallThatItRefuses) {
  ASSERT_TRUE(append(0, {"a", "b"}));
  const RecordTexts one({"x"});
  const RecordTexts two({"x", "y"});
  const std::vector<AppendRequest> requests = {
      {.partition = kP1, .producer = "p", .attributes = {}, .records = one.records()},
      {.partition = kP0,
       .producer = "file",
       .first_position = 1,
       .last_position = 2,
       .attributes = {},
       .records = two.records()}};

  EXPECT_FALSE(log().append("legs", requests));

  EXPECT_EQ(log().range("legs", kP1)->end, Offset{0});
  EXPECT_FALSE(log().last_position("legs", kP1, "p").value().has_value());
}

TEST_P(EventLogContract, RefusesBatchesThatMakeNoSense) {
  const RecordTexts one({"x"});
  const std::vector<std::int32_t> decreasing = {0, 2, 1};
  const std::vector<std::int32_t> outside = {0, 9};
  const std::string long_attributes((64U << 10) + 1, 'x');
  const AppendRequest good{.partition = kP0, .producer = "p", .attributes = {}, .records = one.records()};
  std::vector<AppendRequest> bad(6, good);
  bad[0].records = {};
  bad[1].producer = {};
  bad[2].attributes = long_attributes;
  bad[3].first_position = 1;
  bad[4].records.ends = decreasing;
  bad[5].records.ends = outside;

  for (const auto& request : bad) {
    const auto appended = log().append("legs", std::span(&request, 1));
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, ErrorCode::kInvalidInput) << appended.error().message;
  }
  EXPECT_EQ(log().range("legs", kP0)->end, Offset{0});
}

TEST_P(EventLogContract, RefusesABatchAbove64MiB) {
  const std::string data((64U << 20) - 100, 'x');
  const std::vector<std::int32_t> ends = {0, static_cast<std::int32_t>(data.size())};
  const AppendRequest request{
      .partition = kP0, .producer = "p", .attributes = {}, .records = {ends, as_bytes(data)}};

  const auto appended = log().append("legs", std::span(&request, 1));

  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, ErrorCode::kInvalidInput);
}

}  // namespace haul::eventlog::testing
