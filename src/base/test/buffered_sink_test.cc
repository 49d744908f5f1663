#include "haul/base/buffered_sink.h"

#include <gtest/gtest.h>

#include "haul/base/testing/fake_file_system.h"

namespace haul {
namespace {

TEST(BufferedSink, KeepsTheOrderOfAppendsOfAnySize) {
  testing::FakeFileSystem files;
  BufferedSink sink(files.open_for_write("/f", OpenMode::kCreateNew).value());
  std::string all;
  for (const std::size_t bytes : {3U, 200'000U, 100'000U, 1U, 300'000U, 0U, 262'144U, 262'145U, 5U}) {
    const std::string part(bytes, static_cast<char>('a' + all.size() % 26));
    all += part;
    ASSERT_TRUE(sink.append(as_bytes(part)));
  }

  ASSERT_TRUE(sink.sync());

  EXPECT_TRUE(files.content("/f").value() == all);
}

TEST(BufferedSink, PassesOnAFullDisk) {
  testing::FakeFileSystem files;
  BufferedSink sink(files.open_for_write("/f", OpenMode::kCreateNew).value());
  files.set_fault([](testing::FakeFileSystem::Verb verb, const Path&) -> std::optional<Error> {
    if (verb != testing::FakeFileSystem::Verb::kAppend) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "no room"};
  });

  ASSERT_TRUE(sink.append(as_bytes("kept until then")));

  EXPECT_EQ(sink.sync().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul
