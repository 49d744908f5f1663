#include "receipts.h"

#include <gtest/gtest.h>

#include "log_fixture.h"

namespace haul::server {
namespace {

Receipt receipt(const std::string& key) {
  Receipt made;
  made.sha256 = std::string(64, 'a');
  made.id = receipt_id("legs", "acme", key, made.sha256);
  made.source = "legs";
  made.producer = "acme";
  made.idempotency_key = key;
  made.at = IngestTime{Micros{1'700'000'000'000'000}};
  made.is_complete = true;
  made.accepted = 30;
  made.undecodable = 1;
  made.ranges = {{PartitionId{0}, Offset{5}, Offset{15}}, {PartitionId{2}, Offset{0}, Offset{20}}};
  made.lines = {7, std::nullopt, 30};
  made.landed = LandedCounts{28, 2, {{"rule \"a\"", 2}}};
  made.position = 99;
  made.ends = {Offset{15}, Offset{0}, Offset{20}};
  return made;
}

TEST(Receipt, IsTheSameAfterItWasStored) {
  const Receipt stored = receipt("Schl\xC3\xBCssel with \"quotes\" and \\ and \t");

  const auto read = decode_receipt(encode_receipt(stored));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->idempotency_key, stored.idempotency_key);
  EXPECT_EQ(encode_receipt(*read), encode_receipt(stored));
  EXPECT_EQ(read->ranges, stored.ranges);
  EXPECT_EQ(read->lines, stored.lines);
  EXPECT_EQ(read->landed->quarantined_by_rule, stored.landed->quarantined_by_rule);
}

TEST(Receipt, HasAnIdThatNoOtherPartsMake) {
  EXPECT_NE(receipt_id("a", "bc", "", "d"), receipt_id("ab", "c", "", "d"));
  EXPECT_NE(receipt_id("a", "b", "c", "d"), receipt_id("a", "b", "", "d"));
  EXPECT_EQ(receipt_id("a", "b", "c", "d"), receipt_id("a", "b", "c", "d"));
}

TEST(Receipt, IsDamagedWhereItIsNoReceipt) {
  for (const char* text : {"", "{", "[]", "{\"id\":1}"}) {
    const auto read = decode_receipt(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

TEST(ReceiptBook, FindsReceiptsByIdAndKeyAfterARestart) {
  testing::LogFixture fixture;
  auto book = *ReceiptBook::open(*fixture.log, 100);
  const std::vector<Receipt> sent{receipt("one"), receipt("two")};
  ASSERT_TRUE(book->append(sent));

  book.reset();
  fixture.reopen();
  book = *ReceiptBook::open(*fixture.log, 100);

  EXPECT_EQ((*book->find(sent[1].id))->idempotency_key, "two");
  EXPECT_EQ((*book->find_by_key("legs", "acme", "one"))->id, sent[0].id);
  EXPECT_EQ((*book->newest_of("legs"))->id, sent[1].id);
  EXPECT_FALSE(*book->find("r_unknown"));
  EXPECT_FALSE(*book->find_by_key("legs", "other", "one"));
  EXPECT_TRUE(book->append(std::span(sent).first(1)));
}

TEST(ReceiptBook, ForgetsTheOldestBeyondItsLimit) {
  testing::LogFixture fixture;
  const auto book = *ReceiptBook::open(*fixture.log, 10);
  std::vector<Receipt> sent;
  for (int i = 0; i < 25; ++i) sent.push_back(receipt(std::to_string(i)));

  ASSERT_TRUE(book->append(sent));

  EXPECT_FALSE(*book->find(sent[0].id));
  EXPECT_FALSE(book->remembers(sent[0].id));
  EXPECT_TRUE(*book->find(sent[15].id));
  EXPECT_TRUE(book->remembers(sent[15].id));
  EXPECT_TRUE(*book->find(sent[24].id));
}

TEST(ReceiptBook, AlwaysKnowsTheNewestReceiptOfAQuietSource) {
  testing::LogFixture fixture;
  auto book = *ReceiptBook::open(*fixture.log, 10);
  Receipt quiet = receipt("quiet");
  quiet.source = "stops";
  ASSERT_TRUE(book->append(std::span(&quiet, 1)));
  for (int i = 0; i < 40; ++i) {
    const Receipt loud = receipt(std::to_string(i));
    ASSERT_TRUE(book->append(std::span(&loud, 1)));
  }

  EXPECT_EQ((*book->newest_of("stops"))->idempotency_key, "quiet");
  book.reset();
  fixture.reopen();
  book = *ReceiptBook::open(*fixture.log, 10);
  EXPECT_EQ((*book->newest_of("stops"))->idempotency_key, "quiet");
  EXPECT_EQ((*book->newest_of("legs"))->idempotency_key, "39");
}

TEST(ReceiptBook, LosesNothingItKnowsWhenRetentionDropsTheRest) {
  testing::LogFixture fixture;
  const eventlog::TopicConfig smallest{std::string(kReceiptsTopic), 1, {std::chrono::days{1}, 1}};
  ASSERT_TRUE(fixture.log->create_topic(smallest));
  fixture.reopen();  // now with segments of a megabyte
  const auto book = *ReceiptBook::open(*fixture.log, 5);
  ASSERT_TRUE(fixture.log->create_topic(smallest));
  Receipt large = receipt("");
  large.ranges.resize(40'000);
  const auto id = [](std::uint64_t number) { return receipt_id("legs", "acme", std::to_string(number), ""); };
  for (std::uint64_t i = 0; i < 20; ++i) {
    large.id = id(i);
    ASSERT_TRUE(book->append(std::span(&large, 1)));
  }
  const Offset needed = book->needed_from();

  ASSERT_TRUE(fixture.log->apply_retention(kReceiptsTopic, std::span(&needed, 1)));

  EXPECT_EQ(needed, Offset{15});
  EXPECT_GT(fixture.log->range(kReceiptsTopic, PartitionId{0})->start, Offset{0});
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_EQ(book->find(id(i))->has_value(), i >= 15) << i;
}

}  // namespace
}  // namespace haul::server
