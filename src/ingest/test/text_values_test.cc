#include "text_values.h"

#include <arrow/util/decimal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

#include "haul/base/rng.h"

namespace haul::ingest {
namespace {

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  return parse_integer(text, &value) ? std::optional(value) : std::nullopt;
}
std::optional<double> number(std::string_view text) {
  double value = 0;
  return parse_double(text, &value) ? std::optional(value) : std::nullopt;
}
std::string decimal(std::string_view text, std::int32_t precision, std::int32_t scale) {
  arrow::Decimal128 value;
  return parse_decimal(text, precision, scale, &value) ? value.ToString(scale) : "refused";
}

TEST(ParseInteger, ReadsTheWholeRangeOf64Bits) {
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("-17"), -17);
  EXPECT_EQ(integer("007"), 7);
  EXPECT_EQ(integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
}

TEST(ParseInteger, TakesAFractionOfZeros) {
  EXPECT_EQ(integer("517.0"), 517);
  EXPECT_EQ(integer("-3.000"), -3);
}

TEST(ParseInteger, RefusesOverflowAndEverythingElse) {
  for (const auto* text : {"9223372036854775808", "-9223372036854775809", "99999999999999999999", "", "-",
                           "+1", " 1", "1 ", "1.", "1.5", ".0", "1e3", "0x1", "one"}) {
    EXPECT_EQ(integer(text), std::nullopt) << text;
  }
}

TEST(ParseDouble, GivesTheNearestDoubleForAnyDigits) {
  SeededRng rng(20261123);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = below(rng, 2) == 0 ? "" : "-";
    const auto digits = 1 + below(rng, 18);
    const auto point = below(rng, digits + 1);
    for (std::uint64_t digit = 0; digit < digits; ++digit) {
      if (digit == point && digit > 0) text += '.';
      text += static_cast<char>('0' + below(rng, 10));
    }
    if (below(rng, 4) == 0) text += "e" + std::to_string(static_cast<int>(below(rng, 60)) - 30);

    const auto value = number(text);

    ASSERT_TRUE(value) << text;
    ASSERT_EQ(*value, std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(ParseDouble, KeepsTheSignOfZero) {
  EXPECT_TRUE(std::signbit(*number("-0.0")));
  EXPECT_FALSE(std::signbit(*number("0")));
}

TEST(ParseDouble, TakesWhatIsTooNearZeroAsZero) {
  for (const auto& text :
       {std::string("1e-400"), "0." + std::string(400, '0') + "1", std::string("123e-99999999999999999999"),
        "0.0" + std::string(20, '0') + "1e-330"}) {
    EXPECT_EQ(number(text), 0.0) << text;
  }
  EXPECT_TRUE(std::signbit(*number("-1e-400")));
  EXPECT_EQ(number("5e-324"), 5e-324);
}

TEST(ParseDouble, RefusesNanInfinityAndOverflow) {
  for (const auto* text :
       {"nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e99999999999999999999", "0.001e400", "",
        "-", "1..2", "1.2.3", "0x10", "1,5", " 1", "1 ", "+1", "12345678901234567890x"}) {
    EXPECT_EQ(number(text), std::nullopt) << text;
  }
}

TEST(ParseFloat, RefusesWhatOverflowsSinglePrecision) {
  float value = 0;

  EXPECT_FALSE(parse_float("1e39", &value));
  EXPECT_TRUE(parse_float("0.1", &value));
  EXPECT_EQ(value, 0.1F);
}

TEST(ParseDecimal, ScalesWithoutLoss) {
  EXPECT_EQ(decimal("12.5", 12, 2), "12.50");
  EXPECT_EQ(decimal("-7", 12, 2), "-7.00");
  EXPECT_EQ(decimal("1.230", 12, 2), "1.23");
  EXPECT_EQ(decimal("1e2", 12, 2), "100.00");
}

TEST(ParseDecimal, RefusesLostDigitsAndTooMany) {
  for (const auto* text : {"1.234", "12345678901", "abc", "", "nan", "1-2"}) {
    EXPECT_EQ(decimal(text, 12, 2), "refused") << text;
  }
}

TEST(ParseBoolean, ReadsTrueAndFalseInAnyCaseOnly) {
  bool value = false;

  EXPECT_TRUE(parse_boolean("TRUE", &value) && value);
  EXPECT_TRUE(parse_boolean("False", &value) && !value);
  EXPECT_TRUE(parse_boolean("t", &value) && value);
  EXPECT_TRUE(parse_boolean("F", &value) && !value);
  for (const auto* text : {"1", "yes", "tr", "", "truee"}) EXPECT_FALSE(parse_boolean(text, &value)) << text;
}

TEST(ParseDate, CountsDaysBeforeAndAfterTheEpoch) {
  std::int32_t days = 0;

  ASSERT_TRUE(parse_date("1970-01-02", &days));
  EXPECT_EQ(days, 1);
  ASSERT_TRUE(parse_date("1969-12-31", &days));
  EXPECT_EQ(days, -1);
  for (const auto* text : {"2013-02-30", "2013-1-1", "01/02/2013", "2013-01-01T00:00:00Z", ""}) {
    EXPECT_FALSE(parse_date(text, &days)) << text;
  }
}

TEST(ParseInstant, AppliesTheOffsetOnlyWhereTheTextHasNoZone) {
  constexpr std::int64_t kTwoHours = 7'200'000'000;
  std::int64_t micros = 0;

  ASSERT_TRUE(parse_instant("1970-01-01T02:00:01", kTwoHours, &micros));
  EXPECT_EQ(micros, 1'000'000);
  ASSERT_TRUE(parse_instant("1970-01-01T00:00:01Z", kTwoHours, &micros));
  EXPECT_EQ(micros, 1'000'000);
  ASSERT_TRUE(parse_instant("1970-01-01T00:00:01-01:00", kTwoHours, &micros));
  EXPECT_EQ(micros, 3'601'000'000);
}

TEST(ParseLocalTime, RefusesAZone) {
  std::int64_t micros = 0;

  EXPECT_TRUE(parse_local_time("1970-01-01 00:00:01", &micros));
  EXPECT_EQ(micros, 1'000'000);
  EXPECT_FALSE(parse_local_time("1970-01-01T00:00:01Z", &micros));
  EXPECT_FALSE(parse_local_time("1970-01-01T00:00:01+02:00", &micros));
}

TEST(JsonNumber, FollowsTheGrammar) {
  for (const auto* text : {"0", "-0", "10", "1.5", "1e5", "1E-5", "-1.25e+10"})
    EXPECT_TRUE(is_json_number(text)) << text;
  for (const auto* text : {"", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1 ", "NaN", "--1", "1.5.2"}) {
    EXPECT_FALSE(is_json_number(text)) << text;
  }
}

TEST(Encodings, TurnOneByteTextIntoUtf8) {
  std::string latin;
  std::string windows;
  append_as_utf8("M\xFCnchen \x80", Encoding::kLatin1, latin);
  append_as_utf8("M\xFCnchen \x80", Encoding::kWindows1252, windows);

  EXPECT_EQ(latin, "München \u0080");
  EXPECT_EQ(windows, "München €");
}

TEST(Encodings, RefuseAnUnknownName) {
  EXPECT_EQ(encoding_named("ISO-8859-1").value(), Encoding::kLatin1);
  EXPECT_EQ(encoding_named("utf-16").error().code, ErrorCode::kInvalidInput);
}

TEST(Offsets, AreReadWithTheirSign) {
  EXPECT_EQ(offset_named("UTC").value(), 0);
  EXPECT_EQ(offset_named("+02:00").value(), 7'200'000'000);
  EXPECT_EQ(offset_named("-0530").value(), -19'800'000'000);
  for (const auto* name : {"", "2", "+25:00", "Europe/Berlin", "+0a:00"})
    EXPECT_FALSE(offset_named(name)) << name;
}

TEST(QuotedValue, IsShortAndPrintable) {
  EXPECT_EQ(quoted_value("abc"), "`abc`");
  EXPECT_EQ(quoted_value("a\nb\xFF"), "`a?b?`");
  EXPECT_EQ(quoted_value(std::string(100, 'x')), "`" + std::string(64, 'x') + "...`");
  EXPECT_EQ(quoted_value("é"), "`é`");
}

}  // namespace
}  // namespace haul::ingest
