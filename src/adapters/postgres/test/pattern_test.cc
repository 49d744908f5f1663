#include "pattern.h"

#include <gtest/gtest.h>

namespace haul::adapters::postgres {
namespace {

std::string regex(std::string_view text, Case letters = Case::kCounts) {
  return pattern_of_regex(text, letters).value_or("refused");
}
std::string like(std::string_view text, Case letters = Case::kCounts) {
  return pattern_of_like(text, letters).value_or("refused");
}

TEST(PatternOfRegex, KeepsWhatBothReadAlike) {
  EXPECT_EQ(regex("^[A-Z]{2}-[0-9]{4,6}$"), "^[A-Z]{2}-[0-9]{4,6}$");
  EXPECT_EQ(regex("^(PU|DLV)(?:-x)?\\.[a-z_]+$"), "^(PU|DLV)(?:-x)?\\.[a-z_]+$");
}

TEST(PatternOfRegex, SpellsOutWhatDiffers) {
  EXPECT_EQ(regex("^.+\\d$"), "^[\\s\\S]+[0-9]$");
  EXPECT_EQ(regex("[^]a-]"), "[^\\]a\\-]");
  EXPECT_EQ(regex("a/b"), "a\\/b");
}

TEST(PatternOfRegex, ListsBothCasesWhereCaseDoesNotCount) {
  EXPECT_EQ(regex("^[a-z0-9_]+@x$", Case::kIgnored), "^[a-zA-Z0-9_]+@[xX]$");
}

TEST(PatternOfRegex, RefusesWhatIsPostgresOwn) {
  for (const auto* text : {"\\w+", "\\ya", "[[:alpha:]]", "(?=a)", "(a)\\1", "***=a", "(?i)a", "[A-z]", "a{",
                           "", "a{2000}", "(a{100}){100}", "[a", "a\\"}) {
    EXPECT_EQ(regex(text), "refused") << text;
  }
}

TEST(PatternOfLike, SaysTheSameAsAPattern) {
  EXPECT_EQ(like("SH%"), "^SH");
  EXPECT_EQ(like("%SH"), "SH$");
  EXPECT_EQ(like("%@%"), "@");
  EXPECT_EQ(like("a_c"), "^a[\\s\\S]c$");
  EXPECT_EQ(like("a%b"), "^a[\\s\\S]*b$");
  EXPECT_EQ(like("5\\%"), "^5%$");
  EXPECT_EQ(like("%"), "[\\s\\S]*");
  EXPECT_EQ(like(""), "^$");
  EXPECT_EQ(like("a.b"), "^a\\.b$");
  EXPECT_EQ(like("ab", Case::kIgnored), "^[aA][bB]$");
  EXPECT_EQ(like("a\\"), "refused");
}

}  // namespace
}  // namespace haul::adapters::postgres
