#include "haul/base/testing/fake_file_system.h"

#include <gtest/gtest.h>

#include "haul/base/testing/file_system_contract.h"

namespace haul::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Fake, FileSystemContract, ::testing::Values([] {
                           FileSystemUnderTest subject{std::make_unique<FakeFileSystem>(), "/data"};
                           if (!subject.files->create_directories("/data")) std::abort();
                           return subject;
                         }));

class FakeFileSystemTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files.create_directories("/d")); }
  FakeFileSystem files;
  SeededRng rng{1};
};

TEST_F(FakeFileSystemTest, LosesBytesThatWereNotSynced) {
  auto file = files.open_for_write("/d/a", OpenMode::kCreateNew).value();
  ASSERT_TRUE(file->append(as_bytes("kept")));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(files.sync_directory("/d"));
  ASSERT_TRUE(file->append(as_bytes("lost")));

  files.cut_power(FakeFileSystem::Loss::kEverything, rng);

  EXPECT_EQ(files.content("/d/a").value(), "kept");
}

TEST_F(FakeFileSystemTest, LosesAFileWhoseDirectoryWasNotSynced) {
  auto file = files.open_for_write("/d/a", OpenMode::kCreateNew).value();
  ASSERT_TRUE(file->append(as_bytes("x")));
  ASSERT_TRUE(file->sync());

  files.cut_power(FakeFileSystem::Loss::kEverything, rng);

  EXPECT_FALSE(files.content("/d/a"));
}

TEST_F(FakeFileSystemTest, KeepsTheOldNameOfARenameThatWasNotSynced) {
  ASSERT_TRUE(write_file_atomically(files, "/d/a", "x"));
  ASSERT_TRUE(files.rename("/d/a", "/d/b"));

  files.cut_power(FakeFileSystem::Loss::kEverything, rng);

  EXPECT_EQ(files.content("/d/a").value(), "x");
  EXPECT_FALSE(files.content("/d/b"));
}

TEST_F(FakeFileSystemTest, KeepsARandomPrefixWhereThePowerCutIsRandom) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FakeFileSystem one;
    ASSERT_TRUE(one.create_directories("/d"));
    auto file = one.open_for_write("/d/a", OpenMode::kCreateNew).value();
    ASSERT_TRUE(file->append(as_bytes("ab")));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(one.sync_directory("/d"));
    ASSERT_TRUE(file->append(as_bytes("cd")));
    SeededRng seeded{seed};

    one.cut_power(FakeFileSystem::Loss::kRandom, seeded);

    sizes.insert(one.content("/d/a").value().size());
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{2, 3, 4}));
}

TEST_F(FakeFileSystemTest, RefusesFilesThatWereOpenWhenThePowerWasCut) {
  auto file = files.open_for_write("/d/a", OpenMode::kCreateNew).value();

  files.cut_power(FakeFileSystem::Loss::kEverything, rng);

  EXPECT_EQ(file->append(as_bytes("x")).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(file->sync().error().code, ErrorCode::kUnavailable);
}

TEST_F(FakeFileSystemTest, ReleasesLocksWhenThePowerIsCut) {
  auto held = files.lock("/d/lock", "one").value();

  files.cut_power(FakeFileSystem::Loss::kEverything, rng);

  EXPECT_TRUE(files.lock("/d/lock", "two"));
}

TEST_F(FakeFileSystemTest, FailsTheVerbThatAFaultNames) {
  files.set_fault([](FakeFileSystem::Verb verb, const Path&) -> std::optional<Error> {
    if (verb != FakeFileSystem::Verb::kSync) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "disk full"};
  });
  auto file = files.open_for_write("/d/a", OpenMode::kCreateNew).value();

  EXPECT_TRUE(file->append(as_bytes("x")));
  EXPECT_EQ(file->sync().error().message, "disk full");
}

}  // namespace
}  // namespace haul::testing
