#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "haul/base/hash.h"
#include "log_on_fake_files.h"

// Files that changed behind the log's back: found, or harmless; never a wrong record, never a crash.
namespace haul::eventlog::testing {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

constexpr PartitionId kP0{0};
constexpr std::uint64_t kSegmentBytes = 6000;

/// A log with four segments in partition 0 and what it holds.
class DamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(log().create_topic({"legs", 2, {}}));
    SeededRng rng{5};
    for (std::uint64_t position = 0; partition_files(files(), ".log").size() < 4 || stored_.size() < 70;) {
      RecordTexts batch({});
      const auto records = 1 + below(rng, 4);
      for (std::uint64_t i = 0; i < records; ++i) {
        stored_.push_back(fmt::format("record {} {}", stored_.size(), std::string(below(rng, 400), 'r')));
        batch.add(stored_.back());
      }
      ASSERT_TRUE(append_texts(log(), position, batch));
      position += records;
    }
  }

  EventLog& log() { return subject.log(); }
  FakeFileSystem& files() { return subject.files(); }
  Result<Texts> texts() { return texts_from(log(), "legs", kP0, Offset{0}, 3000); }
  /// Leaves recovery nothing but the segments.
  void remove_checkpoints() {
    for (const auto& path : partition_files(files(), ".checkpoint")) ASSERT_TRUE(files().remove(path));
  }
  void flip_bit(const Path& path, std::uint64_t bit) {
    std::string bytes = files().content(path).value();
    auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
    files().overwrite(path, bytes);
  }

  LogOnFakeFiles subject{kSegmentBytes};
  Texts stored_;
};

enum class Kind : std::uint8_t { kTruncated, kFlippedBit, kZeroedTail };

std::string damaged(std::string bytes, Kind kind, Rng& rng) {
  const auto at = static_cast<std::size_t>(below(rng, bytes.size()));
  if (kind == Kind::kTruncated) bytes.resize(at);
  if (kind == Kind::kFlippedBit)
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(rng, 8)));
  if (kind == Kind::kZeroedTail)
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), '\0');
  return bytes;
}

class DamagedCopyTest : public DamageTest, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(DamagedCopyTest, IsFoundOrHarmless) {
  SeededRng rng{GetParam()};
  const bool is_closed_in_order = below(rng, 2) == 0;
  if (is_closed_in_order) subject.close();
  subject.kill();
  if (below(rng, 3) == 0) remove_checkpoints();
  const auto segments = partition_files(files(), ".log");
  const Path path = segments[static_cast<std::size_t>(below(rng, segments.size()))];
  const bool is_last = path == segments.back();
  const std::string before = files().content(path).value();
  const std::string after = damaged(before, static_cast<Kind>(GetParam() % 3), rng);
  files().overwrite(path, after);

  const auto opened = subject.open();

  if (!opened) {
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(opened.error().message, AnyOf(HasSubstr(path.string()), HasSubstr("missing")));
    EXPECT_EQ(files().content(path).value(), after) << "what is refused is left as it was";
    return;
  }
  const auto found = texts();
  if (!found) {
    EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(found.error().message, HasSubstr(path.string()));
    return;
  }
  ASSERT_LE(found->size(), stored_.size());
  EXPECT_TRUE(std::equal(found->begin(), found->end(), stored_.begin()));
  if (found->size() == stored_.size()) {
    EXPECT_EQ(before, after);
    return;
  }
  EXPECT_TRUE(is_last);
  ASSERT_EQ(subject.cuts().size(), 1U) << "records are gone and nobody said so";
  EXPECT_EQ(subject.cuts().front().file, path.string());
  EXPECT_EQ(subject.cuts().front().end, Offset{found->size()});
}

INSTANTIATE_TEST_SUITE_P(Seeds, DamagedCopyTest, ::testing::Range<std::uint64_t>(0, 120),
                         [](const auto& seed) { return fmt::format("{}", seed.param); });

TEST_F(DamageTest, InTheMiddleOfTheLastSegmentIsRefusedAndLeftAlone) {
  subject.kill();
  remove_checkpoints();
  const Path last = partition_files(files(), ".log").back();
  flip_bit(last, 8 * 200);
  const std::string before = files().content(last).value();

  const auto opened = subject.open();

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr(last.string() + " at byte 0"));
  EXPECT_EQ(files().content(last).value(), before);
}

