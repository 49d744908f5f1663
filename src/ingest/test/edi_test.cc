#include <fmt/format.h>
#include <gtest/gtest.h>

#include "haul/base/hash.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/source.h"
#include "memory_file.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

const FormatOptions k214{.format = Format::kX12, .timestamp_offset = "-08:00", .message = "214"};
const FormatOptions kIftsta{.format = Format::kEdifact, .message = "IFTSTA"};
const std::string kHeads =
    "ISA*00*          *00*          *02*SWFT           *ZZ*HAUL           "
    "*240301*1405*U*00401*000000905*0*P*:~"
    "GS*QM*SWFT*HAUL*20240301*1405*77*X*004010~";

std::string status(std::string_view control, std::string_view shipment, std::string_view time = "1330*ET") {
  return fmt::format("ST*214*{0}~B10*PRO*{1}*SWFT~LX*1~AT7*X1*NS***20240115*{2}~AT8*G*L*12.5*3~SE*6*{0}~",
                     control, shipment, time);
}

/// The rows of a file, and "line rule: reason" of those that were refused.
struct Cut {
  std::vector<std::string> rows;
  std::vector<std::uint64_t> lines;
  std::vector<std::string> refused;
};

Cut cut(const std::string& content, const FormatOptions& format) {
  const MemoryFile file(content);
  auto splitter = RowSplitter::open(file, format, {.chunk_bytes = 64});
  EXPECT_TRUE(splitter);
  Cut result;
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    EXPECT_TRUE(rows);
    const RawRows raw = rows->view();
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto begin = static_cast<std::size_t>(raw.ends[row]);
      result.rows.emplace_back(reinterpret_cast<const char*>(raw.bytes.data()) + begin,
                               static_cast<std::size_t>(raw.ends[row + 1]) - begin);
      result.lines.push_back(rows->lines[row]);
    }
    for (const auto& row : rows->too_long)
      result.refused.push_back(fmt::format("{} {}: {}", row.line, row.rule, too_long_reason(row)));
    last = rows->last;
  }
  return result;
}

