#include <gtest/gtest.h>

#include "haul/edi/acknowledgement.h"
#include "interchanges.h"

namespace haul::edi {
namespace {

using Lines = std::vector<std::string>;

const Micros kAt = *parse_utc("2024-03-01T15:04:05Z");
const std::string kUnb = "UNB+UNOC:3+CARRIER:ZZ+HAUL:ZZ+240301:1405+REF77'";
const ReaderOptions kIftsta{.standard = Standard::kEdifact, .message = "IFTSTA"};

std::string message(std::string_view reference, std::string_view count) {
  return fmt::format(
      "UNH+{0}+IFTSTA:D:96A:UN'BGM+77+{0}+9'DTM+137:202403011400:203'CNI+1+SH1'STS+1+21'DTM+334:202403011330:"
      "203'"
      "UNT+{1}+{0}'",
      reference, count);
}

std::string contrl_of(const std::string& file) {
  const ReaderOutput output = read_all(file, kIftsta);
  EXPECT_EQ(output.ended.size(), 1U);
  return acknowledge(output.ended.at(0), {"REF77"}, kAt);
}

TEST(EdifactReader, GivesOneRowForEachStatusOfAConsignment) {
  const ReaderOutput output = read_all(kUnb +
                                           "UNH+1+IFTSTA:D:96A:UN'BGM+77+A+9'CNI+1+SH1'LOC+5+USNYC'STS+1+21'"
                                           "DTM+334:20240301:102'STS+1+31'FTX+AAI+++It?'s "
                                           "here'CNI+2+SH2'STS+1+1'UNT+11+1'UNZ+1+REF77'",
                                       kIftsta);

  const std::string heading = kUnb + "UNH+1+IFTSTA:D:96A:UN'BGM+77+A+9'";
  ASSERT_EQ(reasons(output), Lines{});
  ASSERT_EQ(output.rows.size(), 3U);
  EXPECT_EQ(output.rows[0].segment, 6U);
  EXPECT_EQ(output.rows[0].bytes, heading + "CNI+1+SH1'LOC+5+USNYC'STS+1+21'DTM+334:20240301:102'");
  EXPECT_EQ(output.rows[1].bytes, heading + "CNI+1+SH1'LOC+5+USNYC'STS+1+31'FTX+AAI+++It?'s here'");
  EXPECT_EQ(output.rows[2].bytes, heading + "CNI+2+SH2'STS+1+1'");
}

TEST(EdifactReader, GivesTheSameHoweverTheFileIsCut) {
  const std::string file = "UNA:+,? '\r\n" + kUnb +
                           "UNH+1+IFTSTA:D:96A:UN'BGM+77+A?\?'STS+1+1'FTX+A+++a?'b?\?'UNT+5+1'" +
                           message("2", "8") + "UNZ+2+REF77'\r\n" + kUnb + message("3", "7") + "UNZ+1+REF77'";
  const ReaderOutput whole = read_all(file, kIftsta);
  ASSERT_EQ(whole.rows.size(), 2U);

  for (const std::size_t piece : {1U, 2U, 5U, 64U}) {
    const ReaderOutput cut = read_all(file, kIftsta, piece);
    ASSERT_EQ(cut.rows.size(), 2U) << piece;
    for (std::size_t row = 0; row < 2; ++row) EXPECT_EQ(cut.rows[row].bytes, whole.rows[row].bytes);
    EXPECT_EQ(reasons(cut), reasons(whole));
  }
}

TEST(EdifactReader, LooksForTheTerminatorsOfTheNextInterchangeWhereverTheFileIsCut) {
  const std::string file =
      "UNA:+,  \nUNB+UNOC:3+A+B+240301:1405+1\nFTX+without end" + kUnb + message("1", "7") + "UNZ+1+REF77'\n";
  const ReaderOutput whole = read_all(file, kIftsta);
  ASSERT_EQ(whole.rows.size(), 1U);
  ASSERT_EQ(whole.ended.size(), 2U);

  for (const std::size_t piece : {1U, 7U, 64U}) {
    const ReaderOutput cut = read_all(file, kIftsta, piece);

    ASSERT_EQ(cut.rows.size(), 1U) << piece;
    EXPECT_EQ(cut.rows[0].bytes, whole.rows[0].bytes) << piece;
    EXPECT_EQ(reasons(cut), reasons(whole)) << piece;
    EXPECT_EQ(cut.ended[1].sha256, whole.ended[1].sha256) << piece;
  }
}

TEST(EdifactReader, ChecksEveryCountAndReference) {
  EXPECT_EQ(reasons(read_all(kUnb + message("1", "7") + message("2", "8") + "UNZ+2+REF77'", kIftsta)),
            (Lines{"9 decode.edifact.UNT01: UNT01 says 8 segments, there are 7"}));
  EXPECT_EQ(
      reasons(read_all(kUnb + message("1", "7") + "UNZ+2+REF78'", kIftsta)),
      (Lines{"9 decode.edifact.UNZ01: UNZ01 says 2 groups or messages, there are 1; UNZ02 is \"REF78\", "
             "the header has \"REF77\""}));
  EXPECT_EQ(reasons(read_all(kUnb + message("1", "7") + message("1", "7") + "UNZ+2+REF77'", kIftsta)),
            (Lines{"9 decode.edifact.UNH01: the control number \"1\" of UNH01 was used before"}));
}

TEST(EdifactReader, CountsGroupsWhereThereAreSome) {
  const std::string group = "UNG+IFTSTA+A+B+240301:1405+G1+UN+D:96A'" + message("1", "7") + "UNE+1+G1'";

  const ReaderOutput output = read_all(kUnb + group + "UNZ+1+REF77'", kIftsta);

  EXPECT_EQ(output.rows.size(), 1U);
  EXPECT_EQ(reasons(output), Lines{});
}

TEST(Contrl, AcknowledgesASoundInterchange) {
  EXPECT_EQ(contrl_of("UNA:+.? '" + kUnb + message("1", "7") + "UNZ+1+REF77'"),
            "UNA:+.? 'UNB+UNOC:3+HAUL:ZZ+CARRIER:ZZ+240301:1504+REF77'UNH+1+CONTRL:D:3:UN'"
            "UCI+REF77+CARRIER:ZZ+HAUL:ZZ+7'UNT+3+1'UNZ+1+REF77'");
}

TEST(Contrl, RejectsAMessageByItsReferenceAndCode) {
  const std::string contrl = contrl_of(kUnb + message("1", "7") + message("2", "8") + "UNZ+2+REF77'");

  EXPECT_NE(contrl.find("UCI+REF77+CARRIER:ZZ+HAUL:ZZ+7'UCM+2+IFTSTA:D:96A:UN+4+29+UNT+1'UNT+4+1'"),
            std::string::npos)
      << contrl;
}

TEST(Contrl, NamesTheSegmentAndTheElementInError) {
  const std::string contrl = contrl_of(
      kUnb +
      "UNH+1+IFTSTA:D:96A:UN'DTM+137:20240231:102'UNT+3+1'UNH+2+IFTSTA:D:96A:UN'BGM+77'DTM+137:2:102'"
      "UNT+4+2'UNZ+2+REF77'");

  EXPECT_NE(contrl.find("UCM+1+IFTSTA:D:96A:UN+4'UCS+2'UCD+12+1:2'UCS+2+13'UCM+2+IFTSTA:D:96A:UN+7'UCS+3'"
                        "UCD+12+1:2'UNT"),
            std::string::npos)
      << contrl;
}

TEST(Contrl, NotesAFaultOfTheInterchange) {
  const std::string contrl = contrl_of(kUnb + message("1", "7") + "UNZ+3+REF77'");

  EXPECT_NE(contrl.find("UCI+REF77+CARRIER:ZZ+HAUL:ZZ+7+29+UNZ+1'UNT"), std::string::npos) << contrl;
}

TEST(Contrl, NeverAnswersAnAcknowledgement) {
  EXPECT_EQ(contrl_of(kUnb + "UNH+1+CONTRL:D:3:UN'UCI+1+A+B+7'UNT+3+1'UNZ+1+REF77'"), "");
}

}  // namespace
}  // namespace haul::edi
