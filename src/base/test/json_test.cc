#include "haul/base/json.h"

#include <gtest/gtest.h>

namespace haul {
namespace {

TEST(JsonString, EscapesWhatJsonDemands) {
  EXPECT_EQ(json_string("a\"b\\c\n\t"), R"("a\"b\\c\u000a\u0009")");
  EXPECT_EQ(json_string("Zürich 🚚"), "\"Zürich 🚚\"");
  EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonString, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(json_string("a\xFF"), "\"a\\ufffd\"");
  EXPECT_EQ(json_string("\xC3"), "\"\\ufffd\"");
}

TEST(Utf8Length, RefusesOverlongFormsSurrogatesAndBeyondTheEnd) {
  EXPECT_EQ(utf8_length("\xC0\x80"), 0U);
  EXPECT_EQ(utf8_length("\xE0\x80\x80"), 0U);
  EXPECT_EQ(utf8_length("\xED\xA0\x80"), 0U);
  EXPECT_EQ(utf8_length("\xF4\x90\x80\x80"), 0U);
  EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3U);
  EXPECT_EQ(utf8_length("\xF0\x9F\x9A\x9A"), 4U);
}

TEST(IsUtf8, TakesWholeCharactersOnly) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xE2\x82\xAC\xF0\x9F\x9A\x9A"));
  EXPECT_FALSE(is_utf8("a\xE2\x82"));
  EXPECT_FALSE(is_utf8("a\x80z"));
}

}  // namespace
}  // namespace haul
