#include "haul/batch/interval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::batch {
namespace {

using std::chrono::days;
using testing::ElementsAre;

Day day(std::string_view text) { return parse_day(text).value(); }

TEST(Interval, ReadsAndWritesDaysBeforeAndAfterTheEpoch) {
  for (const char* text : {"1969-12-31", "1970-01-01", "2012-02-29", "2013-11-03"})
    EXPECT_EQ(format_day(day(text)), text);
}

TEST(Interval, RejectsWhatIsNoDay) {
  for (const char* text : {"2013-02-29", "2013-1-1", "2013-01-01T00:00:00Z", "yesterday", ""}) {
    EXPECT_FALSE(parse_day(text)) << text;
  }
}

TEST(Interval, PutsAnInstantIntoItsUtcDay) {
  EXPECT_EQ(day_of(EventTime(parse_utc("2013-01-01T23:59:59.999999Z").value())), day("2013-01-01"));
  EXPECT_EQ(day_of(EventTime(parse_utc("1969-12-31T23:59:59Z").value())), day("1969-12-31"));
}

TEST(Interval, TellsMonthsApart) {
  EXPECT_EQ(month_of(day("2013-01-31")) + 1, month_of(day("2013-02-01")));
  EXPECT_EQ(month_of(day("2012-12-31")) + 1, month_of(day("2013-01-01")));
  EXPECT_EQ(month_of(day("1970-01-15")), 0);
}

TEST(Interval, JoinsNeighboursIntoRanges) {
  const auto ranges = to_ranges({day("2013-01-01"), day("2013-01-02"), day("2013-01-31"), day("2013-02-01")});

  EXPECT_THAT(ranges, ElementsAre(DayRange{day("2013-01-01"), day("2013-01-03")},
                                  DayRange{day("2013-01-31"), day("2013-02-02")}));
  EXPECT_EQ(format_ranges(ranges), "2013-01-01..2013-01-02, 2013-01-31..2013-02-01");
  EXPECT_EQ(format_ranges(to_ranges({day("2013-01-01")})), "2013-01-01");
}

}  // namespace
}  // namespace haul::batch
