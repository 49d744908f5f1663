#include "haul/edi/date_time.h"

#include <gtest/gtest.h>

namespace haul::edi {
namespace {

std::string x12(std::string_view date, std::string_view time, std::string_view code) {
  std::string text = "?";
  const bool is_time = x12_time(date, time, code, &text);
  EXPECT_EQ(is_time, text != "?");
  return text;
}

std::string edifact(std::string_view value, std::string_view format) {
  std::string text = "?";
  const bool is_time = edifact_time(value, format, &text);
  EXPECT_EQ(is_time, text != "?");
  return text;
}

TEST(X12Time, TakesTheCenturyAndEveryLengthOfATime) {
  EXPECT_EQ(x12("20240229", "", ""), "2024-02-29");
  EXPECT_EQ(x12("240229", "1405", ""), "2024-02-29T14:05:00");
  EXPECT_EQ(x12("800101", "140507", ""), "1980-01-01T14:05:07");
  EXPECT_EQ(x12("790101", "1405071", ""), "2079-01-01T14:05:07.10");
  EXPECT_EQ(x12("20240229", "14050712", "UT"), "2024-02-29T14:05:07.12Z");
}

TEST(X12Time, RefusesWhatIsInNoCalendar) {
  EXPECT_EQ(x12("20230229", "", ""), "?");
  EXPECT_EQ(x12("20240230", "1405", ""), "?");
  EXPECT_EQ(x12("20240201", "2400", ""), "?");
  EXPECT_EQ(x12("20240201", "140", ""), "?");
  EXPECT_EQ(x12("20240201", "14051", ""), "?");
  EXPECT_EQ(x12("2024020", "1405", ""), "?");
  EXPECT_EQ(x12("", "1405", ""), "?");
  EXPECT_EQ(x12("20240201", "1405", "XX"), "?");
  EXPECT_EQ(x12("20240201", "1405", "25"), "?");
}

TEST(X12Time, ReadsTheTimeCodeAsAnOffset) {
  EXPECT_EQ(x12("20240115", "1200", "ES"), "2024-01-15T12:00:00-05:00");
  EXPECT_EQ(x12("20240715", "1200", "CD"), "2024-07-15T12:00:00-05:00");
  EXPECT_EQ(x12("20240715", "1200", "NT"), "2024-07-15T12:00:00-02:30");
  EXPECT_EQ(x12("20240715", "1200", "HT"), "2024-07-15T12:00:00-10:00");
  EXPECT_EQ(x12("20240715", "1200", "GM"), "2024-07-15T12:00:00Z");
  EXPECT_EQ(x12("20240715", "1200", "LT"), "2024-07-15T12:00:00");
  EXPECT_EQ(x12("20240715", "1200", "02"), "2024-07-15T12:00:00+02:00");
  EXPECT_EQ(x12("20240715", "1200", "13"), "2024-07-15T12:00:00-12:00");
  EXPECT_EQ(x12("20240715", "1200", "24"), "2024-07-15T12:00:00-01:00");
}

TEST(X12Time, ChangesToDaylightTimeWhenTheUnitedStatesDo) {
  EXPECT_EQ(x12("20240310", "0159", "ET"), "2024-03-10T01:59:00-05:00");
  EXPECT_EQ(x12("20240310", "0300", "ET"), "2024-03-10T03:00:00-04:00");
  EXPECT_EQ(x12("20241103", "0159", "PT"), "2024-11-03T01:59:00-07:00");
  EXPECT_EQ(x12("20241103", "0200", "PT"), "2024-11-03T02:00:00-08:00");
  EXPECT_EQ(x12("20060402", "0200", "CT"), "2006-04-02T02:00:00-05:00");
  EXPECT_EQ(x12("20061029", "0200", "CT"), "2006-10-29T02:00:00-06:00");
}

TEST(EdifactTime, ReadsEachFormat) {
  EXPECT_EQ(edifact("240229", "101"), "2024-02-29");
  EXPECT_EQ(edifact("290224", "2"), "2024-02-29");
  EXPECT_EQ(edifact("20240229", "102"), "2024-02-29");
  EXPECT_EQ(edifact("2402291405", "201"), "2024-02-29T14:05:00");
  EXPECT_EQ(edifact("202402291405", "203"), "2024-02-29T14:05:00");
  EXPECT_EQ(edifact("20240229140507", "204"), "2024-02-29T14:05:07");
  EXPECT_EQ(edifact("202402291405+0130", "205"), "2024-02-29T14:05:00+01:30");
  EXPECT_EQ(edifact("20240229140507-05", "208"), "2024-02-29T14:05:07-05:00");
  EXPECT_EQ(edifact("202402291405UTC", "303"), "2024-02-29T14:05:00Z");
  EXPECT_EQ(edifact("202402291405EST", "303"), "2024-02-29T14:05:00-05:00");
}

TEST(EdifactTime, GoesByTheLengthWhereNoFormatIsGiven) {
  EXPECT_EQ(edifact("20240229", ""), "2024-02-29");
  EXPECT_EQ(edifact("202402291405", ""), "2024-02-29T14:05:00");
  EXPECT_EQ(edifact("2024022914", ""), "?");
}

TEST(EdifactTime, RefusesWhatDoesNotFitItsFormat) {
  EXPECT_EQ(edifact("20240229", "203"), "?");
  EXPECT_EQ(edifact("2024022914050", "203"), "?");
  EXPECT_EQ(edifact("202402291405", "205"), "?");
  EXPECT_EQ(edifact("202402291405XYZ", "303"), "?");
  EXPECT_EQ(edifact("202402", "610"), "?");
  EXPECT_EQ(edifact("", "102"), "?");
}

}  // namespace
}  // namespace haul::edi