TEST_F(DamageTest, OfAnUnacknowledgedCommitIsCutWhateverOfItIsWhole) {
  const RecordTexts one({"one"});
  const RecordTexts two({"two"});
  std::vector<AppendRequest> commit = {
      {.partition = kP0, .producer = "p", .first_position = 1, .last_position = 1, .records = one.records()},
      {.partition = kP0, .producer = "p", .first_position = 2, .last_position = 2, .records = two.records()}};
  const auto size_of_last = [&] { return files().content(partition_files(files(), ".log").back())->size(); };
  std::size_t before = size_of_last();
  ASSERT_TRUE(log().append("legs", commit));
  if (size_of_last() < before) before = 0;  // it began a segment
  subject.kill();
  const Path last = partition_files(files(), ".log").back();
  flip_bit(last, 8 * (before + 64));  // the first of the two; the second is whole

  ASSERT_TRUE(subject.open());

  ASSERT_EQ(subject.cuts().size(), 1U);
  EXPECT_EQ(subject.cuts().front().end, Offset{stored_.size()});
  EXPECT_EQ(texts().value(), stored_);
}

TEST_F(DamageTest, ByAnotherPartitionsFileIsRefused) {
  ASSERT_TRUE(append_texts(log(), 0, {"of partition 1"}, PartitionId{1}));
  subject.kill();
  const Path other = kLogDirectory / "topics" / "legs" / "00001" / "00000000000000000000.log";
  const std::string foreign = files().content(other).value();
  for (const auto& path : partition_files(files(), "")) {
    if (path.filename() == other.filename()) continue;
    ASSERT_TRUE(files().remove(path));
  }
  files().overwrite(partition_files(files(), ".log").front(), foreign);

  const auto opened = subject.open();

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("another log, topic or partition"));
}

TEST_F(DamageTest, ByALostSegmentIsRefused) {
  subject.close();
  const auto segments = partition_files(files(), ".log");
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const std::string bytes = files().content(segments[i]).value();
    ASSERT_TRUE(files().remove(segments[i]));

    const auto opened = subject.open();

    ASSERT_FALSE(opened) << segments[i];
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(opened.error().message, HasSubstr("missing"));
    ASSERT_TRUE(write_file_atomically(files(), segments[i], bytes));
  }
}

TEST_F(DamageTest, OfABatchOfANewerFormatIsNotCut) {
  subject.kill();
  remove_checkpoints();
  const Path last = partition_files(files(), ".log").back();
  std::string bytes = files().content(last).value();
  std::uint32_t head_bytes = 0;
  std::memcpy(&head_bytes, bytes.data() + 12, sizeof(head_bytes));
  bytes[8] = 2;  // the version
  const std::uint32_t crc = crc32c(as_bytes(bytes).subspan(8, head_bytes - 8));
  std::memcpy(bytes.data() + 4, &crc, sizeof(crc));
  files().overwrite(last, bytes);

  const auto opened = subject.open();

  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("format 2"));
  EXPECT_EQ(files().content(last).value(), bytes);
}

TEST_F(DamageTest, OfCheckpointsCostsNothing) {
  subject.close();
  for (const auto& path : partition_files(files(), ".checkpoint")) flip_bit(path, 8 * 20 + 3);

  ASSERT_TRUE(subject.open());

  EXPECT_EQ(texts().value(), stored_);
  EXPECT_EQ(log().last_position("legs", kP0, "file").value(), stored_.size() - 1);
}

TEST_F(DamageTest, OfALostPartitionIsRefused) {
  subject.close();
  for (const auto& path : partition_files(files(), "")) ASSERT_TRUE(files().remove(path));
  ASSERT_TRUE(files().remove(kLogDirectory / "topics" / "legs" / "00000"));

  const auto opened = subject.open();

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

class DamagedTextTest : public DamageTest, public ::testing::WithParamInterface<Path> {};

TEST_P(DamagedTextTest, IsRefusedAtEveryBit) {
  subject.close();
  const Path path = kLogDirectory / GetParam();
  const std::uint64_t bits = 8 * files().content(path)->size();
  for (std::uint64_t bit = 0; bit < bits; ++bit) {
    flip_bit(path, bit);

    const auto opened = subject.open();

    ASSERT_FALSE(opened) << "bit " << bit;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(opened.error().message, HasSubstr(path.string()));
    flip_bit(path, bit);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, DamagedTextTest, ::testing::Values("log.id", "topics/legs/topic.conf"),
                         [](const auto& file) {
                           return file.param.stem().string() == "log" ? "LogId" : "TopicConfiguration";
                         });

TEST_F(DamageTest, OfALostIdIsRefused) {
  subject.close();
  ASSERT_TRUE(files().remove(kLogDirectory / "log.id"));

  const auto opened = subject.open();

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("log.id"));
}

}  // namespace
}  // namespace haul::eventlog::testing
