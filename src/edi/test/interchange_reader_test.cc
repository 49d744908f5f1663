#include "haul/edi/interchange_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "interchanges.h"

namespace haul::edi {
namespace {

using Lines = std::vector<std::string>;

const std::string kHeads = isa() + "GS*QM*SWFT*HAULSHIPPER*20240301*1405*77*X*004010~";

Lines rows(const ReaderOutput& output) {
  Lines lines;
  for (const Row& row : output.rows) {
    std::string text = row.bytes;
    if (text.starts_with(kHeads)) text.replace(0, kHeads.size(), "<heads>");
    lines.push_back(std::to_string(row.segment) + " " + text);
  }
  return lines;
}

TEST(InterchangeReader, GivesOneRowForEachStatusWithItsHeading) {
  const std::string transaction =
      "ST*214*0001~B10*PRO123*SH1*SWFT~L11*55*BM~LX*1~AT7*X1*NS***20240301*1330*ET~MS1*Reno*NV*US~"
      "AT7*D1*NS***20240301*1500*ET~MS1*Elko*NV*US~L11*9*QN~ZZ9*kept~LX*2~AT7*AF*NS***20240302*0700*ET~"
      "SE*13*0001~";

  const ReaderOutput output = read_all(interchange(transaction));

  const std::string heading = "<heads>ST*214*0001~B10*PRO123*SH1*SWFT~L11*55*BM~";
  EXPECT_EQ(rows(output),
            (Lines{"7 " + heading + "LX*1~AT7*X1*NS***20240301*1330*ET~MS1*Reno*NV*US~L11*9*QN~ZZ9*kept~",
                   "9 " + heading + "LX*1~AT7*D1*NS***20240301*1500*ET~MS1*Elko*NV*US~L11*9*QN~ZZ9*kept~",
                   "14 " + heading + "LX*2~AT7*AF*NS***20240302*0700*ET~"}));
  EXPECT_EQ(reasons(output), Lines{});
  ASSERT_EQ(output.ended.size(), 1U);
  EXPECT_EQ(output.ended[0].control(), "000000905");
  EXPECT_EQ(output.ended[0].sender(), "SWFT");
}

TEST(InterchangeReader, GivesOneRowForEachStopWithHeadingAndSummary) {
  const std::string transaction =
      "ST*204*0001~B2**SWFT**L1**PP~B2A*00~S5*1*CL~N1*SF*Mill~S5*2*CU~N1*ST*Shop~L3*100*G~SE*9*0001~";

  const ReaderOutput output = read_all(interchange(transaction), {.message = "204"});

  const std::string heading = "<heads>ST*204*0001~B2**SWFT**L1**PP~B2A*00~";
  EXPECT_EQ(rows(output), (Lines{"6 " + heading + "S5*1*CL~N1*SF*Mill~L3*100*G~",
                                 "8 " + heading + "S5*2*CU~N1*ST*Shop~L3*100*G~"}));
}

TEST(InterchangeReader, GivesOneRowForATransactionWithoutLoops) {
  const std::string invoice = "ST*210*0001~B3**INV7*SH1*PP**20240301*12050~LX*1~L1*1***12050~SE*5*0001~";
  const std::string cancelled = "ST*204*0001~B2**SWFT**L1**PP~B2A*01~SE*4*0001~";

  EXPECT_EQ(rows(read_all(interchange(invoice), {.message = "210"})),
            (Lines{"3 <heads>ST*210*0001~B3**INV7*SH1*PP**20240301*12050~LX*1~L1*1***12050~"}));
  EXPECT_EQ(rows(read_all(interchange(cancelled), {.message = "204"})),
            (Lines{"3 <heads>ST*204*0001~B2**SWFT**L1**PP~B2A*01~"}));
}

TEST(InterchangeReader, GivesTheSameHoweverTheFileIsCut) {
  const std::string file = "junk" + interchange(status_214("0001") + status_214("0002", "5"), "2") + "\r\n" +
                           interchange(status_214("0003"), "7", "000000906") + "XX";
  const ReaderOutput whole = read_all(file);

  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 107U}) {
    const ReaderOutput cut = read_all(file, {.message = "214"}, piece);
    EXPECT_EQ(rows(cut), rows(whole)) << piece;
    EXPECT_EQ(reasons(cut), reasons(whole)) << piece;
    ASSERT_EQ(cut.ended.size(), 2U);
    EXPECT_EQ(cut.ended[0].sha256, whole.ended[0].sha256);
  }
}

TEST(InterchangeReader, TakesOtherServiceCharactersAndPaddingBetweenSegments) {
  std::string bars = interchange(status_214());
  std::replace(bars.begin(), bars.end(), '*', '|');
  std::string lines = interchange(status_214());
  std::replace(lines.begin(), lines.end(), '~', '\n');
  std::string padded;
  for (const char c : interchange(status_214()))
    padded += c == '~' ? std::string("~\r\n ") : std::string(1, c);

  for (const std::string& file :
       {bars, lines, padded, interchange(status_214()) + std::string("\x1A\0\0", 3)}) {
    const ReaderOutput output = read_all(file);
    EXPECT_EQ(output.rows.size(), 1U) << file;
    EXPECT_EQ(reasons(output), Lines{}) << file;
  }
}

