#include "content_coding.h"

#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include "haul/base/testing/fake_file_system.h"

namespace haul::server {
namespace {

class UnfoldTest : public ::testing::Test {
 protected:
  static std::string packed(std::string_view text, arrow::Compression::type type) {
    const auto codec = arrow::util::Codec::Create(type).ValueOrDie();
    const auto* input = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int64_t>(text.size());
    std::string out(static_cast<std::size_t>(codec->MaxCompressedLen(size, input)), '\0');
    const auto bytes = codec->Compress(size, input, static_cast<std::int64_t>(out.size()),
                                       reinterpret_cast<std::uint8_t*>(out.data()));
    out.resize(static_cast<std::size_t>(bytes.ValueOrDie()));
    return out;
  }
  Result<std::string> unfolded(std::string_view bytes, std::string_view coding, UnfoldLimits limits = {}) {
    Spool spool(*folder, 1U << 20U);
    EXPECT_TRUE(spool.append(as_bytes(bytes)));
    HAUL_TRY(body, unfold(*spool.finish(), coding, *folder, limits));
    std::string text(body->size(), '\0');
    HAUL_TRY(got, body->bytes().read_at(0, std::as_writable_bytes(std::span(text))));
    EXPECT_EQ(got, text.size());
    return text;
  }

  haul::testing::FakeFileSystem files;
  std::unique_ptr<SpoolFolder> folder = *SpoolFolder::open(files, "/spool");
  std::string rows = [] {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "{\"a\":" + std::to_string(i * 7919 % 10'007) + "}\n";
    return text;
  }();
};

TEST_F(UnfoldTest, GivesBackWhatWasPacked) {
  EXPECT_EQ(unfolded(packed(rows, arrow::Compression::GZIP), "gzip"), rows);
  EXPECT_EQ(unfolded(packed(rows, arrow::Compression::ZSTD), "zstd"), rows);
  EXPECT_EQ(unfolded(rows, ""), rows);
  EXPECT_EQ(unfolded(packed(rows, arrow::Compression::GZIP), "gzip", {.memory_max = 100}), rows);
}

TEST_F(UnfoldTest, TakesSeveralMembersForOneBody) {
  const std::string gzip = packed(rows, arrow::Compression::GZIP);
  const std::string zstd = packed(rows, arrow::Compression::ZSTD);

  EXPECT_EQ(unfolded(gzip + gzip, "gzip"), rows + rows);
  EXPECT_EQ(unfolded(zstd + zstd, "zstd"), rows + rows);
}

TEST_F(UnfoldTest, RefusesWhatIsCutOffOrFollowedBySomethingElse) {
  for (const auto& [coding, type] :
       {std::pair{"gzip", arrow::Compression::GZIP}, {"zstd", arrow::Compression::ZSTD}}) {
    const std::string whole = packed(rows, type);
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
      EXPECT_FALSE(unfolded(whole.substr(0, bytes), coding)) << coding << " cut to " << bytes;
    }
    EXPECT_FALSE(unfolded(whole + "more", coding)) << coding;
    EXPECT_FALSE(unfolded(rows, coding)) << coding;
  }
}

TEST_F(UnfoldTest, StopsABombAtItsRatioAndItsSize) {
  const std::string zeros(50'000'000, '0');

  const auto by_ratio = unfolded(packed(zeros, arrow::Compression::GZIP), "gzip");
  const auto by_size = unfolded(packed(rows, arrow::Compression::ZSTD), "zstd", {.bytes_max = 1'000});

  ASSERT_FALSE(by_ratio);
  EXPECT_NE(by_ratio.error().message.find("200 times"), std::string::npos) << by_ratio.error().message;
  ASSERT_FALSE(by_size);
  EXPECT_NE(by_size.error().message.find("1000 bytes"), std::string::npos) << by_size.error().message;
}

TEST_F(UnfoldTest, LeavesNoFileBehind) {
  EXPECT_TRUE(unfolded(packed(rows, arrow::Compression::GZIP), "gzip", {.memory_max = 100}));
  EXPECT_FALSE(unfolded(packed(rows, arrow::Compression::GZIP) + "x", "gzip", {.memory_max = 100}));

  EXPECT_TRUE(files.list("/spool")->empty());
}

}  // namespace
}  // namespace haul::server
