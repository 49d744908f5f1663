#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/file_system.h"

namespace haul::testing {

/// What every FileSystem does. The parameter makes a file system and names a directory in it that is empty.
struct FileSystemUnderTest {
  std::unique_ptr<FileSystem> files;
  Path directory;
};
using MakeFileSystem = std::function<FileSystemUnderTest()>;

class FileSystemContract : public ::testing::TestWithParam<MakeFileSystem> {
 protected:
  FileSystemUnderTest subject = GetParam()();
  FileSystem& files = *subject.files;
  Path at(const char* name) const { return subject.directory / name; }
  void put(const char* name, std::string_view text) {
    auto file = files.open_for_write(at(name), OpenMode::kTruncate);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE((*file)->append(as_bytes(text)));
    ASSERT_TRUE((*file)->sync());
  }
};

TEST_P(FileSystemContract, ReadsBackWhatWasAppended) {
  put("a", "one");

  auto more = files.open_for_write(at("a"), OpenMode::kAppend);
  ASSERT_TRUE(more);
  ASSERT_TRUE((*more)->append(as_bytes("two")));

  EXPECT_EQ((*more)->size(), 6U);
  EXPECT_EQ(read_file(files, at("a")).value(), "onetwo");
}

TEST_P(FileSystemContract, AppendsManyPiecesInOrder) {
  std::string expected;
  std::vector<std::span<const std::byte>> pieces;
  const std::string text = "0123456789";
  for (std::size_t i = 0; i < 5'000; ++i) {  // more than one writev(2) takes
    pieces.push_back(as_bytes(text).subspan(i % 7, i % 4));
    expected += text.substr(i % 7, i % 4);
  }
  auto file = files.open_for_write(at("a"), OpenMode::kCreateNew);
  ASSERT_TRUE(file);

  ASSERT_TRUE((*file)->append_all(pieces));

  EXPECT_EQ((*file)->size(), expected.size());
  EXPECT_EQ(read_file(files, at("a")).value(), expected);
}

TEST_P(FileSystemContract, ReadsFewerBytesOnlyAtTheEnd) {
  put("a", "abcdef");
  auto file = files.open_for_read(at("a"));
  ASSERT_TRUE(file);
  std::string into(4, '.');
  const auto target = std::as_writable_bytes(std::span<char>(into));

  EXPECT_EQ((*file)->read_at(1, target).value(), 4U);
  EXPECT_EQ(into, "bcde");
  EXPECT_EQ((*file)->read_at(4, target).value(), 2U);
  EXPECT_EQ((*file)->read_at(6, target).value(), 0U);
}

TEST_P(FileSystemContract, RefusesToCreateWhatExists) {
  put("a", "x");

  const auto again = files.open_for_write(at("a"), OpenMode::kCreateNew);

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_NE(again.error().message.find("a"), std::string::npos);
}

TEST_P(FileSystemContract, SaysNotFoundForWhatIsMissing) {
  EXPECT_EQ(files.open_for_read(at("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.info(at("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.list(at("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.remove(at("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.rename(at("none"), at("b")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.truncate(at("none"), 0).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.open_for_write(at("none") / "x", OpenMode::kAppend).error().code, ErrorCode::kNotFound);
}

TEST_P(FileSystemContract, ListsFilesAndDirectoriesByName) {
  put("b", "12");
  ASSERT_TRUE(files.create_directories(at("a") / "deep"));

  const auto entries = files.list(subject.directory);

  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->at(0).name, "a");
  EXPECT_TRUE(entries->at(0).is_directory);
  EXPECT_EQ(entries->at(1).name, "b");
  EXPECT_EQ(entries->at(1).bytes, 2U);
}

TEST_P(FileSystemContract, ReplacesTheTargetOfARename) {
  put("a", "new");
  put("b", "old");

  ASSERT_TRUE(files.rename(at("a"), at("b")));

  EXPECT_EQ(read_file(files, at("b")).value(), "new");
  EXPECT_FALSE(files.open_for_read(at("a")));
}

TEST_P(FileSystemContract, TruncatesToTheGivenSize) {
  put("a", "abcdef");

  ASSERT_TRUE(files.truncate(at("a"), 2));

  EXPECT_EQ(read_file(files, at("a")).value(), "ab");
}

TEST_P(FileSystemContract, GivesALockToOneHolderAndNamesIt) {
  auto first = files.lock(at("lock"), "pid 7");
  ASSERT_TRUE(first) << first.error().message;

  const auto second = files.lock(at("lock"), "pid 8");

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_NE(second.error().message.find("pid 7"), std::string::npos) << second.error().message;
  first->reset();
  EXPECT_TRUE(files.lock(at("lock"), "pid 9"));
}

TEST_P(FileSystemContract, WritesAFileAtomically) {
  put("a", "old");

  ASSERT_TRUE(write_file_atomically(files, at("a"), "new"));

  EXPECT_EQ(read_file(files, at("a")).value(), "new");
  EXPECT_EQ(files.list(subject.directory)->size(), 1U);
}

}  // namespace haul::testing
