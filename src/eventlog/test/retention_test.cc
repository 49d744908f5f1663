#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "log_on_fake_files.h"

namespace haul::eventlog::testing {
namespace {

using Loss = FakeFileSystem::Loss;
using Verb = FakeFileSystem::Verb;

constexpr PartitionId kP0{0};

class RetentionTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(log().create_topic({"legs", 2, {}})); }
  EventLog& log() { return subject.log(); }
  FakeFileSystem& files() { return subject.files(); }
  Result<Appended> append(std::uint64_t position, const RecordTexts& texts) {
    return append_texts(log(), position, texts);
  }
  std::vector<std::string> texts() {
    const auto range = log().range("legs", kP0);
    auto result = texts_from(log(), "legs", kP0, range->start);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : std::vector<std::string>();
  }

  LogOnFakeFiles subject{2000};  // bytes of a segment: one batch of a kilobyte, or a few small ones
};

TEST_F(RetentionTest, DropsWholeSegmentsByAge) {
  const std::string kilobyte(1000, 'x');
  ASSERT_TRUE(log().create_topic({"legs", 2, {std::chrono::hours{2}, 1 << 30}}));
  for (std::uint64_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(append(i, {kilobyte}));
    subject.clock().advance(std::chrono::hours{1});
  }
  const std::vector<Offset> needed_by_nobody = {Offset{99}, Offset{99}};

  const auto dropped = log().apply_retention("legs", needed_by_nobody);

  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(log().range("legs", kP0)->start, Offset{3});
  EXPECT_EQ(partition_files(files(), ".log").size(), 2U);
  EXPECT_EQ(log().read("legs", kP0, Offset{2}, 1).error().code, ErrorCode::kNotFound);
  subject.reopen();
  EXPECT_EQ(texts().size(), 2U);
}

TEST_F(RetentionTest, DropsTheOldestSegmentsOfATopicThatIsTooLarge) {
  const std::string kilobyte(1000, 'x');
  ASSERT_TRUE(log().create_topic({"legs", 2, {std::chrono::hours{99}, 3000}}));
  for (std::uint64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(append_texts(log(), i, {kilobyte}, PartitionId{i % 2}));
    subject.clock().advance(std::chrono::seconds{1});
  }
  const std::vector<Offset> needed_by_nobody = {Offset{99}, Offset{99}};

  ASSERT_TRUE(log().apply_retention("legs", needed_by_nobody));

  EXPECT_EQ(log().range("legs", kP0)->start, Offset{2});
  EXPECT_EQ(log().range("legs", PartitionId{1})->start, Offset{2});
}

TEST(SmallTopic, StaysAsSmallAsItsRetentionSays) {
  LogOnFakeFiles subject{256U << 20U};
  const std::uint64_t limit = 4U << 20U;
  ASSERT_TRUE(subject.log().create_topic({"legs", 1, {std::chrono::hours{99}, limit}}));
  const std::string piece(256U << 10U, 'x');
  for (std::uint64_t i = 0; i < 40; ++i) ASSERT_TRUE(append_texts(subject.log(), i, {piece}));
  const Offset needed_by_nobody{99};

  ASSERT_TRUE(subject.log().apply_retention("legs", std::span(&needed_by_nobody, 1)));

  std::uint64_t stored = 0;
  for (const Path& path : partition_files(subject.files(), ".log")) {
    stored += subject.files().content(path).value_or("").size();
  }
  EXPECT_LE(stored, limit);
  EXPECT_GT(stored, limit / 2);
}

TEST_F(RetentionTest, NeverDropsWhatTheSlowestSinkNeeds) {
  const std::string kilobyte(1000, 'x');
  ASSERT_TRUE(log().create_topic({"legs", 2, {Micros{1}, 1}}));
  for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(append(i, {kilobyte}));
  subject.clock().advance(std::chrono::hours{1});
  const std::vector<Offset> second_is_needed = {Offset{1}, Offset{0}};

  ASSERT_TRUE(log().apply_retention("legs", second_is_needed));

  EXPECT_EQ(log().range("legs", kP0)->start, Offset{1});
}

TEST_F(RetentionTest, StillServesAReaderWhoseSegmentIsDropped) {
  const std::string kilobyte(1000, 'x');
  ASSERT_TRUE(log().create_topic({"legs", 2, {Micros{1}, 1}}));
  for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(append(i, {kilobyte}));
  const auto batches = log().read("legs", kP0, Offset{0}, 1);
  subject.clock().advance(std::chrono::hours{1});
  const std::vector<Offset> needed_by_nobody = {Offset{99}, Offset{99}};

  ASSERT_TRUE(log().apply_retention("legs", needed_by_nobody));

  EXPECT_EQ(text_of(batches->front().records, 0), kilobyte);
}

