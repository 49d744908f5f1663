#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "log_on_fake_files.h"

// Crashes at random moments, seeded: a failure names its seed, and `--gtest_filter=*/SEED` runs it alone.
namespace haul::eventlog::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Loss = FakeFileSystem::Loss;
using Verb = FakeFileSystem::Verb;
using Texts = std::vector<std::string>;

constexpr std::uint64_t kPartitions = 2;
constexpr std::uint64_t kSegmentBytes = 3000;

/// One batch to append, owning what a request borrows.
struct Batch {
  std::uint64_t partition = 0;
  std::string producer;
  std::uint64_t first_position = 0;
  Texts texts;
  RecordTexts records{};

  [[nodiscard]] AppendRequest request() const {
    return {.partition = PartitionId{partition},
            .producer = producer,
            .first_position = first_position,
            .last_position = first_position + texts.size() - 1,
            .attributes = "csv",
            .records = records.records()};
  }
};

/// A sender that never loses count: what is acknowledged, what is under way, and the machine that fails it.
class CrashTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { ASSERT_TRUE(log().create_topic({"legs", kPartitions, {}})); }

  EventLog& log() { return subject_.log(); }

  /// Appends random batches until the machine stops or `calls` have been acknowledged.
  void append_until_stopped(std::uint64_t calls) {
    for (std::uint64_t i = 0; i < calls && under_way_.empty(); ++i) {
      under_way_ = random_batches();
      if (send()) acknowledge();
      subject_.clock().advance(std::chrono::seconds{below(rng_, 5)});
      if (below(rng_, 10) == 0) subject_.clock().jump_to(subject_.clock().now() - std::chrono::hours{1});
    }
  }

  bool send() {
    std::vector<AppendRequest> requests;
    for (const auto& batch : under_way_) requests.push_back(batch.request());
    return log().append("legs", requests).has_value();
  }

  void acknowledge() {
    for (const auto& batch : under_way_) {
      auto& texts = acknowledged_[batch.partition];
      texts.insert(texts.end(), batch.texts.begin(), batch.texts.end());
    }
    under_way_.clear();
  }

  /// Everything that was acknowledged is there, in order, once; behind it whole batches of the call that was
  /// under way, in order; and sending that call again makes it whole.
  void expect_exactly_once() {
    for (std::uint64_t p = 0; p < kPartitions; ++p) {
      Texts possible = acknowledged_[p];
      std::vector<std::size_t> batch_ends = {possible.size()};
      for (const auto& batch : under_way_) {
        if (batch.partition != p) continue;
        possible.insert(possible.end(), batch.texts.begin(), batch.texts.end());
        batch_ends.push_back(possible.size());
      }
      const auto found = texts_from(log(), "legs", PartitionId{p}, Offset{0}, 1 + below(rng_, 5000));
      ASSERT_TRUE(found) << found.error().message;
      ASSERT_THAT(batch_ends, ::testing::Contains(found->size())) << "partition " << p;
      possible.resize(found->size());
      ASSERT_EQ(*found, possible) << "partition " << p;
    }
    if (!under_way_.empty()) {
      ASSERT_TRUE(send());
      acknowledge();
    }
    for (std::uint64_t p = 0; p < kPartitions; ++p) {
      ASSERT_EQ(texts_from(log(), "legs", PartitionId{p}, Offset{0}).value(), acknowledged_[p]);
      expect_ordered_times(PartitionId{p});
    }
  }

  void expect_ordered_times(PartitionId partition) {
    IngestTime last{Micros::min()};
    const auto batches = log().read("legs", partition, Offset{0}, 1 << 30);
    ASSERT_TRUE(batches);
    for (const auto& batch : *batches) {
      ASSERT_GE(batch.at, last);
      last = batch.at;
    }
  }

  /// From now on the machine does `verbs` more things, then nothing.
  void stop_after(std::uint64_t verbs) {
    subject_.files().set_fault([left = verbs](Verb, const Path& path) mutable -> std::optional<Error> {
      if (left > 0) {
        --left;
        return std::nullopt;
      }
      return Error{ErrorCode::kUnavailable, path.string() + ": the machine has stopped"};
    });
  }

  /// The process or the machine ends, and starts again; starting may be cut short once more.
  void crash_and_reopen() {
    crash();
    if (below(rng_, 3) == 0) {
      stop_after(below(rng_, 25));
      static_cast<void>(subject_.open());
      crash();
    }
    const auto opened = subject_.open();
    ASSERT_TRUE(opened) << opened.error().message;
  }

  void crash() {
    constexpr std::array kLosses = {Loss::kEverything, Loss::kRandom, Loss::kTorn};
    const auto kind = below(rng_, kLosses.size() + 1);
    if (kind == kLosses.size()) {
      subject_.kill();
    } else {
      subject_.cut_power(kLosses[static_cast<std::size_t>(kind)], rng_);
    }
  }

  SeededRng rng_{GetParam()};
  LogOnFakeFiles subject_{kSegmentBytes, 0};  // one file after the other: a seed is one story
  std::vector<Batch> under_way_;

 private:
  std::vector<Batch> random_batches() {
    std::vector<Batch> batches(1 + below(rng_, 4));
    for (auto& batch : batches) {
      batch.partition = below(rng_, kPartitions);
      batch.producer = fmt::format("producer-{}", below(rng_, 3));
      auto& next = next_position_[{batch.producer, batch.partition}];
      batch.first_position = next + below(rng_, 3);
      batch.texts.resize(1 + below(rng_, 5));
      for (auto& text : batch.texts) {
        text = fmt::format("{}:{}", ++last_record_, std::string(below(rng_, 300), 'x'));
        batch.records.add(text);
      }
      next = batch.first_position + batch.texts.size();
    }
    return batches;
  }

  std::map<std::uint64_t, Texts> acknowledged_;
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> next_position_;
  std::uint64_t last_record_ = 0;
};

