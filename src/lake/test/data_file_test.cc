#include "haul/lake/data_file.h"

#include <gtest/gtest.h>

#include "haul/base/hash.h"
#include "haul/base/testing/fake_file_system.h"

namespace haul::lake {
namespace {

class DataFileTest : public ::testing::Test {
 protected:
  void put(const Path& path, std::string_view text) {
    auto file = files.open_for_write(path, OpenMode::kTruncate);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append(as_bytes(text)));
  }
  std::string content = std::string(3'000'000, 'x') + "end";
  std::string name = data_file_name("9f1c", crc32c(as_bytes(content)));
  haul::testing::FakeFileSystem files;
};

TEST_F(DataFileTest, ReadsTheChecksumInItsOwnNamesOnly) {
  EXPECT_EQ(data_file_name("9f1c-2", 0x0a0b0c0dU), "part-9f1c-2.0a0b0c0d.zstd.parquet");
  EXPECT_EQ(named_crc32c("part-9f1c-2.0a0b0c0d.zstd.parquet"), 0x0a0b0c0dU);
  EXPECT_EQ(named_crc32c("part-00000-9f1c-c000.snappy.parquet"), std::nullopt);
  EXPECT_EQ(named_crc32c("part-00000-9f1c-c000.zstd.parquet"), std::nullopt);
  EXPECT_EQ(named_crc32c("part-.zstd.parquet"), std::nullopt);
  EXPECT_EQ(named_crc32c(""), std::nullopt);
}

TEST_F(DataFileTest, PassesAWholeFileAndOneOfAnotherWriter) {
  put(name, content);
  put("theirs.parquet", "anything");

  EXPECT_TRUE(verify_data_file(files, name));
  EXPECT_TRUE(verify_data_file(files, "theirs.parquet"));
}

TEST_F(DataFileTest, NamesAFileThatIsChangedOrGone) {
  std::string damaged = content;
  damaged[2'500'000] = 'y';
  put(name, damaged);

  const auto changed = verify_data_file(files, name);
  const auto gone = verify_data_file(files, "part-1.00000000.zstd.parquet");

  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(changed.error().message.find(name), std::string::npos);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

TEST_F(DataFileTest, ReadsAFileAgainOnlyWhenItChanged) {
  int reads = 0;
  files.set_fault([&](auto verb, const Path&) {
    reads += static_cast<int>(verb == haul::testing::FakeFileSystem::Verb::kRead);
    return std::optional<Error>();
  });
  put(name, content);
  DataFileVerifier verifier(files);
  ASSERT_TRUE(verifier.verify(name));
  const int first = reads;

  ASSERT_TRUE(verifier.verify(name));
  EXPECT_EQ(reads, first);

  put(name, "short");
  EXPECT_EQ(verifier.verify(name).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace haul::lake
