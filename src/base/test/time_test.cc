#include "haul/base/time.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "haul/base/rng.h"

namespace haul {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

std::int64_t micros(std::string_view text) { return parse_utc(text).value().count(); }

TEST(ParseUtc, ReadsEveryAcceptedSpelling) {
  const std::int64_t want = 1'357'017'300'000'000;  // 2013-01-01T05:15:00Z
  for (const std::string_view text :
       {"2013-01-01T05:15:00Z", "2013-01-01 05:15:00", "2013-01-01T05:15", "2013-01-01T05:15:00.000000Z",
        "2013-01-01T07:15:00+02:00", "2013-01-01T07:15:00+02", "2013-01-01T00:15:00-0500",
        "2013-01-01t05:15:00z"}) {
    EXPECT_EQ(micros(text), want) << text;
  }
  EXPECT_EQ(micros("1970-01-01"), 0);
}

TEST(ParseUtc, CutsFractionsToMicroseconds) {
  EXPECT_EQ(micros("1970-01-01T00:00:00.1Z"), 100'000);
  EXPECT_EQ(micros("1970-01-01T00:00:00.123456789Z"), 123'456);
}

TEST(ParseUtc, KnowsTheCalendar) {
  EXPECT_EQ(micros("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(micros("2000-02-29"), 951'782'400'000'000);
  EXPECT_TRUE(parse_utc("2024-02-29"));
  EXPECT_FALSE(parse_utc("2023-02-29"));
  EXPECT_FALSE(parse_utc("1900-02-29"));
  EXPECT_FALSE(parse_utc("2023-04-31"));
}

TEST(ParseUtc, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "2013", "2013-1-1", "2013-01-01T", "2013-01-01T24:00:00", "2013-01-01T05:60",
        "2013-01-01T05:15:60", "2013-01-01T05:15:00.", "2013-01-01T05:15:00.1234567890Z",
        "2013-01-01T05:15:00+", "2013-01-01T05:15:00+02:", "2013-01-01T05:15:00Zx", "2013-13-01",
        "2013-00-01", "2013-01-01T05:15:00+2", "x013-01-01"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
  EXPECT_EQ(parse_utc("tomorrow").error().message,
            "\"tomorrow\" is no time; write it like 2013-01-01T05:15:00Z");
}

TEST(FormatUtc, GivesBackWhatParseUtcRead) {
  SeededRng rng(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto at =
        Micros{static_cast<std::int64_t>(below(rng, 253'402'300'800'000'000ULL)) - 62'135'596'800'000'000};

    EXPECT_EQ(parse_utc(format_utc(at)).value(), at) << format_utc(at);
  }
}

TEST(ParseDuration, ReadsShortAndLongUnits) {
  const std::array<std::pair<std::string_view, Micros>, 8> cases{{{"250ms", 250ms},
                                                                  {"2s", 2s},
                                                                  {"5m", 5min},
                                                                  {"2h", 2h},
                                                                  {"7d", std::chrono::days{7}},
                                                                  {"10 seconds", 10s},
                                                                  {"1 minute", 1min},
                                                                  {"0s", 0s}}};
  for (const auto& [text, want] : cases) EXPECT_EQ(parse_duration(text).value(), want) << text;
}

TEST(ParseDuration, RefusesANumberWithoutUnitAndAUnitWithoutNumber) {
  for (const std::string_view text : {"", "5", "m", "-5m", "5 fortnights", "1.5h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace haul
