#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "haul/ingest/row_splitter.h"
#include "memory_file.h"

namespace haul::ingest {
namespace {

struct Elements {
  std::vector<std::string> rows;  ///< "number:element", "number:TOO LONG bytes".
  std::string error;              ///< Of the call that failed.
};

Elements elements(const std::string& content, SplitOptions options = {}) {
  const MemoryFile file(content);
  auto splitter = RowSplitter::open(file, {.format = Format::kJson}, options);
  EXPECT_TRUE(splitter);
  Elements found;
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    if (!rows) {
      EXPECT_EQ(rows.error().code, ErrorCode::kInvalidInput);
      found.error = rows.error().message;
      break;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(rows->bytes.data()), rows->bytes.size());
    for (std::size_t row = 0; row < rows->view().size(); ++row) {
      const auto begin = static_cast<std::size_t>(rows->ends[row]);
      const auto end = static_cast<std::size_t>(rows->ends[row + 1]);
      found.rows.push_back(std::to_string(rows->lines[row]) + ":" +
                           std::string(bytes.substr(begin, end - begin)));
    }
    for (const auto& row : rows->too_long)
      found.rows.push_back(std::to_string(row.line) + ":TOO LONG " + std::to_string(row.bytes));
    last = rows->last;
  }
  std::stable_sort(found.rows.begin(), found.rows.end(),
                   [](const auto& a, const auto& b) { return std::stoi(a) < std::stoi(b); });
  return found;
}

using Rows = std::vector<std::string>;

TEST(JsonArraySplitter, CutsAnArrayIntoItsElements) {
  const auto found = elements(" [ {\"a\":1},\n{\"a\":[1,{\"b\":2}]} , 7,\"x,]\" ] \n");

  EXPECT_EQ(found.rows, (Rows{"1:{\"a\":1}", "2:{\"a\":[1,{\"b\":2}]}", "3:7", "4:\"x,]\""}));
  EXPECT_EQ(found.error, "");
}

TEST(JsonArraySplitter, TakesAnEmptyArrayAndOneObject) {
  EXPECT_EQ(elements("[]").rows, Rows{});
  EXPECT_EQ(elements("[]").error, "");
  EXPECT_EQ(elements("\xEF\xBB\xBF{\"a\":1}\n").rows, Rows{"1:{\"a\":1}"});
}

TEST(JsonArraySplitter, LooksThroughBracketsAndQuotesInStrings) {
  const auto found = elements(R"([{"a":"]}\"\\"},{"b":"\\\""}])");

  EXPECT_EQ(found.rows, (Rows{R"(1:{"a":"]}\"\\"})", R"(2:{"b":"\\\""})"}));
  EXPECT_EQ(found.error, "");
}

TEST(JsonArraySplitter, GivesTheRowsBeforeTheErrorOfACutFile) {
  const auto found = elements("[{\"a\":1},{\"a\":2},{\"a\"");

  EXPECT_EQ(found.rows, (Rows{"1:{\"a\":1}", "2:{\"a\":2}", "3:{\"a\""}));
  EXPECT_EQ(found.error, "the array is not closed: the file ends after element 3");
}

TEST(JsonArraySplitter, RefusesWhatIsNoArray) {
  EXPECT_EQ(elements("a,b\n1,2\n").error, "no JSON array: the text begins with neither [ nor {");
  EXPECT_EQ(elements("[{} {}]").error, "the array needs a comma or ] after element 1, not '{'");
  EXPECT_EQ(elements("[,{}]").error, "the array needs an element after element 0, not ','");
  EXPECT_EQ(elements("[{},]").error, "the array needs an element after element 1, not ']'");
  EXPECT_EQ(elements("[{}] x").error, "text behind the array, after element 1");
  EXPECT_EQ(elements("{}\n{}").error, "text behind the object, after element 1");
  EXPECT_EQ(elements("").error, "the array is not closed: the file ends after element 0");
}

TEST(JsonArraySplitter, ReportsTooLongElements) {
  const auto found =
      elements("[1,\"" + std::string(40, 'x') + "\",2]", {.chunk_bytes = 7, .row_bytes_max = 10});

  EXPECT_EQ(found.rows, (Rows{"1:1", "2:TOO LONG 42", "3:2"}));
}

TEST(JsonArraySplitter, TakesAnyDepth) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');

  EXPECT_EQ(elements("[" + deep + "]").rows, Rows{"1:" + deep});
}

TEST(JsonArraySplitter, CutsTheSameWhateverTheChunks) {
  SeededRng rng(7);
  constexpr std::string_view kAlphabet = "[]{}\"\\,, 1a";
  for (int round = 0; round < 500; ++round) {
    std::string content = "[";
    for (auto length = below(rng, 40); length > 0; --length)
      content += kAlphabet[below(rng, kAlphabet.size())];
    content += "]";
    const auto whole = elements(content, {.row_bytes_max = 12});
    for (const std::uint32_t chunk : {1U, 2U, 3U, 7U, 16U}) {
      const auto cut = elements(content, {.chunk_bytes = chunk, .row_bytes_max = 12});
      ASSERT_EQ(cut.rows, whole.rows) << content;
      ASSERT_EQ(cut.error, whole.error) << content;
    }
  }
}

}  // namespace
}  // namespace haul::ingest