TEST_F(RetentionTest, RemembersProducersOfDroppedSegmentsForTheAgeOfTheRetention) {
  const std::string kilobyte(1000, 'x');
  ASSERT_TRUE(log().create_topic({"legs", 2, {std::chrono::hours{2}, 1}}));
  ASSERT_TRUE(append_texts(log(), 0, {kilobyte}, kP0, "early"));
  subject.clock().advance(std::chrono::hours{1});
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(append(i, {kilobyte}));
  const std::vector<Offset> needed_by_nobody = {Offset{99}, Offset{99}};
  ASSERT_TRUE(log().apply_retention("legs", needed_by_nobody));
  ASSERT_GE(log().range("legs", kP0)->start, Offset{1});

  EXPECT_TRUE(log().last_position("legs", kP0, "early").value().has_value());
  subject.reopen();

  EXPECT_TRUE(append_texts(log(), 0, {kilobyte}, kP0, "early")->repeated);
  subject.clock().advance(std::chrono::hours{2});
  ASSERT_TRUE(append(3, {"recent"}));
  ASSERT_TRUE(log().apply_retention("legs", needed_by_nobody));
  EXPECT_FALSE(log().last_position("legs", kP0, "early").value().has_value())
      << "idle for longer than the retention";
  EXPECT_TRUE(log().last_position("legs", kP0, "file").value().has_value());
}

/// Many small segments of partition 0, one record each.
class SegmentsTest : public ::testing::Test {
 protected:
  void SetUp() override { fill(subject); }

  static void fill(LogOnFakeFiles& log) {
    ASSERT_TRUE(log.log().create_topic({"legs", 1, {Micros{1}, 1}}));
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      ASSERT_TRUE(append_texts(log.log(), i, {fmt::format("{} {}", i, std::string(900, 'x'))}));
    }
    log.clock().advance(std::chrono::hours{1});
  }

  static constexpr std::uint64_t kRecords = 30;
  LogOnFakeFiles subject{4000, 0};
};

TEST_F(SegmentsTest, VerifiesAtMostAQuarterOfASegmentAfterACrash) {
  subject.kill();
  std::uint64_t reads = 0;
  subject.files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb == Verb::kRead && path.extension() == ".log") ++reads;
    return std::nullopt;
  });

  ASSERT_TRUE(subject.open());

  EXPECT_LE(reads, 1U);
  EXPECT_EQ(subject.log().range("legs", PartitionId{0})->end, Offset{kRecords});
}

TEST_F(SegmentsTest, KeepsOneCheckpointPerSegment) {
  EXPECT_LE(partition_files(subject.files(), ".checkpoint").size(),
            partition_files(subject.files(), ".log").size());
}

TEST_F(SegmentsTest, LeavesNoHoleWhereRemovalsAndTheirSyncsFail) {
  const Offset keep_from{kRecords - 3};
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SeededRng rng{seed};
    LogOnFakeFiles one{4000, 0};
    fill(one);
    one.files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
      const bool is_removal = verb == Verb::kRemove || verb == Verb::kSyncDirectory;
      if (!is_removal || below(rng, 2) == 0) return std::nullopt;
      return Error{ErrorCode::kUnavailable, path.string() + ": I/O error"};
    });
    for (int i = 0; i < 6; ++i)
      static_cast<void>(one.log().apply_retention("legs", std::span(&keep_from, 1)));
    one.cut_power(Loss::kRandom, rng);

    const auto opened = one.open();

    ASSERT_TRUE(opened) << "seed " << seed << ": " << opened.error().message;
    const auto start = one.log().range("legs", PartitionId{0})->start;
    const auto texts = texts_from(one.log(), "legs", PartitionId{0}, start);
    ASSERT_TRUE(texts) << "seed " << seed << ": " << texts.error().message;
    ASSERT_EQ(texts->size(), kRecords - start.raw()) << "seed " << seed;
  }
}

TEST_F(SegmentsTest, KeepsWhatRetentionKeepsWhereverItStops) {
  SeededRng rng{9};
  std::uint64_t last_start = 0;
  for (std::uint64_t verbs = 0; last_start + 4 < kRecords; verbs = (verbs + 1) % 12) {
    std::uint64_t left = verbs;
    subject.files().set_fault([&](Verb, const Path& path) -> std::optional<Error> {
      if (left == 0) return Error{ErrorCode::kUnavailable, path.string() + ": stopped"};
      --left;
      return std::nullopt;
    });
    const Offset everything_but_four{std::min(kRecords, last_start + 8)};
    static_cast<void>(subject.log().apply_retention("legs", std::span(&everything_but_four, 1)));
    subject.cut_power(Loss::kRandom, rng);

    const auto opened = subject.open();

    ASSERT_TRUE(opened) << opened.error().message;
    const auto range = subject.log().range("legs", PartitionId{0}).value();
    const auto texts = texts_from(subject.log(), "legs", PartitionId{0}, range.start);
    ASSERT_TRUE(texts) << texts.error().message;
    ASSERT_EQ(texts->size(), kRecords - range.start.raw());
    ASSERT_TRUE(texts->front().starts_with(fmt::format("{} ", range.start.raw())));
    ASSERT_GE(range.start.raw(), last_start);
    ASSERT_EQ(subject.log().last_position("legs", PartitionId{0}, "file").value(), kRecords - 1);
    last_start = range.start.raw();
  }
}

}  // namespace
}  // namespace haul::eventlog::testing
