#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include "haul/adapters/posix/posix.h"
#include "haul/base/testing/file_system_contract.h"

namespace haul::testing {
namespace {

/// An empty directory that goes away with the process's other temporary files.
Path new_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "haul-posix-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

INSTANTIATE_TEST_SUITE_P(Posix, FileSystemContract, ::testing::Values([] {
                           return FileSystemUnderTest{adapters::make_posix_file_system(), new_directory()};
                         }));

TEST(PosixFileSystem, RefusesToReadADirectory) {
  const auto files = adapters::make_posix_file_system();

  const auto opened = files->open_for_read(new_directory());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
}

TEST(PosixFileSystem, SaysConflictWhereAFileStandsInADirectorysPlace) {
  const auto files = adapters::make_posix_file_system();
  const Path directory = new_directory();
  ASSERT_TRUE(write_file_atomically(*files, directory / "a", "x"));

  EXPECT_EQ(files->create_directories(directory / "a").error().code, ErrorCode::kConflict);
}

TEST(SystemRng, GivesDifferentNumbers) {
  const auto rng = adapters::make_system_rng();

  EXPECT_NE(rng->next(), rng->next());
}

TEST(SystemClock, NeverDecreasesItsSteadyTime) {
  const auto clock = adapters::make_system_clock();
  const auto first = clock->steady();

  EXPECT_LE(first, clock->steady());
  EXPECT_GT(clock->now(), IngestTime{std::chrono::hours{24 * 365 * 55}});
}

}  // namespace
}  // namespace haul::testing
