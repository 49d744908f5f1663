#include "check_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::adapters::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<CheckColumn>& columns() {
  static const std::vector<CheckColumn> kColumns{
      {"n", "n", ValueKind::kInteger}, {"w", "w", ValueKind::kNumber},
      {"t", "t", ValueKind::kText},    {"c", "c", ValueKind::kPadded},
      {"e", "e", ValueKind::kEnum},    {"b", "b", ValueKind::kBoolean},
      {"d", "d", ValueKind::kDate},    {"at", "at", ValueKind::kInstant},
      {"x", "x", ValueKind::kOther},   {"Two Words", "Two_Words", ValueKind::kInteger}};
  return kColumns;
}

std::string sql(std::string_view expression) {
  const auto read = read_check(expression, columns());
  return read ? read->sql : "refused";
}

std::vector<Fact> facts(std::string_view expression) {
  const auto read = read_check(expression, columns());
  return read ? read->facts : std::vector<Fact>();
}

/// The facts as "column kind value".
std::vector<std::string> words(std::string_view expression) {
  std::vector<std::string> out;
  for (const Fact& fact : facts(expression)) {
    std::string word = fact.column + " " + std::to_string(static_cast<int>(fact.kind)) + " " + fact.value;
    for (const std::string& value : fact.values) word += value + ";";
    out.push_back(word);
  }
  return out;
}

TEST(CheckReader, ReadsBoundsAsPostgresWritesThem) {
  EXPECT_THAT(words("(n > 0)"), ElementsAre("n 1 0"));
  EXPECT_THAT(words("((w >= ('-90'::integer)::double precision) AND (w <= (90)::double precision))"),
              ElementsAre("w 0 -90", "w 2 90"));
  EXPECT_THAT(words("((0)::numeric < w)"), ElementsAre("w 1 0"));
  EXPECT_THAT(words("(d >= '2013-01-31'::date)"), ElementsAre("d 0 2013-01-31"));
  EXPECT_THAT(words("(at < '2013-01-31 00:00:00+00'::timestamp with time zone)"),
              ElementsAre("at 3 2013-01-31T00:00:00Z"));
}

TEST(CheckReader, ReadsLengthsValuesAndPatternsOfTexts) {
  EXPECT_THAT(words("(length((t)::text) = 2)"), ElementsAre("t 4 2", "t 5 2"));
  EXPECT_THAT(words("(t <> ''::text)"), ElementsAre("t 4 1"));
  EXPECT_THAT(
      words("((t)::text = ANY ((ARRAY['PU'::character varying, 'it''s'::character varying])::text[]))"),
      ElementsAre("t 6 PU;it's;"));
  EXPECT_THAT(words("((t)::text ~ '^[A-Z]+$'::text)"), ElementsAre("t 7 ^[A-Z]+$"));
  EXPECT_THAT(words("(t IS NOT NULL)"), ElementsAre("t 8 "));
}

TEST(CheckReader, SaysTheRestInSql) {
  EXPECT_EQ(sql("((n > 0) OR (t IS NULL))"), R"((("n" > 0) OR ("t" IS NULL)))");
  EXPECT_EQ(sql("(NOT (b IS TRUE))"), R"((NOT coalesce("b", false)))");
  EXPECT_EQ(sql("(b IS NOT FALSE)"), R"(coalesce("b", true))");
  EXPECT_EQ(sql("(\"Two Words\" <> ALL (ARRAY[1, 2]))"), R"(("Two_Words" NOT IN (1, 2)))");
  EXPECT_EQ(sql("(TRIM(BOTH FROM t) <> ''::text)"), R"((trim("t", ' ') <> ''))");
  EXPECT_EQ(sql("((n * 2) <= (w + (1)::numeric))"), R"((("n" * 2) <= ("w" + 1)))");
  EXPECT_THAT(facts("((n > 0) OR (t IS NULL))"), IsEmpty());
}

TEST(CheckReader, DisregardsBlanksBehindTextsOfFixedLength) {
  EXPECT_EQ(sql("(c = ANY (ARRAY['AB'::bpchar, 'C '::bpchar]))"), R"((rtrim("c", ' ') IN ('AB', 'C')))");
  EXPECT_THAT(facts("(c = ANY (ARRAY['AB'::bpchar, 'C '::bpchar]))"), IsEmpty());
}

TEST(CheckReader, TakesLabelsOfAnEnumForEqualityAlone) {
  EXPECT_EQ(sql("(e = 'open'::tms.state)"), R"(("e" = 'open'))");
  EXPECT_EQ(sql("(e > 'open'::tms.state)"), "refused");
}

TEST(CheckReader, LetsAPartOfAConditionKeepTheWholeInSql) {
  EXPECT_THAT(facts("((n > 0) AND (n <> 7))"), IsEmpty());
  EXPECT_EQ(sql("((n > 0) AND (n <> 7))"), R"((("n" > 0) AND ("n" <> 7)))");
}

TEST(CheckReader, RefusesWhatDuckdbReadsInAnotherWay) {
  for (const auto* expression :
       {"((n / 2) > 1)", "(t < 'm'::text)", "(at <= now())", "(x = 'a'::text)",
        "(at > (d)::timestamp with time zone)", "((w)::integer = 1)", "(t ~ '\\w'::text)", "(unknown > 1)",
        "(n > 0", "(n > 'NaN'::numeric)", "my_check(n)", "CASE WHEN b THEN true ELSE false END",
        "(d > 'infinity'::date)", "((t)::character varying(3) = 'a'::text)"}) {
    EXPECT_EQ(sql(expression), "refused") << expression;
  }
}

TEST(CheckReader, NamesWhatItRefuses) {
  const auto read = read_check("my_check(n)", columns());

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("the function my_check"));
}

TEST(CheckReader, EndsInAConditionThatIsTooDeep) {
  EXPECT_EQ(sql(std::string(100'000, '(')), "refused");
  EXPECT_EQ(sql("(n > 'open"), "refused");
}

}  // namespace
}  // namespace haul::adapters::postgres
