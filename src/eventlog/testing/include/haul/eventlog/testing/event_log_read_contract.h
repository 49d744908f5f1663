#pragma once

#include "haul/eventlog/testing/event_log_contract_fixture.h"

// Part of event_log_contract.h. What read() and offset_at() find.
namespace haul::eventlog::testing {

TEST_P(EventLogContract, LaysRecordsOutForUseInPlaceAsAnArrowColumn) {
  ASSERT_TRUE(append(0, {"odd"}));
  ASSERT_TRUE(append(1, {"a", "longer record", ""}));

  const auto batches = log().read("legs", kP0, Offset{0}, 1 << 20);

  ASSERT_TRUE(batches);
  ASSERT_EQ(batches->size(), 2U);
  for (const auto& batch : *batches) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch.records.ends.data()) % 64, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch.records.bytes.data()) % 64, 0U);
    EXPECT_EQ(batch.records.ends.front(), 0);
    EXPECT_EQ(static_cast<std::size_t>(batch.records.ends.back()), batch.records.bytes.size());
    const auto* begin = batch.storage->data();
    EXPECT_GE(batch.records.bytes.data(), begin);
    EXPECT_LE(batch.records.bytes.data() + batch.records.bytes.size(), begin + batch.storage->size());
  }
}

TEST_P(EventLogContract, ReadsWholeBatchesFromTheOneThatHoldsTheOffset) {
  ASSERT_TRUE(append(0, {"a", "b", "c"}));
  ASSERT_TRUE(append(3, {"d"}));

  const auto middle = log().read("legs", kP0, Offset{1}, 1);
  const auto both = log().read("legs", kP0, Offset{2}, 1 << 20);

  ASSERT_EQ(middle->size(), 1U);
  EXPECT_EQ(middle->front().first, Offset{0});
  EXPECT_EQ(both->size(), 2U);
  EXPECT_EQ(log().read("legs", kP0, Offset{3}, 1)->front().first, Offset{3});
  EXPECT_TRUE(log().read("legs", kP0, Offset{4}, 1)->empty());
  EXPECT_EQ(log().read("legs", kP0, Offset{5}, 1).error().code, ErrorCode::kNotFound);
}

TEST_P(EventLogContract, TakesOnlyAsManyBytesAsAskedFor) {
  const std::string kilobyte(1000, 'x');
  for (std::uint64_t i = 0; i < 10; ++i) ASSERT_TRUE(append(i, {kilobyte}));

  const auto some = log().read("legs", kP0, Offset{0}, 4000);

  ASSERT_TRUE(some);
  EXPECT_GE(some->size(), 2U);
  EXPECT_LE(some->size(), 4U);
}

TEST_P(EventLogContract, NeverLetsIngestTimeDecrease) {
  const auto before = append(0, {"a"});
  clock().jump_to(before->at - std::chrono::hours{1});

  const auto after = append(1, {"b"});
  reopen();
  const auto later = append(2, {"c"});

  EXPECT_GE(after->at, before->at);
  EXPECT_GE(later->at, before->at);
}

TEST_P(EventLogContract, FindsTheFirstOffsetAtOrAfterATime) {
  std::vector<IngestTime> times;
  for (std::uint64_t i = 0; i < 20; ++i) {
    times.push_back(append(2 * i, {"x", "y"})->at);
    clock().advance(std::chrono::seconds{1});
  }

  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_EQ(log().offset_at("legs", kP0, times[i]).value(), Offset{2 * i});
    EXPECT_EQ(log().offset_at("legs", kP0, times[i] + Micros{1}).value(), Offset{2 * i + 2});
  }
  EXPECT_EQ(log().offset_at("legs", kP0, times[0] - Micros{1}).value(), Offset{0});
  EXPECT_EQ(log().offset_at("legs", kP1, times[0]).value(), Offset{0});
}

}  // namespace haul::eventlog::testing
