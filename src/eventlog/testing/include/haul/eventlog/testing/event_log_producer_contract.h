#pragma once

#include "haul/eventlog/testing/event_log_contract_fixture.h"

// Part of event_log_contract.h. How repeats of a producer are recognised.
namespace haul::eventlog::testing {

TEST_P(EventLogContract, RecognisesARepeatedBatch) {
  ASSERT_TRUE(append(0, {"a", "b"}));

  const auto again = append(0, {"a", "b"});

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->first, Offset{2});
  EXPECT_EQ(again->end, Offset{2});
  EXPECT_EQ(texts(), (Texts{"a", "b"}));
}

TEST_P(EventLogContract, RecognisesARepeatAfterAReopen) {
  ASSERT_TRUE(append(0, {"a", "b"}));

  reopen();

  EXPECT_TRUE(append(0, {"a", "b"})->repeated);
  EXPECT_TRUE(append(1, {"b"})->repeated);
  EXPECT_EQ(texts(), (Texts{"a", "b"}));
  EXPECT_EQ(log().last_position("legs", kP0, "file").value(), 1U);
}

TEST_P(EventLogContract, RecognisesARepeatWithinOneCall) {
  const RecordTexts one({"1"});
  const AppendRequest request{.partition = kP0,
                              .producer = "p",
                              .first_position = 5,
                              .last_position = 5,
                              .attributes = {},
                              .records = one.records()};
  const std::vector<AppendRequest> twice = {request, request};

  const auto appended = log().append("legs", twice);

  ASSERT_TRUE(appended);
  EXPECT_FALSE(appended->at(0).repeated);
  EXPECT_TRUE(appended->at(1).repeated);
  EXPECT_EQ(texts(), (Texts{"1"}));
}

TEST_P(EventLogContract, RefusesPositionsThatOverlapWithoutBeingARepeat) {
  ASSERT_TRUE(append(0, {"a", "b"}));

  const auto overlapping = append(1, {"b", "c"});

  ASSERT_FALSE(overlapping);
  EXPECT_EQ(overlapping.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(overlapping.error().message.find("file"), std::string::npos) << overlapping.error().message;
  EXPECT_EQ(texts(), (Texts{"a", "b"}));
}

TEST_P(EventLogContract, KeepsThePositionsOfEachProducerAndPartitionApart) {
  ASSERT_TRUE(append(10, {"a"}));
  const RecordTexts one({"b"});
  const std::vector<AppendRequest> others = {
      {.partition = kP0, .producer = "other", .attributes = {}, .records = one.records()},
      {.partition = kP1, .producer = "file", .attributes = {}, .records = one.records()}};

  const auto appended = log().append("legs", others);

  ASSERT_TRUE(appended);
  EXPECT_FALSE(appended->at(0).repeated);
  EXPECT_FALSE(appended->at(1).repeated);
  EXPECT_EQ(log().last_position("legs", kP0, "file").value(), 10U);
  EXPECT_EQ(log().last_position("legs", kP1, "file").value(), 0U);
  EXPECT_FALSE(log().last_position("legs", kP1, "nobody").value().has_value());
}

}  // namespace haul::eventlog::testing
