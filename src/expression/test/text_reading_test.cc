// The texts that casts read, at their edges. Expected values are DuckDB 1.5.5's.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/civil_time.h"
#include "kernels/interval_math.h"
#include "kernels/parse_number.h"
#include "kernels/parse_time.h"

namespace haul::expression {
namespace {

template <class T>
std::string read_integer(std::string_view text) {
  T number = 0;
  return parse_integer(text, &number) ? std::to_string(number) : "no number";
}

TEST(IntegerTexts, RoundFractionsAndTakeExponentsUnderscoresAndOtherRadixes) {
  EXPECT_EQ(read_integer<std::int32_t>(" 12 "), "12");
  EXPECT_EQ(read_integer<std::int32_t>("12.5"), "13");
  EXPECT_EQ(read_integer<std::int32_t>("-12.4"), "-12");
  EXPECT_EQ(read_integer<std::int32_t>("1e3"), "1000");
  EXPECT_EQ(read_integer<std::int32_t>("1_000"), "1000");
  EXPECT_EQ(read_integer<std::int32_t>("0x1F"), "31");
  EXPECT_EQ(read_integer<std::int32_t>("0b101"), "5");
}

TEST(IntegerTexts, EndAtTheLimitsOfTheirType) {
  EXPECT_EQ(read_integer<std::int8_t>("127"), "127");
  EXPECT_EQ(read_integer<std::int8_t>("127.5"), "no number");
  EXPECT_EQ(read_integer<std::int8_t>("-128"), "-128");
  EXPECT_EQ(read_integer<std::int64_t>("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(read_integer<std::int64_t>("9223372036854775808"), "no number");
}

TEST(IntegerTexts, RejectWhatIsNotWhollyANumber) {
  for (const char* text : {"", " ", "-", ".", "1e", "12abc", "1__0", "1_", "12 34"}) {
    EXPECT_EQ(read_integer<std::int32_t>(text), "no number") << text;
  }
}

TEST(FloatTexts, TakeInfinityNanAndOverflow) {
  double number = 0;

  EXPECT_TRUE(parse_float("-Infinity", &number) && number == -INFINITY);
  EXPECT_TRUE(parse_float("nan", &number) && std::isnan(number));
  EXPECT_FALSE(parse_float("1.5x", &number));
}

TEST(TimestampTexts, ReadZonesAndRefuseNamedOnes) {
  std::int64_t time = 0;
  Zone zone = Zone::kNone;

  EXPECT_TRUE(parse_timestamp("2013-01-01T05:15:00Z", true, &time, &zone));
  EXPECT_EQ(time, 1'357'017'300'000'000);
  EXPECT_TRUE(parse_timestamp("2013-01-01 05:15:00+02:00", true, &time, &zone));
  EXPECT_EQ(time, 1'357'010'100'000'000);
  EXPECT_TRUE(parse_timestamp("2013-01-01 05:15:00 Europe/Berlin", true, &time, &zone));
  EXPECT_EQ(zone, Zone::kNamed);
  EXPECT_FALSE(parse_timestamp("2013-02-30", true, &time, &zone));
}

TEST(CivilDates, GoThereAndBackOverTheWholeCalendar) {
  for (std::int64_t date = -2147483646; date <= 2147483646; date += 104'729) {
    const Civil civil = civil_of(static_cast<std::int32_t>(date));
    std::int32_t back = 0;

    ASSERT_TRUE(date_of(civil.year, civil.month, civil.day, &back)) << date;
    ASSERT_EQ(back, date);
  }
}

TEST(Intervals, AddMonthsUpToTheLastDayOfTheMonth) {
  std::int32_t date = 0;
  ASSERT_TRUE(date_of(2020, 1, 31, &date));

  ASSERT_TRUE(add(date, Interval{1, 0, 0}, &date));

  EXPECT_EQ(civil_of(date).month, 2);
  EXPECT_EQ(civil_of(date).day, 29);
}

TEST(Intervals, CompareByLengthWithMonthsOfThirtyDays) {
  EXPECT_EQ(compare({1, 0, 0}, {0, 30, 0}), 0);
  EXPECT_LT(compare({0, 0, kMicrosPerDay - 1}, {0, 1, 0}), 0);
}

}  // namespace
}  // namespace haul::expression
