#include "haul/contract/consumer.h"

#include <gtest/gtest.h>

#include "contract_text.h"

namespace haul::contract {
namespace {

Version version_of(std::string_view columns) {
  auto version = Version::parse(with_columns(columns, "v3.2.0"), "t.yaml");
  EXPECT_TRUE(version) << version.error().message;
  return *version;
}

constexpr std::string_view kColumns =
    "      - {name: code, logicalType: string, required: true, enum: [{value: A}, {value: B}]}\n"
    "      - {name: pieces, logicalType: integer}\n"
    "    quality:\n"
    "      - {id: some_pieces, type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE pieces < 1', mustBe: "
    "0}\n"
    "      - {id: few_pieces, type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE pieces > 9', mustBe: 0, "
    "severity: warning}\n"
    "slaProperties: [{property: freshness, value: 1, unit: h}]\n";

std::string unmet(std::string_view expectations, std::string_view columns = kColumns) {
  const auto consumer =
      parse_consumer("consumer: board\nowner: ops\ncontract: t\n" + std::string(expectations), "c.yaml");
  if (!consumer) return consumer.error().message;
  std::string text;
  for (const Error& error : unmet_expectations(*consumer, version_of(columns))) text += error.message + "\n";
  return text;
}

TEST(Consumer, MissesNothingThatTheContractPromises) {
  EXPECT_EQ(unmet("columns:\n"
                  "  - {name: code, type: string, required: true, values: [A, B, C]}\n"
                  "  - {name: pieces, type: integer}\n"
                  "rules: [some_pieces, t.code.required]\n"
                  "freshness: 2h\n"),
            "");
}

TEST(Consumer, SaysWhichColumnItMisses) {
  EXPECT_EQ(
      unmet("columns: [{name: peices}]\n"),
      "c.yaml:4:11: consumer board (owner ops): the contract t has no column peices; did you mean pieces?\n");
  EXPECT_EQ(
      unmet("columns: [{name: pieces, type: string, required: true}]\n"),
      "c.yaml:4:11: consumer board (owner ops): it reads pieces as string, and the contract t has integer\n"
      "c.yaml:4:11: consumer board (owner ops): it needs pieces in every row, and in the contract t it may "
      "be "
      "missing\n");
}

TEST(Consumer, SaysWhichValueItDoesNotHandle) {
  EXPECT_EQ(unmet("columns: [{name: code, values: [A]}]\n"),
            "c.yaml:4:11: consumer board (owner ops): it does not handle code = \"B\", which the contract t "
            "allows\n");
  EXPECT_EQ(unmet("columns: [{name: pieces, values: [1, 2]}]\n"),
            "c.yaml:4:11: consumer board (owner ops): it handles 2 values of pieces, and the contract t "
            "allows any\n");
}

TEST(Consumer, SaysWhichRuleItMisses) {
  EXPECT_EQ(unmet("rules: [some_peices, few_pieces]\n"),
            "c.yaml:4:9: consumer board (owner ops): the contract t has no rule some_peices; did you mean "
            "some_pieces?\n"
            "c.yaml:4:22: consumer board (owner ops): it relies on the rule few_pieces, which in the "
            "contract t only "
            "warns\n");
}

TEST(Consumer, SaysHowFreshItNeedsRows) {
  EXPECT_EQ(
      unmet("freshness: 15m\n"),
      "c.yaml:4:12: consumer board (owner ops): it needs rows within 900 s, and the contract t promises 3600 "
      "s\n");
  EXPECT_EQ(
      unmet("freshness: 15m\n", "      - {name: a, logicalType: date}\n"),
      "c.yaml:4:12: consumer board (owner ops): it needs rows within 900 s, and the contract t promises no "
      "freshness\n");
}

TEST(Consumer, IsRefusedWhereTheFileIsWrong) {
  EXPECT_EQ(unmet("colums: []\n"), "c.yaml:4:1: unknown key `colums`; did you mean `columns`?");
  EXPECT_EQ(unmet("columns: []\n"), "c.yaml:4:10: `columns` needs a list with something in it, has a list");
  EXPECT_EQ(
      unmet("columns: [{name: a, type: text}]\n"),
      "c.yaml:4:27: `type` is `text`; it is one of array, boolean, date, integer, number, object, string, "
      "timestamp");
  EXPECT_EQ(unmet("columns: [{name: a}, {name: a}]\n"),
            "c.yaml:4:22: the column a is there twice; remove one");
  EXPECT_EQ(unmet("freshness: soon\n"), "c.yaml:4:12: needs a duration such as 1h or 15m");
}

}  // namespace
}  // namespace haul::contract