TEST_P(CrashTest, KeepsEveryAcknowledgedRecordOnce) {
  for (int round = 0; round < 12; ++round) {
    stop_after(below(rng_, 80));
    append_until_stopped(40);
    ASSERT_NO_FATAL_FAILURE(crash_and_reopen());
    ASSERT_NO_FATAL_FAILURE(expect_exactly_once()) << "round " << round;
    if (below(rng_, 4) == 0) {
      ASSERT_NO_FATAL_FAILURE(subject_.reopen());
    }
  }
}

TEST_P(CrashTest, KeepsEveryAcknowledgedRecordOnceWhenSyncsFail) {
  for (int round = 0; round < 6; ++round) {
    subject_.files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
      const bool is_failing = (verb == Verb::kSync || verb == Verb::kAppend) && below(rng_, 12) == 0;
      if (!is_failing) return std::nullopt;
      return Error{ErrorCode::kUnavailable, path.string() + ": I/O error"};
    });
    append_until_stopped(40);
    subject_.files().set_fault({});

    ASSERT_NO_FATAL_FAILURE(subject_.reopen());
    ASSERT_NO_FATAL_FAILURE(expect_exactly_once()) << "round " << round;
    subject_.cut_power(Loss::kEverything, rng_);  // what was found after the failure must be durable
    ASSERT_TRUE(subject_.open());
    ASSERT_NO_FATAL_FAILURE(expect_exactly_once()) << "after the power cut of round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CrashTest, ::testing::Range<std::uint64_t>(1, 25),
                         [](const auto& seed) { return fmt::format("{}", seed.param); });

class RecoveryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(subject.log().create_topic({"legs", 1, {}}));
    ASSERT_TRUE(append_texts(subject.log(), 0, {"a", "b"}));
  }
  Texts texts() { return texts_from(subject.log(), "legs", PartitionId{0}, Offset{0}).value(); }
  Path only_segment() { return partition_files(subject.files(), ".log").front(); }

  LogOnFakeFiles subject;
  SeededRng rng{3};
};