TEST(InterchangeReader, EndsTheLastSegmentWithTheFile) {
  std::string file = interchange(status_214());
  file.pop_back();

  const ReaderOutput output = read_all(file);

  EXPECT_EQ(output.rows.size(), 1U);
  EXPECT_EQ(reasons(output), Lines{});
}

TEST(InterchangeReader, RefusesATransactionWithAWrongCountAndTakesItsNeighbours) {
  const ReaderOutput output =
      read_all(interchange(status_214("0001") + status_214("0002", "7") + status_214("0003"), "3"));

  EXPECT_EQ(output.rows.size(), 2U);
  EXPECT_EQ(reasons(output), (Lines{"9 decode.x12.SE01: SE01 says 7 segments, there are 6"}));
  EXPECT_EQ(output.refusals[0].head, kHeads + status_214("0002", "7"));
  EXPECT_EQ(output.refusals[0].bytes, output.refusals[0].head.size());
}

TEST(InterchangeReader, RefusesATransactionForEachFaultOfItsStructure) {
  const auto refusal_of = [](const std::string& transactions, std::string_view count = "1") {
    const ReaderOutput output = read_all(interchange(transactions, count));
    return output.refusals.empty() ? std::string() : reasons(output).front();
  };

  EXPECT_EQ(refusal_of("ST*214*0001~B10*P*S*SWFT~SE*3*0002~"),
            "3 decode.x12.SE02: SE02 is \"0002\", the header has \"0001\"");
  EXPECT_EQ(refusal_of("ST*214*0001~B10*P*S*SWFT~"), "3 decode.x12.SE: the trailer SE is missing");
  EXPECT_EQ(refusal_of("ST*990*0001~B1*SWFT*S*20240301*A~SE*3*0001~"),
            "3 decode.x12.ST01: ST01 is \"990\", this source takes 214");
  EXPECT_EQ(refusal_of("ST**0001~SE*2*0001~"), "3 decode.x12.ST01: ST01 names no kind of message");
  EXPECT_EQ(refusal_of("ST*214~SE*2*~"), "3 decode.x12.ST02: ST02 holds no control number");
  EXPECT_EQ(refusal_of("ST*214*0001~LX*1~SE*3*0001~"),
            "3 decode.x12.B10: the mandatory segment B10 is missing");
  EXPECT_EQ(refusal_of(status_214("0001") + status_214("0001"), "2"),
            "9 decode.x12.ST02: the control number \"0001\" of ST02 was used before");
}

TEST(InterchangeReader, NotesAnElementInErrorAndKeepsTheTransaction) {
  const ReaderOutput output =
      read_all(interchange("ST*214*0001~B10*P*S~LX*1~AT7*X1*NS***20240231*2561*ET~SE*5*0001~"));

  EXPECT_EQ(output.rows.size(), 1U);
  EXPECT_EQ(reasons(output), Lines{});
  const std::vector<Problem>& problems = output.ended[0].groups[0].transactions[0].problems;
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(reason_of(problems[0]), "B1003 in segment 2 is mandatory and empty");
  EXPECT_EQ(reason_of(problems[1]), "AT705 in segment 4: \"20240231\" is no date");
  EXPECT_EQ(reason_of(problems[2]), "AT706 in segment 4: \"2561\" is no time");
}

TEST(InterchangeReader, RefusesAGroupTrailerThatCountsWrongAndKeepsItsTransactions) {
  const ReaderOutput output = read_all(interchange(status_214(), "5"));

  EXPECT_EQ(output.rows.size(), 1U);
  EXPECT_EQ(reasons(output), (Lines{"9 decode.x12.GE01: GE01 says 5 transaction sets, there are 1"}));
  EXPECT_EQ(output.refusals[0].head, kHeads + "GE*5*77~");
}

TEST(InterchangeReader, RefusesTrailersThatAreMissingOrContradictTheirHeaders) {
  const std::string body = kHeads + status_214();

  EXPECT_EQ(reasons(read_all(body)),
            (Lines{"9 decode.x12.GE: the trailer GE is missing; the trailer IEA is missing"}));
  EXPECT_EQ(reasons(read_all(body + "GE*1*77~")), (Lines{"10 decode.x12.IEA: the trailer IEA is missing"}));
  EXPECT_EQ(reasons(read_all(body + "IEA*1*000000905~")),
            (Lines{"9 decode.x12.GE: the trailer GE is missing"}));
  EXPECT_EQ(
      reasons(read_all(body + "GE*1*78~IEA*2*000000904~")),
      (Lines{"9 decode.x12.GE02: GE02 is \"78\", the header has \"77\"",
             "10 decode.x12.IEA01: IEA01 says 2 groups, there are 1; IEA02 is \"000000904\", the header "
             "has \"000000905\""}));
}

