#include "haul/eventlog/embedded_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "haul/eventlog/testing/event_log_contract.h"
#include "log_on_fake_files.h"

namespace haul::eventlog::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Verb = FakeFileSystem::Verb;

constexpr PartitionId kP0{0};

INSTANTIATE_TEST_SUITE_P(OnFakeFiles, EventLogContract,
                         ::testing::Values([] { return std::make_unique<LogOnFakeFiles>(); }));
// Segments so small that nearly every batch begins a new one.
INSTANTIATE_TEST_SUITE_P(InTinySegments, EventLogContract,
                         ::testing::Values([] { return std::make_unique<LogOnFakeFiles>(300); }));

class EmbeddedLogTest : public ::testing::Test {
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
  SeededRng rng{7};
};

TEST_F(EmbeddedLogTest, NamesTheOwnerToASecondOpener) {
  MetricsRegistry metrics;

  const auto second = open_embedded_log({.directory = kLogDirectory, .owner = "pid 8"}, files(),
                                        subject.clock(), rng, metrics);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_THAT(second.error().message, HasSubstr("pid 7"));
}

TEST_F(EmbeddedLogTest, IsOpenToTheNextOnceItIsClosed) {
  subject.close();

  EXPECT_TRUE(subject.open());
}

TEST_F(EmbeddedLogTest, RefusesToOpenWithoutOwnerOrSegmentSize) {
  MetricsRegistry metrics;

  const auto nobody =
      open_embedded_log({.directory = "/other", .owner = ""}, files(), subject.clock(), rng, metrics);

  EXPECT_EQ(nobody.error().code, ErrorCode::kInvalidInput);
}

TEST_F(EmbeddedLogTest, WritesOneFileAndSyncsItOncePerPartitionAndCommit) {
  const RecordTexts one({"x"});
  std::vector<AppendRequest> requests;
  for (std::uint64_t i = 0; i < 6; ++i) {
    requests.push_back({.partition = PartitionId{i % 2},
                        .producer = "p",
                        .first_position = i,
                        .last_position = i,
                        .attributes = {},
                        .records = one.records()});
  }
  ASSERT_TRUE(log().append("legs", std::span(requests).first(2)));
  std::size_t appends = 0;
  std::size_t syncs = 0;
  files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
    if (path.extension() != ".log") return std::nullopt;
    if (verb == Verb::kAppend) ++appends;
    if (verb == Verb::kSync) ++syncs;
    return std::nullopt;
  });

  ASSERT_TRUE(log().append("legs", std::span(requests).subspan(2)));

  EXPECT_EQ(appends, 2U);
  EXPECT_EQ(syncs, 2U);
}

TEST_F(EmbeddedLogTest, SharesOneSyncAmongConcurrentCallers) {
  constexpr int kCallers = 8;
  ASSERT_TRUE(append(0, {"first"}));
  const Gauge& waiting = subject.metrics().gauge("haul_log_waiting_appends", "");
  std::atomic<int> syncs = 0;
  files().set_fault([&](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb != Verb::kSync || path.extension() != ".log") return std::nullopt;
    const bool is_first = ++syncs == 1;
    while (is_first && waiting.value() < kCallers - 1) std::this_thread::yield();
    return std::nullopt;
  });

  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] { EXPECT_TRUE(append_texts(log(), 0, {"x"}, kP0, fmt::format("p{}", i))); });
  }
  for (auto& caller : callers) caller.join();

  EXPECT_EQ(syncs, 2) << "the first caller's, and one for the seven who came meanwhile";
  EXPECT_EQ(texts().size(), 9U);
}

TEST_F(EmbeddedLogTest, WaitsForCompanyWhenAskedTo) {
  FakeFileSystem own_files;
  MetricsRegistry metrics;
  auto opened = open_embedded_log({.directory = "/l", .owner = "me", .group_wait = std::chrono::seconds{20}},
                                  own_files, subject.clock(), rng, metrics);
  ASSERT_TRUE(opened) << opened.error().message;
  EventLog& waiting = *opened->log;
  ASSERT_TRUE(waiting.create_topic({"legs", 2, {}}));

  // One caller alone has nobody to wait for; many end together well before the 20 seconds.
  ASSERT_TRUE(append_texts(waiting, 0, {"alone"}));
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, i] {
      for (std::uint64_t k = 0; k < 10; ++k) {
        EXPECT_TRUE(append_texts(waiting, k, {"x"}, kP0, fmt::format("p{}", i)));
      }
    });
  }
  for (auto& caller : callers) caller.join();

  EXPECT_EQ(waiting.range("legs", kP0)->end, Offset{41});
}

TEST_F(EmbeddedLogTest, ShowsReadersNothingBeforeItIsSynced) {
  ASSERT_TRUE(append(0, {"a"}));
  std::atomic<bool> is_syncing = false;
  std::atomic<bool> is_looked_at = false;
  files().set_fault([&](Verb verb, const Path&) -> std::optional<Error> {
    is_syncing = verb == Verb::kSync;
    while (is_syncing && !is_looked_at) std::this_thread::yield();
    return std::nullopt;
  });
  std::thread appender([&] { EXPECT_TRUE(append(1, {"b"})); });
  while (!is_syncing) std::this_thread::yield();

  const auto meanwhile = log().range("legs", kP0);
  const auto position = log().last_position("legs", kP0, "file");
  is_looked_at = true;
  appender.join();

  EXPECT_EQ(meanwhile->end, Offset{1});
  EXPECT_EQ(position.value(), 0U);
  EXPECT_EQ(log().range("legs", kP0)->end, Offset{2});
}