const columnar::Schema kSchema{{{"shipment_id", arrow::utf8(), columnar::Presence::kRequired},
                                {"ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                {"weight", arrow::decimal128(9, 2)},
                                {"pieces", arrow::int32()},
                                {"other_segments", arrow::utf8()}}};

TEST(EdiDecoder, FillsTheColumnsOfTheContractByName) {
  const Cut file =
      cut(kHeads + status("0001", "SH1") + status("0002", "SH2", "1330") + "GE*2*77~IEA*1*000000905~", k214);
  ASSERT_EQ(file.rows.size(), 2U);
  const auto decoder = Decoder::make(k214, kSchema, {});
  ASSERT_TRUE(decoder) << decoder.error().message;

  const DecodedBatch batch = decoded(**decoder, file.rows);

  EXPECT_EQ(rejections(batch), "");
  EXPECT_EQ(cell(batch, "shipment_id", 0), "SH1");
  EXPECT_EQ(cell(batch, "ts", 0), "2024-01-15 18:30:00.000000Z");
  EXPECT_EQ(cell(batch, "ts", 1), "2024-01-15 21:30:00.000000Z");  // no time code: the source's offset
  EXPECT_EQ(cell(batch, "weight", 0), "12.50");
  EXPECT_EQ(cell(batch, "pieces", 0), "3");
  EXPECT_EQ(cell(batch, "other_segments", 0), R"([["LX","1"]])");
}

TEST(EdiDecoder, RejectsAnEventAloneForAValueThatDoesNotFit) {
  const Cut file = cut(
      kHeads + status("0001", "SH1", "2561*ET") + status("0002", "SH2") + "GE*2*77~IEA*1*000000905~", k214);
  const auto decoder = Decoder::make(k214, kSchema, {});

  std::vector<std::string> rows = file.rows;
  rows.emplace_back("ISA*");
  rows.push_back(kHeads + "ST*214*1~B10*\xFF*S*SWFT~");
  const DecodedBatch batch = decoded(**decoder, rows);

  EXPECT_EQ(rejections(batch),
            "0 type.ts: column `ts`: `20240115 2561 ET` is not a time (RFC 3339)\n"
            "2 decode.x12: the row does not begin with a readable ISA\n"
            "3 decode.x12: the event is not UTF-8 text, and declares no other encoding\n");
  EXPECT_EQ(cell(batch, "shipment_id", 0), "SH2");
}

TEST(EdiDecoder, ReadsTheEncodingThatEdifactDeclares) {
  const std::string row = "UNB+UNOC:3+A+B+240301:1405+1'UNH+1+IFTSTA:D:96A:UN'CNI+1+M\xFCnchen'";
  const auto decoder = Decoder::make(kIftsta, {{{"shipment_id", arrow::utf8()}}}, {});
  ASSERT_TRUE(decoder);

  EXPECT_EQ(cell(decoded(**decoder, {row}), "shipment_id", 0), "München");
}

TEST(EdiDecoder, RefusesAColumnThatNoFieldFeeds) {
  const auto decoder = Decoder::make(k214, {{{"shipment_idd", arrow::utf8()}}}, {});

  ASSERT_FALSE(decoder);
  EXPECT_NE(decoder.error().message.find("did you mean `shipment_id`?"), std::string::npos);
}

TEST(EdiSplitter, GivesEventsAndRefusalsWithTheirSegments) {
  const Cut file =
      cut("\xEF\xBB\xBF" + kHeads + status("0001", "SH1") + "ST*214*0002~B10*P*S*SWFT~SE*9*0002~" +
              status("0003", "SH3") + "GE*3*77~IEA*1*000000905~",
          k214);

  EXPECT_EQ(file.lines, (std::vector<std::uint64_t>{6, 15}));
  EXPECT_EQ(file.refused, (std::vector<std::string>{"9 decode.x12.SE01: SE01 says 9 segments, there are 3"}));
}

TEST(EdiKeyReader, HashesTheFieldsOfTheKey) {
  const Cut file = cut(kHeads + status("0001", "SH1") + status("0002", "SH1", "1200") +
                           status("0003", "SH2") + "GE*3*77~IEA*1*000000905~",
                       k214);
  std::vector<std::string> rows = file.rows;
  rows.emplace_back("no row");
  const auto reader = KeyReader::make(k214, {}, {"shipment_id"});
  ASSERT_TRUE(reader);
  std::vector<std::uint64_t> hashes;

  const TestRows raw(rows);
  (*reader)->hashes(raw.view(), hashes);

  const std::string key = std::string{3, 0, 0, 0} + "SH1";
  EXPECT_EQ(hashes[0], hash64(key));
  EXPECT_EQ(hashes[1], hashes[0]);
  EXPECT_NE(hashes[2], hashes[0]);
  EXPECT_EQ(hashes[3], hash64({}));
}

TEST(ParseSource, ReadsTheMessageAndTheFolderOfAnswers) {
  const auto source = parse_source(
      "source: a\ncontract: b\ndeliver: topic\nfrom: {kind: files, format: x12, message: '214'}\nkey: [x]\n"
      "acknowledge: {dir: acks}\n",
      "s.yaml");

  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->format.format, Format::kX12);
  EXPECT_EQ(source->format.message, "214");
  EXPECT_EQ(source->acknowledge_dir, "acks");
}

TEST(ParseSource, RefusesClausesThatDoNotGoWithTheFormat) {
  const auto error_of = [](const std::string& from, const std::string& rest) {
    const auto source = parse_source(
        fmt::format("source: a\ncontract: b\n{}from: {{kind: files, {}}}\n", rest, from), "s.yaml");
    return source ? std::string("none") : source.error().message;
  };
  const std::string topic = "deliver: topic\nkey: [x]\n";

  EXPECT_NE(error_of("format: x12", topic).find("214, 204, 210, 990"), std::string::npos);
  EXPECT_NE(error_of("format: x12, message: '856'", topic).find("one of: 214"), std::string::npos);
  EXPECT_NE(error_of("format: csv, message: '214'", topic).find("`format: x12`"), std::string::npos);
  EXPECT_NE(error_of("format: csv", topic + "acknowledge: {dir: a}\n").find("define answers"),
            std::string::npos);
  EXPECT_NE(error_of("format: x12, message: '214'", "deliver: table\nacknowledge: {dir: a}\n")
                .find("deliver: topic"),
            std::string::npos);
}

}  // namespace
}  // namespace haul::ingest