TEST(InterchangeReader, KeepsASegmentThatShowsFaultsOfTwoLevels) {
  const ReaderOutput ended = read_all(kHeads + status_214() + "IEA*1*000000906~");
  const std::string again = "GS*QM*SWFT*HAULSHIPPER*20240301*1405*77*X*004010~";
  const ReaderOutput grouped = read_all(kHeads + status_214() + again + "GE*0*77~IEA*2*000000905~");

  ASSERT_EQ(ended.refusals.size(), 1U);
  EXPECT_EQ(ended.refusals[0].head, kHeads + "IEA*1*000000906~");
  EXPECT_EQ(ended.refusals[0].bytes, ended.refusals[0].head.size());
  ASSERT_EQ(grouped.refusals.size(), 1U);
  EXPECT_EQ(grouped.refusals[0].head, kHeads + again);
}

TEST(InterchangeReader, TakesTheNextInterchangeWhereTheLastHasNoEnd) {
  const std::string cut = interchange(status_214("0001") + "ST*214*0002~B10*P*S*SW", "2");
  const std::string begun = cut.substr(0, cut.find("GE*2"));

  const ReaderOutput output = read_all(begun + "\r\n" + interchange(status_214("0009"), "1", "000000906"));

  EXPECT_EQ(output.ended.size(), 2U);
  ASSERT_EQ(output.rows.size(), 2U);
  EXPECT_EQ(output.rows[1].bytes.substr(0, 106), isa("000000906"));
  EXPECT_EQ(reasons(output),
            (Lines{"9 decode.x12.SE: the trailer SE is missing",
                   "11 decode.x12.GE: the trailer GE is missing; the trailer IEA is missing"}));
}

TEST(InterchangeReader, StartsAfreshAtAnIsaWhereASegmentWouldBegin) {
  const std::string open = kHeads + status_214("0001");

  const ReaderOutput output = read_all(open + interchange(status_214("0009"), "1", "000000906"));

  EXPECT_EQ(output.rows.size(), 2U);
  EXPECT_EQ(reasons(output),
            (Lines{"9 decode.x12.GE: the trailer GE is missing; the trailer IEA is missing"}));
}

TEST(InterchangeReader, RefusesBytesThatAreNoInterchangeAsOnePiece) {
  const ReaderOutput output = read_all("hello\nworld " + interchange(status_214()) + "bye");

  EXPECT_EQ(output.rows.size(), 1U);
  ASSERT_EQ(output.refusals.size(), 2U);
  EXPECT_EQ(output.refusals[0].head, "hello\nworld ");
  EXPECT_EQ(output.refusals[0].rule, "decode.x12.ISA");
  EXPECT_EQ(output.refusals[1].head, "bye");
}

TEST(InterchangeReader, RefusesSegmentsOutsideOfATransaction) {
  const ReaderOutput output = read_all(kHeads + "B10*1~AT7*2~" + status_214() + "GE*1*77~IEA*1*000000905~");

  EXPECT_EQ(output.rows.size(), 1U);
  ASSERT_EQ(reasons(output),
            (Lines{"3 decode.x12.sequence: the segment B10 stands outside of a transaction"}));
  EXPECT_EQ(output.refusals[0].head, kHeads + "B10*1~AT7*2~");
}

TEST(InterchangeReader, BoundsATransactionThatIsTooLong) {
  std::string transaction = "ST*214*0001~";
  for (int i = 0; i < 60'000; ++i) transaction += fmt::format("K1*{:080}~", i);
  transaction += "SE*60002*0001~";

  const ReaderOutput output = read_all(interchange(transaction + status_214("0002"), "2"));

  EXPECT_EQ(output.rows.size(), 1U);
  ASSERT_EQ(output.refusals.size(), 1U);
  EXPECT_EQ(output.refusals[0].rule, "decode.row_too_long");
  EXPECT_EQ(output.refusals[0].head.size(), 1U << 20U);
  EXPECT_EQ(output.refusals[0].bytes, kHeads.size() + transaction.size());
}

TEST(InterchangeReader, RefusesATransactionWhoseRowsWouldOutgrowIt) {
  std::string transaction = "ST*214*0001~B10*P*S*SWFT~K1*" + std::string(100'000, 'x') + "~";
  for (int i = 0; i < 1'000; ++i) transaction += "AT7*X1~";
  transaction += "SE*1004*0001~";

  const ReaderOutput output = read_all(interchange(transaction + status_214("0002"), "2"));

  EXPECT_EQ(output.rows.size(), 1U);
  ASSERT_EQ(output.refusals.size(), 1U);
  EXPECT_EQ(output.refusals[0].rule, "decode.row_too_long");
}

}  // namespace
}  // namespace haul::edi
