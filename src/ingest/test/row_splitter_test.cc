#include "haul/ingest/row_splitter.h"

#include <gtest/gtest.h>

#include <array>

#include "haul/base/rng.h"
#include "memory_file.h"

namespace haul::ingest {
namespace {

const FormatOptions kCsv{.format = Format::kCsv};

/// What a file was cut into: "line:row" each, "line:TOO LONG bytes" for the long ones, in order of line.
struct Cut {
  std::string header;
  std::vector<std::string> rows;
};

Cut cut(const std::string& content, const FormatOptions& format, SplitOptions options = {}) {
  const MemoryFile file(content);
  auto splitter = RowSplitter::open(file, format, options);
  EXPECT_TRUE(splitter) << splitter.error().message;
  Cut result;
  if (!splitter) return result;
  result.header = (*splitter)->header();
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    EXPECT_TRUE(rows);
    std::size_t next_long = 0;
    const auto take_long = [&](std::uint64_t before) {
      while (next_long < rows->too_long.size() && rows->too_long[next_long].line < before) {
        const auto& row = rows->too_long[next_long++];
        result.rows.push_back(std::to_string(row.line) + ":TOO LONG " + std::to_string(row.bytes) + " " +
                              row.head);
      }
    };
    for (std::size_t row = 0; row < rows->view().size(); ++row) {
      take_long(rows->lines[row]);
      const auto begin = static_cast<std::size_t>(rows->ends[row]);
      const auto bytes = static_cast<std::size_t>(rows->ends[row + 1]) - begin;
      result.rows.push_back(std::to_string(rows->lines[row]) + ":" +
                            std::string(reinterpret_cast<const char*>(rows->bytes.data()) + begin, bytes));
    }
    take_long(UINT64_MAX);
    last = rows->last;
  }
  return result;
}

using Rows = std::vector<std::string>;

TEST(RowSplitter, CutsJsonAtLineEnds) {
  EXPECT_EQ(cut("{\"a\":1}\n{\"a\":2}\n", {}).rows, (Rows{"1:{\"a\":1}", "2:{\"a\":2}"}));
}

TEST(RowSplitter, TakesAMissingLineEndCarriageReturnsAndBlankLines) {
  EXPECT_EQ(cut("a\r\n\r\n\nb\r\nc", {}).rows, (Rows{"1:a", "4:b", "5:c"}));
}

TEST(RowSplitter, SkipsAByteOrderMark) {
  EXPECT_EQ(cut("\xEF\xBB\xBF"
                "a\nb\n",
                {}, {.chunk_bytes = 1})
                .rows,
            (Rows{"1:a", "2:b"}));
  EXPECT_EQ(cut("\xEF\xBB\xBFx,y\n1,2\n", kCsv).header, "x,y");
}

TEST(RowSplitter, GivesNoRowForAnEmptyFile) { EXPECT_EQ(cut("", {}).rows, Rows{}); }

TEST(RowSplitter, GivesTheHeaderApartFromTheRows) {
  const auto file = cut("x,y\r\n1,2\r\n3,4\r\n", kCsv, {.chunk_bytes = 5});

  EXPECT_EQ(file.header, "x,y");
  EXPECT_EQ(file.rows, (Rows{"2:1,2", "3:3,4"}));
}

TEST(RowSplitter, TakesAFileWithNothingButAHeader) {
  const auto file = cut("x,y", kCsv);

  EXPECT_EQ(file.header, "x,y");
  EXPECT_EQ(file.rows, Rows{});
}

TEST(RowSplitter, RefusesCsvWithoutAnyLine) {
  for (const auto* content : {"", "\n\r\n", "\xEF\xBB\xBF"}) {
    const MemoryFile file(content);
    const auto splitter = RowSplitter::open(file, kCsv, {});

    ASSERT_FALSE(splitter);
    EXPECT_EQ(splitter.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(RowSplitter, RefusesAHeaderLongerThanARow) {
  const MemoryFile file(std::string(100, 'x') + "\n1\n");

  EXPECT_FALSE(RowSplitter::open(file, kCsv, {.row_bytes_max = 10}));
}

TEST(RowSplitter, KeepsLineEndsInsideQuotes) {
  const auto file = cut("x,y\n\"two\nlines\",\"a \"\"b\"\"\"\n3,4\n", kCsv);

  EXPECT_EQ(file.rows, (Rows{"2:\"two\nlines\",\"a \"\"b\"\"\"", "4:3,4"}));
}

TEST(RowSplitter, LetsAQuoteOpenAFieldOnlyAtItsStart) {
  EXPECT_EQ(cut("x,y\n5\" pipe,1\n6,2\n", kCsv).rows, (Rows{"2:5\" pipe,1", "3:6,2"}));
}

TEST(RowSplitter, GivesTheLastRowAsItIsWhereAQuoteStaysOpen) {
  EXPECT_EQ(cut("x,y\n1,2\n3,\"open\nmore", kCsv).rows, (Rows{"2:1,2", "3:3,\"open\nmore"}));
}

TEST(RowSplitter, ReportsTooLongRowsWithTheirBeginning) {
  const auto rows =
      cut("short\n" + std::string(30, 'l') + "\nend\n", {}, {.chunk_bytes = 8, .row_bytes_max = 10}).rows;

  EXPECT_EQ(rows, (Rows{"1:short", "2:TOO LONG 30 llllllllll", "3:end"}));
}

TEST(RowSplitter, CutsTheSameWhateverTheChunks) {
  SeededRng rng(99);
  constexpr std::string_view kAlphabet = "ab,\"\"\n\n\r";
  for (int round = 0; round < 300; ++round) {
    std::string content = "h,h2\n";
    for (auto length = below(rng, 80); length > 0; --length)
      content += kAlphabet[below(rng, kAlphabet.size())];
    for (const auto& format : {kCsv, FormatOptions{}}) {
      const auto whole = cut(content, format, {.row_bytes_max = 12}).rows;
      for (const std::uint32_t chunk : {1U, 2U, 3U, 7U, 16U}) {
        ASSERT_EQ(cut(content, format, {.chunk_bytes = chunk, .row_bytes_max = 12}).rows, whole) << content;
      }
    }
  }
}

/// 100 MB of one line, made up as it is read.
class EndlessLine final : public ReadableFile {
 public:
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const auto bytes =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size() - std::min(offset, size())));
    std::fill_n(into.begin(), bytes, std::byte{'x'});
    return bytes;
  }
  [[nodiscard]] std::uint64_t size() const override { return 100'000'000; }
};

TEST(RowSplitter, HoldsOnlyTheLimitOfAHugeLine) {
  const EndlessLine file;
  const auto splitter = RowSplitter::open(file, {}, {.chunk_bytes = 1U << 20, .row_bytes_max = 1'000});
  ASSERT_TRUE(splitter);

  std::vector<SplitRows::TooLong> found;
  for (bool last = false; !last;) {
    auto rows = (*splitter)->next();
    ASSERT_TRUE(rows);
    EXPECT_LE(rows->bytes.capacity(), (1U << 20) + 1'000);
    for (auto& row : rows->too_long) found.push_back(std::move(row));
    last = rows->last;
  }

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].bytes, 100'000'000U);
  EXPECT_EQ(found[0].head.size(), 1'000U);
}

/// Fails from its byte 100 on.
class FailingFile final : public ReadableFile {
 public:
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= 100) return fail(ErrorCode::kUnavailable, "input/output error");
    std::fill(into.begin(), into.end(), std::byte{'\n'});
    return into.size();
  }
  [[nodiscard]] std::uint64_t size() const override { return 1'000; }
};

TEST(RowSplitter, PassesOnAReadError) {
  const FailingFile file;
  const auto splitter = RowSplitter::open(file, {}, {.chunk_bytes = 100});
  ASSERT_TRUE(splitter && (*splitter)->next());

  const auto rows = (*splitter)->next();

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul::ingest
