#include <arrow/api.h>
#include <gtest/gtest.h>

#include "haul/base/rng.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"
#include "memory_file.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

columnar::Schema schema() {
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return {.columns = {{.name = "id", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                      {.name = "ts", .type = time},
                      {.name = "speed", .type = arrow::float64()},
                      {.name = "seq", .type = arrow::int32()},
                      {.name = "moving", .type = arrow::boolean()},
                      {.name = "tags", .type = arrow::list(arrow::int64())}}};
}

const std::string kJson =
    R"({"id":"e-1","ts":"2013-01-31T10:00:00Z","speed":55.25,"seq":17,"moving":true,"tags":[1,2]})"
    "\n"
    R"({"id":"e-2","ts":"2013-01-31T10:00:01Z","speed":-0.5,"seq":18,"moving":false})"
    "\n"
    R"({"id":"Zürich \u00e9 \"q\"","ts":null,"speed":1e3,"seq":-1,"x":{"y":[null,"z"]}})"
    "\n"
    R"({"id":"e-4","ts":"2013-01-31T10:00:03.250Z","speed":0,"seq":2147483647,"moving":null})"
    "\n";
const std::string kCsvText =
    "id,ts,speed,seq,moving,extra\r\n"
    "e-1,2013-01-31T10:00:00Z,55.25,17,true,\r\n"
    "\"e,2\",2013-01-31 10:00,-0.5,18,FALSE,\"two\nlines\"\r\n"
    "Zürich,,1e3,,,\"a \"\"quote\"\"\"\r\n"
    "e-4,2013-01-31T10:00:03.250Z,0,2147483647,true,x\r\n";

/// Bytes changed, cut out, doubled, put in or cut off, a few times.
std::string mutated(std::string text, Rng& rng) {
  static constexpr std::string_view kPieces[] = {
      "\"",   "\\",   "{",    "}",    "[",     ",", ":", "\n",
      "\r",   "null", "\xFF", "\xC3", "1e999", "-", ".", "99999999999999999999",
      "\"\"", "\\u",  "true"};
  for (auto changes = 1 + below(rng, 4); changes > 0 && !text.empty(); --changes) {
    const auto at = below(rng, text.size());
    const auto length = below(rng, 12);
    switch (below(rng, 6)) {
      case 0:
        text[at] = static_cast<char>(below(rng, 256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(below(rng, text.size()), length));
        break;
      case 3:
        text.insert(at, kPieces[below(rng, std::size(kPieces))]);
        break;
      case 4:
        text.insert(at, std::string(length, '\0'));
        break;
      default:
        if (below(rng, 4) == 0) text.resize(at);
    }
  }
  return text;
}

/// Sends a file through splitter, key reader and decoder: every row must come out once, decoded or rejected.
void expect_nothing_lost(const std::string& content, const FormatOptions& format, std::uint32_t chunk_bytes) {
  const MemoryFile file(content);
  const auto splitter = RowSplitter::open(file, format, {.chunk_bytes = chunk_bytes, .row_bytes_max = 120});
  if (!splitter) return;  // the header is gone: a clear error
  const auto decoder = Decoder::make(format, schema(), (*splitter)->header());
  if (!decoder) return;  // the header names other columns: a clear error
  const auto keys = KeyReader::make(format, (*splitter)->header(), {"id"});
  ASSERT_TRUE(keys);
  std::uint64_t last_line = 0;
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    ASSERT_TRUE(rows);
    std::vector<std::uint64_t> hashes;
    (*keys)->hashes(rows->view(), hashes);
    ASSERT_EQ(hashes.size(), rows->lines.size());
    const auto batch = (*decoder)->decode(rows->view());
    ASSERT_TRUE(batch);
    const auto valid = batch->rows->ValidateFull();
    ASSERT_TRUE(valid.ok()) << valid.ToString();
    std::vector<std::uint32_t> seen = batch->row_of;
    for (const RejectedRow& row : batch->rejected) {
      seen.push_back(row.row);
      ASSERT_FALSE(row.reason.empty());
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), rows->lines.size());
    for (std::uint32_t row = 0; row < seen.size(); ++row) {
      ASSERT_EQ(seen[row], row);
      ASSERT_GT(rows->lines[row], last_line);
      last_line = rows->lines[row];
    }
    last = rows->last;
  }
}

void fuzz(const std::string& original, const FormatOptions& format, std::uint64_t seed) {
  SeededRng rng(seed);
  for (int round = 0; round < 3'000; ++round) {
    const std::string content = mutated(original, rng);
    const auto chunk_bytes = static_cast<std::uint32_t>(1 + below(rng, 400));
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round) + ": " + content);
    expect_nothing_lost(content, format, chunk_bytes);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(DecoderFuzz, LosesNoRowOfADamagedJsonFile) { fuzz(kJson, {}, 1); }

TEST(DecoderFuzz, LosesNoRowOfADamagedCsvFile) { fuzz(kCsvText, {.format = Format::kCsv}, 2); }

TEST(DecoderFuzz, LosesNoRowOfADamagedLatin1File) {
  fuzz(kCsvText, {.format = Format::kCsv, .csv = {.encoding = "latin-1"}}, 3);
}

}  // namespace
}  // namespace haul::ingest