TEST_F(RecoveryTest, LosesNothingWhenThePowerFailsRightAfterTheFirstAppend) {
  subject.cut_power(Loss::kEverything, rng);

  ASSERT_TRUE(subject.open());

  EXPECT_THAT(texts(), ElementsAre("a", "b"));
  EXPECT_TRUE(subject.cuts().empty());
}

TEST_F(RecoveryTest, CutsATornTailAndReportsIt) {
  const std::uint64_t durable = subject.files().info(only_segment())->bytes;
  subject.kill();
  std::string bytes = subject.files().content(only_segment()).value();
  subject.files().overwrite(only_segment(), bytes + bytes.substr(0, 50));

  ASSERT_TRUE(subject.open());

  ASSERT_EQ(subject.cuts().size(), 1U);
  const Cut& cut = subject.cuts().front();
  EXPECT_EQ(cut.topic, "legs");
  EXPECT_EQ(cut.partition, PartitionId{0});
  EXPECT_EQ(cut.end, Offset{2});
  EXPECT_EQ(cut.bytes, 50U);
  EXPECT_EQ(cut.file, only_segment().string());
  EXPECT_EQ(subject.files().info(only_segment())->bytes, durable);
  EXPECT_THAT(subject.metrics().render(), HasSubstr("haul_log_cut_bytes_total 50"));
  EXPECT_EQ(append_texts(subject.log(), 2, {"c"})->first, Offset{2});
  subject.cut_power(Loss::kEverything, rng);
  ASSERT_TRUE(subject.open());
  EXPECT_THAT(texts(), ElementsAre("a", "b", "c"));
}

TEST_F(RecoveryTest, ReadsNothingButTheCheckpointAfterAnOrderlyClose) {
  const std::string kilobyte(1000, 'x');
  for (std::uint64_t i = 2; i < 50; ++i) ASSERT_TRUE(append_texts(subject.log(), i, {kilobyte}));
  subject.close();
  std::size_t segment_reads = 0;
  subject.files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb == Verb::kRead && path.extension() == ".log") ++segment_reads;
    return std::nullopt;
  });

  ASSERT_TRUE(subject.open());

  EXPECT_EQ(segment_reads, 0U);
  EXPECT_EQ(subject.log().range("legs", PartitionId{0})->end, Offset{50});
  EXPECT_EQ(subject.log().last_position("legs", PartitionId{0}, "file").value(), 49U);
}

TEST_F(RecoveryTest, KeepsOneCheckpointForAnUnfinishedSegment) {
  for (std::uint64_t i = 2; i < 8; ++i) {
    ASSERT_TRUE(append_texts(subject.log(), i, {"x"}));
    subject.reopen();
  }

  EXPECT_EQ(partition_files(subject.files(), ".checkpoint").size(), 1U);
}

TEST_F(RecoveryTest, ForgetsATopicWhoseCreationWasCutShort) {
  for (std::uint64_t verbs = 0; verbs < 12; ++verbs) {
    std::uint64_t left = verbs;
    subject.files().set_fault([&](Verb, const Path& path) -> std::optional<Error> {
      if (left > 0) {
        --left;
        return std::nullopt;
      }
      return Error{ErrorCode::kUnavailable, path.string() + ": stopped"};
    });
    const auto created = subject.log().create_topic({fmt::format("t{}", verbs), 2, {}});
    subject.cut_power(Loss::kEverything, rng);
    ASSERT_TRUE(subject.open()) << verbs;

    EXPECT_EQ(subject.log().topic(fmt::format("t{}", verbs)).has_value(), created.has_value());
    EXPECT_TRUE(subject.log().create_topic({fmt::format("t{}", verbs), 2, {}}));
  }
}

}  // namespace
}  // namespace haul::eventlog::testing
