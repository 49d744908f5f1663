#include "haul/ingest/key_ledger.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <unordered_set>

#include "haul/base/rng.h"
#include "haul/base/testing/fake_file_system.h"

namespace haul::ingest {
namespace {

using testing::FakeFileSystem;

constexpr std::uint64_t kNoMemory = 0;  // the floor: 64 KiB
constexpr std::uint64_t kPlenty = 1'000'000'000;

Hash128 key(std::uint64_t number) { return hash128({reinterpret_cast<const char*>(&number), sizeof number}); }

std::vector<Hash128> keys_of(const std::vector<std::uint64_t>& numbers) {
  std::vector<Hash128> keys;
  for (const std::uint64_t number : numbers) keys.push_back(key(number));
  return keys;
}

/// Numbers below `distinct`, drawn with repeats.
std::vector<std::uint64_t> draw(Rng& rng, std::size_t count, std::uint64_t distinct) {
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(below(rng, distinct));
  return numbers;
}

struct Found {
  std::vector<std::uint64_t> rows;
  std::uint64_t spilled_bytes = 0;
};

/// All rows that break the rule, the key of row i being the number i.
Found find(KeyRule rule, const std::vector<std::uint64_t>& known, const std::vector<std::uint64_t>& numbers,
           std::uint64_t memory_bytes, std::size_t batch = 1000) {
  FakeFileSystem files;
  EXPECT_TRUE(files.create_directories("spill"));
  Found found;
  {
    KeyLedger ledger(files, rule, {.folder = "spill", .name = "key", .memory_bytes = memory_bytes});
    EXPECT_TRUE(ledger.add_known(keys_of(known)));
    RowSet broken;
    for (std::size_t from = 0; from < numbers.size(); from += batch) {
      const std::size_t count = std::min(batch, numbers.size() - from);
      std::vector<std::uint64_t> rows(count);
      std::iota(rows.begin(), rows.end(), from);
      std::vector<std::uint64_t> now;
      EXPECT_TRUE(ledger.check(keys_of({numbers.begin() + static_cast<std::ptrdiff_t>(from),
                                        numbers.begin() + static_cast<std::ptrdiff_t>(from + count)}),
                               rows, now));
      EXPECT_TRUE(std::is_sorted(now.begin(), now.end()));
      for (const std::uint64_t row : now) broken.insert(row);
    }
    EXPECT_TRUE(ledger.finish(broken));
    broken.for_each([&](std::uint64_t row) { found.rows.push_back(row); });
    found.spilled_bytes = ledger.spilled_bytes();
  }
  EXPECT_TRUE(files.list("spill")->empty()) << "the files are gone with the ledger";
  return found;
}

/// The same by an ordinary set.
std::vector<std::uint64_t> expected(KeyRule rule, const std::vector<std::uint64_t>& known,
                                    const std::vector<std::uint64_t>& numbers) {
  std::unordered_set<std::uint64_t> seen(known.begin(), known.end());
  std::vector<std::uint64_t> rows;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const bool breaks =
        rule == KeyRule::kUnique ? !seen.insert(numbers[row]).second : !seen.contains(numbers[row]);
    if (breaks) rows.push_back(row);
  }
  return rows;
}

TEST(KeyLedger, FindsEveryOccurrenceBehindTheFirst) {
  const Found found = find(KeyRule::kUnique, {9}, {1, 2, 1, 3, 1, 9, 2}, kPlenty);

  EXPECT_EQ(found.rows, (std::vector<std::uint64_t>{2, 4, 5, 6}));
  EXPECT_EQ(found.spilled_bytes, 0U);
}

TEST(KeyLedger, FindsEveryRowWithoutAReferencedKey) {
  const Found found = find(KeyRule::kReferenced, {1, 2}, {1, 3, 2, 3, 1}, kPlenty);

  EXPECT_EQ(found.rows, (std::vector<std::uint64_t>{1, 3}));
}

TEST(KeyLedger, FindsTheSameRowsWhateverItsMemoryIs) {
  const std::uint64_t seed = 41;
  SeededRng rng(seed);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ", round " << round);
    const KeyRule rule = round % 2 == 0 ? KeyRule::kUnique : KeyRule::kReferenced;
    const auto known = draw(rng, below(rng, 5'000), 10'000);
    const auto numbers = draw(rng, below(rng, 10'000), 1 + below(rng, 20'000));
    const std::uint64_t memory = std::uint64_t{1} << (15 + below(rng, 6));

    const Found found = find(rule, known, numbers, memory, 1 + below(rng, 3'000));

    ASSERT_EQ(found.rows, expected(rule, known, numbers)) << memory << " bytes of memory";
  }
}

TEST(KeyLedger, CutsAPartitionAgainThatIsStillTooLarge) {
  SeededRng rng(7);
  const auto numbers = draw(rng, 135'000, 2'000'000);  // about 2,040 keys a partition; 1,792 fit

  const Found found = find(KeyRule::kUnique, {}, numbers, kNoMemory, 40'000);

  EXPECT_EQ(found.rows, expected(KeyRule::kUnique, {}, numbers));
  EXPECT_GT(found.spilled_bytes, 135'000U * 24U) << "some keys were written twice";
}

TEST(KeyLedger, HoldsOneKeyOnceHoweverOftenItComes) {
  std::vector<std::uint64_t> numbers(20'000);
  std::iota(numbers.begin(), numbers.end(), 0U);
  numbers.resize(40'000, 7);  // twenty thousand times the same

  EXPECT_EQ(find(KeyRule::kUnique, {}, numbers, kNoMemory).rows.size(), 20'000U);
}

TEST(KeyLedger, StaysWithinItsMemory) {
  FakeFileSystem files;
  ASSERT_TRUE(files.create_directories("spill"));
  constexpr std::uint64_t kMemory = 1'000'000;
  KeyLedger ledger(files, KeyRule::kUnique, {.folder = "spill", .name = "key", .memory_bytes = kMemory});
  std::vector<std::uint64_t> broken;

  for (std::uint64_t row = 0; row < 60'000; ++row) {
    ASSERT_TRUE(ledger.check(std::vector{key(row)}, std::vector{row}, broken));
    ASSERT_LE(ledger.memory_bytes(), kMemory);
  }

  EXPECT_GT(ledger.spilled_bytes(), 0U);
}

TEST(KeyLedger, SaysWhenADiskIsFull) {
  FakeFileSystem files;
  ASSERT_TRUE(files.create_directories("spill"));
  KeyLedger ledger(files, KeyRule::kUnique, {.folder = "spill", .name = "key", .memory_bytes = kNoMemory});
  std::vector<std::uint64_t> rows(20'000);
  std::iota(rows.begin(), rows.end(), 0U);
  files.set_fault([](FakeFileSystem::Verb verb, const Path&) -> std::optional<Error> {
    if (verb != FakeFileSystem::Verb::kAppend) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "the disk is full"};
  });

  std::vector<std::uint64_t> broken;
  const auto checked = ledger.check(keys_of(rows), rows, broken);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, "the disk is full");
}

TEST(KeyLedger, SaysWhenAFileCannotBeReadAgain) {
  FakeFileSystem files;
  ASSERT_TRUE(files.create_directories("spill"));
  KeyLedger ledger(files, KeyRule::kUnique, {.folder = "spill", .name = "key", .memory_bytes = kNoMemory});
  std::vector<std::uint64_t> rows(20'000);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<std::uint64_t> now;
  ASSERT_TRUE(ledger.check(keys_of(rows), rows, now));
  files.set_fault([](FakeFileSystem::Verb verb, const Path&) -> std::optional<Error> {
    if (verb != FakeFileSystem::Verb::kRead) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "the disk is gone"};
  });

  RowSet broken;
  const auto finished = ledger.finish(broken);

  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message, "the disk is gone");
}

}  // namespace
}  // namespace haul::ingest
