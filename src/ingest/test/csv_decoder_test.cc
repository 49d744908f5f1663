#include <arrow/api.h>
#include <gtest/gtest.h>

#include "raw_rows.h"

namespace haul::ingest {
namespace {

const auto kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

columnar::Schema legs_schema() {
  return {.columns = {{.name = "leg_id", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                      {.name = "delay", .type = arrow::int16()},
                      {.name = "distance", .type = arrow::float64()},
                      {.name = "departed", .type = kUtc},
                      {.name = "day", .type = arrow::date32()},
                      {.name = "cost", .type = arrow::decimal128(8, 2)},
                      {.name = "cancelled", .type = arrow::boolean()},
                      {.name = "driver", .type = arrow::int32(), .privacy = columnar::Privacy::kPersonal}}};
}

FormatOptions csv(CsvOptions options = {}) { return {.format = Format::kCsv, .csv = std::move(options)}; }

std::unique_ptr<Decoder> legs_decoder(std::string_view header, CsvOptions options = {}) {
  auto decoder = Decoder::make(csv(std::move(options)), legs_schema(), header);
  EXPECT_TRUE(decoder) << decoder.error().message;
  return std::move(*decoder);
}

TEST(CsvDecoder, ReadsEveryTypeWithTheHeaderInAnyOrder) {
  const auto decoder = legs_decoder("cancelled,driver,cost,day,departed,distance,delay,leg_id");

  const auto batch = decoded(*decoder, {"true,7,12.5,2013-01-31,2013-01-31T10:00:00Z,1400.25,-11,L1"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  EXPECT_EQ(cell(batch, "leg_id", 0), "L1");
  EXPECT_EQ(cell(batch, "delay", 0), "-11");
  EXPECT_EQ(cell(batch, "distance", 0), "1400.25");
  EXPECT_EQ(cell(batch, "departed", 0), "2013-01-31 10:00:00.000000Z");
  EXPECT_EQ(cell(batch, "day", 0), "2013-01-31");
  EXPECT_EQ(cell(batch, "cost", 0), "12.50");
  EXPECT_EQ(cell(batch, "cancelled", 0), "true");
  EXPECT_EQ(cell(batch, "driver", 0), "7");
}

TEST(CsvDecoder, MakesEmptyFieldsAndTheNullTextNullUnlessQuoted) {
  const auto decoder = legs_decoder("leg_id,delay", {.null_text = "NA"});

  const auto batch = decoded(*decoder, {"L1,", "L2,NA", "\"\",5", "\"NA\",6", "NA,7"});

  ASSERT_EQ(batch.rejected.size(), 0U) << rejections(batch);
  EXPECT_EQ(cell(batch, "delay", 0), "null");
  EXPECT_EQ(cell(batch, "delay", 1), "null");
  EXPECT_EQ(cell(batch, "leg_id", 2), "");
  EXPECT_EQ(cell(batch, "leg_id", 3), "NA");
  EXPECT_EQ(cell(batch, "leg_id", 4), "null");
}

TEST(CsvDecoder, FillsAbsentOptionalColumnsAndCountsUnknownOnes) {
  const auto decoder = legs_decoder("leg_id,colour,shape");

  const auto batch = decoded(*decoder, {"L1,red,round", "L2,blue,flat"});

  EXPECT_EQ(batch.rows->num_columns(), 8);
  EXPECT_EQ(cell(batch, "delay", 1), "null");
  EXPECT_EQ(batch.unknown_fields, 4U);
}

TEST(CsvDecoder, RejectsOnlyTheRowsThatDoNotFit) {
  const auto decoder = legs_decoder("leg_id,delay,day,driver");

  const auto batch = decoded(*decoder, {"L1,1,,", "L2,late,,", "L3,40000,,", "L4,4,2013-02-30,", "L5,5",
                                        "L6,6,,,", "L7,7,,Bob Smith", "L8,8,,"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{0, 7}));
  EXPECT_EQ(rejections(batch),
            "1 type.delay: column `delay`: `late` is not an integer of 16 bits\n"
            "2 type.delay: column `delay`: `40000` is not an integer of 16 bits\n"
            "3 type.day: column `day`: `2013-02-30` is not a date (YYYY-MM-DD)\n"
            "4 decode.csv: 2 fields where the header has 4\n"
            "5 decode.csv: 5 fields where the header has 4\n"
            "6 type.driver: column `driver`: the value is not an integer of 32 bits\n");
  EXPECT_EQ(cell(batch, "leg_id", 1), "L8");
}

TEST(CsvDecoder, RejectsBrokenQuotes) {
  const auto decoder = legs_decoder("leg_id,delay");

  const auto batch = decoded(*decoder, {"\"L1,1", "\"L\"2,2", "L\"3,3", "\"L,4\",4"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{3}));
  EXPECT_EQ(batch.rejected[0].rule, "decode.csv");
  EXPECT_EQ(cell(batch, "leg_id", 0), "L,4");
}

TEST(CsvDecoder, RejectsTheRowWithABadByteAndNoOther) {
  const auto decoder = legs_decoder("leg_id,delay");

  const auto batch = decoded(*decoder, {"Zürich,1", "Z\xFCrich,2", "Gen\xC3", "\xA9ve,3", "Bern,4"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{0, 4}));
  EXPECT_EQ(batch.rejected[0].reason, "the record is not UTF-8 text");
}

TEST(CsvDecoder, RejectsACharacterThatTwoRowsShare) {
  const auto decoder = legs_decoder("leg_id,delay,colour");

  const auto batch = decoded(*decoder, {"L1,1,caf\xC3", "\xA9,2,red", "L3,3,blue"});

  EXPECT_EQ(batch.row_of, (std::vector<std::uint32_t>{2}));
}

TEST(CsvDecoder, ConvertsOneByteEncodings) {
  const auto decoder = legs_decoder("leg_id;delay", {.delimiter = ';', .encoding = "windows-1252"});

  const auto batch = decoded(*decoder, {"Z\xFCrich \x80;1", "Bern;2"});

  EXPECT_EQ(cell(batch, "leg_id", 0), "Zürich €");
  EXPECT_EQ(cell(batch, "leg_id", 1), "Bern");
}

TEST(CsvDecoder, AppliesTheSourcesTimeOffset) {
  FormatOptions options = csv();
  options.timestamp_offset = "-05:00";
  const auto decoder = Decoder::make(options, legs_schema(), "leg_id,departed");
  ASSERT_TRUE(decoder);

  const auto batch = decoded(**decoder, {"L1,2013-01-01 05:00", "L2,2013-01-01T05:00Z"});

  EXPECT_EQ(cell(batch, "departed", 0), "2013-01-01 10:00:00.000000Z");
  EXPECT_EQ(cell(batch, "departed", 1), "2013-01-01 05:00:00.000000Z");
}

TEST(CsvDecoder, TakesAByteOrderMarkAndQuotesInTheHeader) {
  const auto decoder = legs_decoder("\xEF\xBB\xBF\"leg_id\",delay");

  EXPECT_EQ(cell(decoded(*decoder, {"L1,1"}), "leg_id", 0), "L1");
}

TEST(CsvDecoder, RefusesAHeaderWithoutARequiredColumnAndNamesWhatIsNear) {
  const auto decoder = Decoder::make(csv(), legs_schema(), "leg_idd,delay");

  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(decoder.error().message.find("`leg_id`"), std::string::npos) << decoder.error().message;
  EXPECT_NE(decoder.error().message.find("`leg_idd`"), std::string::npos) << decoder.error().message;
}

TEST(CsvDecoder, RefusesAHeaderNameTwiceAndImpossibleOptions) {
  EXPECT_FALSE(Decoder::make(csv(), legs_schema(), "leg_id,delay,leg_id"));
  EXPECT_FALSE(Decoder::make(csv({.encoding = "ebcdic"}), legs_schema(), "leg_id"));
  EXPECT_FALSE(Decoder::make(csv({.delimiter = '"'}), legs_schema(), "leg_id"));
  EXPECT_FALSE(Decoder::make(csv({.delimiter = '\n'}), legs_schema(), "leg_id"));
}

TEST(CsvDecoder, DecodesBatchAfterBatch) {
  const auto decoder = legs_decoder("leg_id,delay");

  for (int round = 1; round <= 3; ++round) {
    std::vector<std::string> rows;
    for (int row = 0; row < 500 * round; ++row)
      rows.push_back("leg-" + std::to_string(row) + (row % 7 == 0 ? ",x" : ",5"));

    const auto batch = decoded(*decoder, rows);

    EXPECT_EQ(batch.row_of.front(), 1U);
    EXPECT_EQ(cell(batch, "leg_id", batch.rows->num_rows() - 1),
              "leg-" + std::to_string(batch.row_of.back()));
  }
}

TEST(CsvDecoder, DecodesNoRows) {
  const auto decoder = legs_decoder("leg_id");

  EXPECT_EQ(decoded(*decoder, {}).rows->num_rows(), 0);
}

}  // namespace
}  // namespace haul::ingest
