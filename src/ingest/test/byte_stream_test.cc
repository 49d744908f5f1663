#include "../src/byte_stream.h"

#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "memory_file.h"

namespace haul::ingest {
namespace {

constexpr arrow::Compression::type kBoth[] = {arrow::Compression::GZIP, arrow::Compression::ZSTD};

std::string compress(arrow::Compression::type type, std::string_view text) {
  auto codec = arrow::util::Codec::Create(type).ValueOrDie();
  const auto* input = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto bytes = static_cast<std::int64_t>(text.size());
  std::string out(static_cast<std::size_t>(codec->MaxCompressedLen(bytes, input)) + 64, '\0');
  const auto used = codec->Compress(bytes, input, static_cast<std::int64_t>(out.size()),
                                    reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(static_cast<std::size_t>(used.ValueOrDie()));
  return out;
}

Result<std::string> read_all(const std::string& content, std::size_t piece, ExpansionLimits limits = {}) {
  const MemoryFile file(content);
  HAUL_TRY(stream, open_byte_stream(file, limits));
  std::string all;
  std::vector<std::byte> buffer(piece);
  while (!stream->at_end()) {
    HAUL_TRY(bytes, stream->read(buffer));
    all.append(reinterpret_cast<const char*>(buffer.data()), bytes);
  }
  EXPECT_EQ(stream->file_bytes(), content.size());
  return all;
}

std::string sample_text() {
  SeededRng rng(3);
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(below(rng, 1'000)) + ",";
  return text;
}

TEST(ByteStream, GivesAPlainFileAsItIs) {
  for (const std::size_t piece : {1U, 3U, 100U}) EXPECT_EQ(read_all("a,b\n1,2\n", piece), "a,b\n1,2\n");
  EXPECT_EQ(read_all("", 10), "");
  EXPECT_EQ(read_all("\x1F", 10), "\x1F");
}

TEST(ByteStream, DecompressesWhateverThePieces) {
  const std::string text = sample_text();
  for (const auto type : kBoth) {
    const std::string compressed = compress(type, text);
    for (const std::size_t piece : {997UL, 65'536UL, text.size() + 1}) {
      EXPECT_EQ(read_all(compressed, piece), text) << piece;
    }
  }
}

TEST(ByteStream, JoinsMembersThatFollowOneAnother) {
  for (const auto type : kBoth) {
    EXPECT_EQ(read_all(compress(type, "one\n") + compress(type, "two\n"), 2), "one\ntwo\n");
  }
}

TEST(ByteStream, RefusesACutFile) {
  const std::string text = sample_text();
  for (const auto type : kBoth) {
    const std::string compressed = compress(type, text);
    for (const std::size_t kept : {5UL, compressed.size() / 2, compressed.size() - 1}) {
      const auto read = read_all(compressed.substr(0, kept), 4'096);

      ASSERT_FALSE(read) << kept;
      EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
      EXPECT_NE(read.error().message.find("cut off"), std::string::npos) << read.error().message;
    }
  }
}

TEST(ByteStream, FindsDamageOrKeepsTheText) {
  SeededRng rng(11);
  const std::string text = sample_text().substr(0, 20'000);
  const std::string compressed = compress(arrow::Compression::GZIP, text);
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    std::string damaged = compressed;
    damaged[4 + below(rng, damaged.size() - 4)] ^= static_cast<char>(1U << below(rng, 8));

    const MemoryFile file(damaged);
    auto stream = open_byte_stream(file, {});
    ASSERT_TRUE(stream);
    std::string all(text.size() * 2, '\0');
    const auto read = (*stream)->read(std::as_writable_bytes(std::span(all)));
    if (!read) {
      ++found;
    } else {
      EXPECT_EQ(all.substr(0, *read), text);  // a flag or a time of the header
    }
  }
  EXPECT_GT(found, 80);
}

TEST(ByteStream, RefusesAFileThatGrowsWithoutEnd) {
  const std::string zeros(64U << 20U, '0');
  for (const auto type : kBoth) {
    const std::string bomb = compress(type, zeros);
    ASSERT_LT(bomb.size(), zeros.size() / 500);

    const auto read = read_all(bomb, 1U << 20U);

    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("more than 250-fold"), std::string::npos) << read.error().message;
  }
}

TEST(ByteStream, KeepsToTheLimitOfBytes) {
  const std::string compressed = compress(arrow::Compression::GZIP, sample_text());

  EXPECT_FALSE(read_all(compressed, 4'096, {.bytes_max = 10'000}));
}

}  // namespace
}  // namespace haul::ingest
