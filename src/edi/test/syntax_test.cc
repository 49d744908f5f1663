#include "haul/edi/syntax.h"

#include <gtest/gtest.h>

#include "interchanges.h"

namespace haul::edi {
namespace {

using State = HeaderScan::State;

TEST(Syntax, ReadsTheServiceCharactersFromTheirPlacesInTheIsa) {
  const HeaderScan scan = scan_header(Standard::kX12, isa("000000001", '|', '\n') + "GS|");

  ASSERT_EQ(scan.state, State::kFound);
  EXPECT_EQ(scan.syntax, (Syntax{Standard::kX12, '\n', '|', ':', Syntax::kNone, Syntax::kNone}));
}

TEST(Syntax, ReadsAnIsaWithOtherPaddingByItsSeparators) {
  const HeaderScan scan =
      scan_header(Standard::kX12, "ISA*00**00**02*SWFT*ZZ*HAUL*240301*1405*^*00501*000000001*0*P*>~GS*QM");

  ASSERT_EQ(scan.state, State::kFound);
  EXPECT_EQ(scan.syntax, (Syntax{Standard::kX12, '~', '*', '>', '^', Syntax::kNone}));
}

TEST(Syntax, WaitsForTheWholeHeader) {
  const std::string header = isa();

  for (std::size_t bytes = 0; bytes < header.size(); ++bytes) {
    EXPECT_EQ(scan_header(Standard::kX12, header.substr(0, bytes)).state, State::kNeedsMore) << bytes;
  }
  EXPECT_EQ(scan_header(Standard::kEdifact, "UNA:+.? ").state, State::kNeedsMore);
}

TEST(Syntax, RefusesServiceCharactersThatContradictEachOther) {
  std::string header = isa();
  header[105] = '*';
  EXPECT_EQ(scan_header(Standard::kX12, header).state, State::kBroken);
  header[105] = 'A';
  EXPECT_EQ(scan_header(Standard::kX12, header).state, State::kBroken);
  EXPECT_EQ(scan_header(Standard::kX12, "ISO*00*").state, State::kBroken);
  header[105] = '~';
  header[102] = '~';  // ISA15
  EXPECT_EQ(scan_header(Standard::kX12, header).state, State::kBroken);
  const std::string cut = "ISA*00~GS*GF*A*B*20240301*1405*77*X*004010~ST*990*0001~B1*A*B*C*D*:~";
  EXPECT_EQ(scan_header(Standard::kX12, cut).state, State::kBroken);
  EXPECT_EQ(scan_header(Standard::kEdifact, "UNA++.? 'UNB+").state, State::kBroken);
}

TEST(Syntax, TakesTheCharactersOfUnaAndElseTheDefaults) {
  const HeaderScan advised = scan_header(Standard::kEdifact, "UNA|^,\\*~\r\nUNB^UNOA|1");
  const HeaderScan plain = scan_header(Standard::kEdifact, "UNB+UNOA:1");

  ASSERT_EQ(advised.state, State::kFound);
  EXPECT_EQ(advised.syntax, (Syntax{Standard::kEdifact, '~', '^', '|', '*', '\\'}));
  EXPECT_EQ(advised.segment_begin, 11U);
  ASSERT_EQ(plain.state, State::kFound);
  EXPECT_EQ(plain.syntax, (Syntax{Standard::kEdifact, '\'', '+', ':', Syntax::kNone, '?'}));
}

TEST(Segment, HasElementsAndComponentsFromOne) {
  const Syntax syntax{Standard::kEdifact, '\'', '+', ':', Syntax::kNone, '?'};
  Segment segment;

  segment.parse("NAD+CN+4012345000018::9++Smith ?+ Sons?::Dock?'s", syntax);

  EXPECT_EQ(segment.tag(), "NAD");
  EXPECT_EQ(segment.elements(), 4U);
  EXPECT_EQ(segment.component(2, 1), "4012345000018");
  EXPECT_EQ(segment.component(2, 3), "9");
  EXPECT_EQ(segment.element(3), "");
  EXPECT_EQ(plain_text(segment.component(4, 1), syntax), "Smith + Sons:");
  EXPECT_EQ(plain_text(segment.component(4, 2), syntax), "Dock's");
  EXPECT_EQ(segment.element(9), "");
  EXPECT_EQ(segment.component(4, 9), "");
}

}  // namespace
}  // namespace haul::edi
