#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <sstream>

#include "batch_format.h"
#include "checkpoint.h"
#include "haul/base/time.h"
#include "haul/eventlog/testing/record_text.h"
#include "topic_files.h"

// The examples of docs/formats/eventlog.md, read from the page itself: what it shows is what the program
// writes.
namespace haul::eventlog::testing {
namespace {

constexpr std::string_view kLogId = "7f3e1c1a-55c2-4b0e-9d7e-0a6d1f2b3c4d";
const std::uint64_t kStream = stream_of(kLogId, "legs", PartitionId{1});
const IngestTime kAt{parse_utc("2013-01-01T10:00:00Z").value()};

/// The text between "```<label>" and "```".
std::string block(std::string_view label) {
  std::ifstream page("docs/formats/eventlog.md");
  std::stringstream text;
  text << page.rdbuf();
  const std::string all = text.str();
  const auto begin = all.find(fmt::format("\n```{}\n", label));
  EXPECT_NE(begin, std::string::npos) << label << ": run from the top of the repository";
  const auto start = all.find('\n', begin + 1) + 1;
  return all.substr(start, all.find("```", start) - start);
}

/// The bytes of "<position>  <hexadecimal pairs | 00 x count>  | <comment>" lines.
std::string bytes_of(const std::string& dump) {
  std::string bytes;
  std::istringstream lines(dump);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('|')));
    std::string word;
    words >> word;
    EXPECT_EQ(word, fmt::format("{:04x}", bytes.size())) << "positions of the page follow its bytes";
    while (words >> word) {
      std::size_t count = 1;
      if (word == "x" && words >> count) {
        bytes.append(count - 1, '\0');
        continue;
      }
      unsigned byte = 0;
      std::from_chars(word.data(), word.data() + word.size(), byte, 16);
      bytes.push_back(static_cast<char>(byte));
    }
  }
  return bytes;
}

TEST(GoldenBytes, OfABatchAreThoseOfThePage) {
  const RecordTexts texts({"N14228,UA", "", "N24211,UA"});
  const BodyPieces body = pieces_of(texts.records().ends, texts.records().bytes);
  BatchHead head;
  head.stream = kStream;
  head.first = Offset{1000};
  head.records = 3;
  head.data_bytes = 18;
  head.at = kAt;
  head.commit_start = 4096;
  head.first_position = 17;
  head.last_position = 21;
  head.producer = "legs/2013";
  head.attributes = "csv";
  head.body_crc = crc_of(body);
  std::string written(static_cast<std::size_t>(head.head_bytes()), '?');

  encode_head(head, std::as_writable_bytes(std::span<char>(written)));
  for (const auto piece : {body.ends, body.ends_padding, body.data, body.data_padding}) {
    written.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }

  EXPECT_EQ(written, bytes_of(block("batch")));
}

TEST(GoldenBytes, OfABatchAreReadBack) {
  const std::string bytes = bytes_of(block("batch"));
  const auto extent = parse_extent(as_bytes(bytes));
  ASSERT_TRUE(extent) << extent.error().message;

  const auto head = parse_head(as_bytes(bytes).first(extent->head_bytes));
  ASSERT_TRUE(head) << head.error().message;
  const auto records = parse_body(*head, as_bytes(bytes).subspan(extent->head_bytes));

  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(extent->batch_bytes, bytes.size());
  EXPECT_EQ(head->stream, kStream);
  EXPECT_EQ(head->first, Offset{1000});
  EXPECT_EQ(head->at, kAt);
  EXPECT_EQ(head->commit_start, 4096U);
  EXPECT_EQ(head->first_position, 17U);
  EXPECT_EQ(head->last_position, 21U);
  EXPECT_EQ(head->producer, "legs/2013");
  EXPECT_EQ(head->attributes, "csv");
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ(text_of(*records, 0), "N14228,UA");
  EXPECT_EQ(text_of(*records, 1), "");
  EXPECT_EQ(text_of(*records, 2), "N24211,UA");
}

TEST(GoldenBytes, OfACheckpointAreThoseOfThePage) {
  Checkpoint checkpoint;
  checkpoint.stream = kStream;
  checkpoint.offset = Offset{1003};
  checkpoint.segment = Offset{1000};
  checkpoint.covered = 256;
  checkpoint.last_at = kAt;
  checkpoint.is_sealed = true;
  checkpoint.index = {{Offset{1000}, kAt, 0}};
  checkpoint.producers["legs/2013"] = {21, Offset{1000}, kAt};
  const std::string page = bytes_of(block("checkpoint"));

  EXPECT_EQ(encode_checkpoint(checkpoint), page);

  const auto parsed = parse_checkpoint(as_bytes(page));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(encode_checkpoint(*parsed), page);
}

TEST(GoldenBytes, OfATopicsConfigurationAreThoseOfThePage) {
  const std::string page = block("topic.conf");

  EXPECT_EQ(encode_topic({"legs", 4, {}}), page);

  const auto parsed = parse_topic("legs", page);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(encode_topic(*parsed), page);
}

TEST(GoldenBytes, NameFilesByTheirOffset) {
  const Path path = segment_path("p", Offset{1000});

  EXPECT_EQ(path, "p/00000000000000001000.log");
  EXPECT_EQ(checkpoint_path("p", Offset{1003}), "p/00000000000000001003.checkpoint");
  EXPECT_EQ(classify("00000000000000001000.log").kind, PartitionFile::Kind::kSegment);
  EXPECT_EQ(classify("00000000000000001000.log").offset, Offset{1000});
  EXPECT_EQ(classify("18446744073709551615.checkpoint").kind, PartitionFile::Kind::kCheckpoint);
  for (const auto* name : {"", "0.log", "99999999999999999999.log", "0000000000000000100x.log",
                           "00000000000000001000.checkpoint.tmp", "00000000000000001000"}) {
    EXPECT_EQ(classify(name).kind, PartitionFile::Kind::kForeign) << name;
  }
}

}  // namespace
}  // namespace haul::eventlog::testing
