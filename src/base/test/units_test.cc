#include "haul/base/units.h"

#include <gtest/gtest.h>

namespace haul {
namespace {

TEST(ParseBytes, ReadsDecimalAndBinarySuffixes) {
  EXPECT_EQ(parse_bytes("64MB").value(), 64'000'000U);
  EXPECT_EQ(parse_bytes("512 KiB").value(), 524'288U);
  EXPECT_EQ(parse_bytes("100").value(), 100U);
}

TEST(ParseBytes, RefusesOtherSuffixesAndOverflow) {
  for (const auto* text : {"", "MB", "5 potatoes", "-1", "99999999999TB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(FormatBytes, KeepsOneDecimal) {
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1'500'000), "1.5 MB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
}

TEST(FormatCount, GroupsThousands) {
  EXPECT_EQ(format_count(7), "7");
  EXPECT_EQ(format_count(336'776), "336,776");
  EXPECT_EQ(format_count(1'000'000), "1,000,000");
}

}  // namespace
}  // namespace haul
