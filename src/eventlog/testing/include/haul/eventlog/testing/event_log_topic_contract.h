#pragma once

#include "haul/eventlog/testing/event_log_contract_fixture.h"

// Part of event_log_contract.h. Topics, retention, and many threads at once.
namespace haul::eventlog::testing {

TEST_P(EventLogContract, NamesTheTopicsThereAreWhereOneIsMissing) {
  const auto missing = log().topic("leg");

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find("legs"), std::string::npos) << missing.error().message;
  const RecordTexts one({"x"});
  const AppendRequest request{
      .partition = PartitionId{2}, .producer = "p", .attributes = {}, .records = one.records()};
  EXPECT_EQ(log().append("leg", std::span(&request, 1)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log().append("legs", std::span(&request, 1)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log().read("legs", PartitionId{2}, Offset{0}, 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log().range("leg", kP0).error().code, ErrorCode::kNotFound);
}

TEST_P(EventLogContract, KeepsATopicWithItsPartitionsAndTakesItsNewRetention) {
  EXPECT_EQ(log().create_topic({"legs", 3, {}}).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(log().create_topic({"legs", 2, {std::chrono::hours{1}, 1000}}));

  reopen();

  EXPECT_EQ(log().topic("legs")->partitions, 2U);
  EXPECT_EQ(log().topic("legs")->retention.age, Micros{std::chrono::hours{1}});
  EXPECT_EQ(log().topic("legs")->retention.bytes, 1000U);
}

TEST_P(EventLogContract, RefusesNamesThatNoTopicMayHave) {
  for (const auto* name : {"", "..", ".", "a/b", "Upper", "a b"}) {
    const auto created = log().create_topic({name, 1, {}});
    ASSERT_FALSE(created) << name;
    EXPECT_EQ(created.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(log().create_topic({"none", 0, {}}).error().code, ErrorCode::kInvalidInput);
}

TEST_P(EventLogContract, KeepsWhatASinkStillNeedsWhateverTheRetention) {
  ASSERT_TRUE(append(0, {"a"}));
  ASSERT_TRUE(log().create_topic({"legs", 2, {Micros{1}, 1}}));
  clock().advance(std::chrono::hours{24});
  const std::vector<Offset> from_the_start = {Offset{0}, Offset{0}};

  const auto dropped = log().apply_retention("legs", from_the_start);

  EXPECT_EQ(dropped.value(), 0U);
  EXPECT_EQ(texts(), (Texts{"a"}));
  EXPECT_EQ(log().apply_retention("legs", std::span(from_the_start).first(1)).error().code,
            ErrorCode::kInvalidInput);
}

TEST_P(EventLogContract, ServesReadersAndManyAppendersAtOnce) {
  constexpr std::uint64_t kAppenders = 4;
  constexpr std::uint64_t kBatches = 25;
  const auto append_all = [&](std::uint64_t appender) {
    const std::string producer = "p" + std::to_string(appender);
    for (std::uint64_t i = 0; i < kBatches; ++i) {
      const RecordTexts texts({producer + ":" + std::to_string(i)});
      const std::vector<AppendRequest> requests = {{.partition = kP0,
                                                    .producer = producer,
                                                    .first_position = i,
                                                    .last_position = i,
                                                    .attributes = {},
                                                    .records = texts.records()},
                                                   {.partition = kP1,
                                                    .producer = producer,
                                                    .first_position = i,
                                                    .last_position = i,
                                                    .attributes = {},
                                                    .records = texts.records()}};
      const auto appended = log().append("legs", requests);
      ASSERT_TRUE(appended) << appended.error().message;
      const auto seen = log().read("legs", kP0, appended->front().first, 1);
      ASSERT_TRUE(seen) << seen.error().message;
      EXPECT_EQ(text_of(seen->front().records, 0), text_of(texts.records(), 0));
    }
  };

  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kAppenders; ++i) threads.emplace_back(append_all, i);
  for (auto& thread : threads) thread.join();

  for (const PartitionId partition : {kP0, kP1}) {
    std::vector<std::uint64_t> next(kAppenders);
    const auto all = texts(partition);
    EXPECT_EQ(all.size(), kAppenders * kBatches);
    for (const auto& text : all) {
      const auto appender = static_cast<std::size_t>(text[1] - '0');
      EXPECT_EQ(text.substr(3), std::to_string(next[appender]++));
    }
  }
}

}  // namespace haul::eventlog::testing
