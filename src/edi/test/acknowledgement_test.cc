#include "haul/edi/acknowledgement.h"

#include <gtest/gtest.h>

#include "interchanges.h"

namespace haul::edi {
namespace {

const Micros kAt = *parse_utc("2024-03-01T15:04:05Z");

std::string ack_of(const std::string& file) {
  const ReaderOutput output = read_all(file);
  EXPECT_EQ(output.ended.size(), 1U);
  return acknowledge(output.ended.at(0), {"000000905"}, kAt);
}

/// The acknowledgement without its envelope, one segment a line.
std::string body_of(const std::string& file) {
  std::string text = ack_of(file);
  text = text.substr(text.find("AK1"));
  text = text.substr(0, text.find("SE*"));
  return text;
}

TEST(Acknowledgement, AcceptsASoundInterchange) {
  EXPECT_EQ(ack_of(interchange(status_214())),
            "ISA*00*          *00*          *ZZ*HAULSHIPPER    *02*SWFT           *240301*1504*U*00401*"
            "000000905*0*P*:~"
            "GS*FA*HAULSHIPPER*SWFT*20240301*1504*77*X*004010~"
            "ST*997*0001~AK1*QM*77~AK2*214*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~"
            "GE*1*77~IEA*1*000000905~");
}

TEST(Acknowledgement, RejectsATransactionWithItsCodeAndAcceptsThePartThatIsSound) {
  EXPECT_EQ(body_of(interchange(status_214("0001") + status_214("0002", "7"), "2")),
            "AK1*QM*77~AK2*214*0001~AK5*A~AK2*214*0002~AK5*R*4~AK9*P*2*2*1~");
  EXPECT_EQ(body_of(interchange("ST*214*0001~B10*P*S*SWFT~SE*9*0002~")),
            "AK1*QM*77~AK2*214*0001~AK5*R*4*3~AK9*R*1*1*0~");
  EXPECT_EQ(body_of(interchange("ST*990*0001~B1*SWFT*S~SE*3*0001~")),
            "AK1*QM*77~AK2*990*0001~AK5*R*1~AK9*R*1*1*0~");
  EXPECT_EQ(body_of(interchange("ST*214*0001~B10*P*S*SWFT~")), "AK1*QM*77~AK2*214*0001~AK5*R*2~AK9*R*1*1*0~");
  EXPECT_EQ(body_of(interchange("ST*214~SE*2~")), "AK1*QM*77~AK2*214~AK5*R*7~AK9*R*1*1*0~");
  EXPECT_EQ(body_of(interchange("ST**1~SE*2*1~")), "AK1*QM*77~AK2**1~AK5*R*6~AK9*R*1*1*0~");
}

TEST(Acknowledgement, NamesTheSegmentAndTheElementInError) {
  EXPECT_EQ(
      body_of(interchange("ST*214*0001~B10*P*S~LX*1~AT7*X1*NS***20240231*2561*ET~SE*5*0001~")),
      "AK1*QM*77~AK2*214*0001~AK3*B10*2**8~AK4*3**1~AK3*AT7*4**8~AK4*5**8*20240231~AK4*6**9*2561~AK5*E*5~"
      "AK9*E*1*1*1~");
  EXPECT_EQ(body_of(interchange("ST*214*0001~LX*1~SE*3*0001~")),
            "AK1*QM*77~AK2*214*0001~AK3*B10*2**3~AK5*R*5~AK9*R*1*1*0~");
}

TEST(Acknowledgement, NotesTheFaultsOfAGroup) {
  EXPECT_EQ(body_of(interchange(status_214(), "5")), "AK1*QM*77~AK2*214*0001~AK5*A~AK9*E*5*1*1*5~");
  std::string other = interchange(status_214());
  other.replace(other.find("GE*1*77"), 7, "GE*1*78");
  EXPECT_EQ(body_of(other), "AK1*QM*77~AK2*214*0001~AK5*A~AK9*E*1*1*1*4~");
}

TEST(Acknowledgement, AnswersAFaultOfTheInterchangeItself) {
  std::string file = interchange(status_214());
  file.replace(file.find("IEA*1"), 5, "IEA*2");
  EXPECT_NE(ack_of(file).find("~TA1*000000905*240301*1405*E*021~GS*FA"), std::string::npos) << ack_of(file);

  file = interchange(status_214());
  file.replace(file.find("*0*P*"), 5, "*1*P*");  // asks for one
  EXPECT_NE(ack_of(file).find("~TA1*000000905*240301*1405*A*000~GS*FA"), std::string::npos) << ack_of(file);
}

TEST(Acknowledgement, NeverAnswersAnAcknowledgement) {
  std::string file = interchange("ST*997*0001~AK1*SM*1~AK9*A*1*1*1~SE*4*0001~");
  file.replace(file.find("GS*QM"), 5, "GS*FA");

  EXPECT_EQ(ack_of(file), "");
}

TEST(Acknowledgement, IsReadWithoutAFaultByTheReader) {
  const ReaderOutput output =
      read_all(ack_of(interchange(status_214("0001") + status_214("0002", "7"), "9")), {.message = "997"});

  EXPECT_EQ(reasons(output), std::vector<std::string>{});
  EXPECT_EQ(output.rows.size(), 1U);
}

}  // namespace
}  // namespace haul::edi