TEST_F(EmbeddedLogTest, RefusesAppendsAfterAFailedSyncUntilItIsOpenedAgain) {
  ASSERT_TRUE(append(0, {"a"}));
  files().set_fault([](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb != Verb::kSync) return std::nullopt;
    return Error{ErrorCode::kUnavailable, path.string() + ": the disk is on fire"};
  });
  const auto failed = append(1, {"b"});
  files().set_fault({});

  const auto refused = append(2, {"c"});

  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("on fire"));
  EXPECT_THAT(texts(), ElementsAre("a"));
  EXPECT_TRUE(append_texts(log(), 0, {"x"}, PartitionId{1})) << "the other partition goes on";
  subject.reopen();
  EXPECT_FALSE(append(1, {"b"})->repeated);
  EXPECT_THAT(texts(), ElementsAre("a", "b"));
}

TEST_F(EmbeddedLogTest, TakesAppendsAgainAfterAFailedWrite) {
  ASSERT_TRUE(append(0, {"a"}));
  for (const Verb full : {Verb::kAppend, Verb::kOpen}) {
    files().set_fault([full](Verb verb, const Path& path) -> std::optional<Error> {
      if (verb != full) return std::nullopt;
      return Error{ErrorCode::kUnavailable, path.string() + ": no space left"};
    });
    const std::string kilobyte(1000, 'x');
    const auto failed = append(1, {kilobyte, kilobyte});
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("no space left"));
    files().set_fault({});
  }

  const auto taken = append(1, {"b"});

  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_THAT(texts(), ElementsAre("a", "b"));
  subject.reopen();
  EXPECT_THAT(texts(), ElementsAre("a", "b"));
}

TEST_F(EmbeddedLogTest, TakesNothingBehindAFailedWriteThatCannotBeCutOff) {
  ASSERT_TRUE(append(0, {"a"}));
  files().set_fault([](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb != Verb::kAppend && verb != Verb::kTruncate) return std::nullopt;
    return Error{ErrorCode::kUnavailable, path.string() + ": EIO"};
  });
  ASSERT_FALSE(append(1, {"b"}));
  files().set_fault({});

  EXPECT_EQ(append(1, {"b"}).error().code, ErrorCode::kUnavailable);
  subject.reopen();
  EXPECT_TRUE(append(1, {"b"}));
}

TEST_F(EmbeddedLogTest, NeverTakesBytesOfAFailedSyncForDurable) {
  // The kernel marks pages clean after a failed sync: they can be read, and the next sync succeeds without
  // them.
  ASSERT_TRUE(append(0, {"a"}));
  files().set_fault([](Verb verb, const Path& path) -> std::optional<Error> {
    if (verb != Verb::kSync) return std::nullopt;
    return Error{ErrorCode::kUnavailable, path.string() + ": EIO"};
  });
  ASSERT_FALSE(append(1, {"lost by the device"}));
  files().set_fault({});

  subject.reopen();

  EXPECT_EQ(log().last_position("legs", kP0, "file").value(), 0U);
  EXPECT_THAT(texts(), ElementsAre("a"));
}

TEST_F(EmbeddedLogTest, RollsToANewSegmentNamedByItsFirstOffset) {
  const std::string kilobyte(1000, 'x');
  for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(append(i, {kilobyte}));

  const auto segments = partition_files(files(), ".log");

  ASSERT_EQ(segments.size(), 4U);
  EXPECT_EQ(segments[3].filename(), "00000000000000000003.log");
  EXPECT_EQ(texts().size(), 4U);
}

TEST_F(EmbeddedLogTest, CountsWhatItAppends) {
  ASSERT_TRUE(append(0, {"four", "five"}));
  ASSERT_TRUE(append(0, {"four", "five"}));

  const std::string rendered = subject.metrics().render();

  EXPECT_THAT(rendered, HasSubstr("haul_log_append_bytes_total 8"));
  EXPECT_THAT(rendered, HasSubstr("haul_log_append_records_total 2"));
  EXPECT_THAT(rendered, HasSubstr("haul_log_append_batches_total 1"));
  EXPECT_THAT(rendered, HasSubstr("haul_log_repeated_batches_total 1"));
}

TEST(PartitionOfKey, NeverChanges) {
  EXPECT_EQ(partition_of("anything", 1), PartitionId{0});
  EXPECT_EQ(partition_of("", 1'000'003).raw(),
            0x2d06800538d394c2U % 1'000'003);  // XXH3 of nothing, by its authors
  EXPECT_EQ(partition_of("N14228", 1'000'003).raw(), 287'289U);
}

}  // namespace
}  // namespace haul::eventlog::testing
