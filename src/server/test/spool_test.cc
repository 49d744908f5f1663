#include "spool.h"

#include <gtest/gtest.h>

#include "haul/base/testing/fake_file_system.h"

namespace haul::server {
namespace {

using haul::testing::FakeFileSystem;

std::unique_ptr<Body> spooled(SpoolFolder& folder, std::string_view text) {
  Spool spool(folder, 0);  // nothing in memory
  EXPECT_TRUE(spool.append(as_bytes(text)));
  return *spool.finish();
}

TEST(Spool, GivesFilesOfTheirOwnToBodiesOfTwoSpoolsInOneFolder) {
  FakeFileSystem files;
  const auto received = *SpoolFolder::open(files, "/spool");
  const auto unfolded = *SpoolFolder::open(files, "/spool");
  const auto body = spooled(*received, "as received");

  const auto other = spooled(*unfolded, "unfolded, and longer");
  Spool small(*unfolded, 100);
  ASSERT_TRUE(small.append(as_bytes("in memory")));
  const auto third = *small.finish();

  EXPECT_EQ(*read_file(files, *body->file()), "as received");
  EXPECT_EQ(*read_file(files, *other->file()), "unfolded, and longer");
  EXPECT_EQ(*read_file(files, *third->file()), "in memory");
}

TEST(Spool, RemovesTheFileOfABodyWithIt) {
  FakeFileSystem files;
  const auto folder = *SpoolFolder::open(files, "/spool");

  spooled(*folder, "text").reset();

  EXPECT_TRUE(files.list("/spool")->empty());
}

}  // namespace
}  // namespace haul::server
