#include <arrow/table.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/batch/model_test.h"
#include "test_rows.h"

namespace haul::batch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kTest = R"(model: gold.a
given:
  silver.sites:
    - {faa: JFK}
cases:
  - name: it_counts
    given:
      silver.legs: [{leg_id: x, minutes: 12, late: true, at: '2013-01-01T10:00:00Z', note: null}]
    expect:
      - {legs: 1}
  - name: it_replaces_shared_rows
    given: {silver.sites: []}
    expect: []
)";

TEST(ModelTestFile, GivesEachCaseItsRowsAndTheSharedOnes) {
  const auto test = parse_model_test(kTest, "tests/a.yaml");

  ASSERT_TRUE(test) << test.error().message;
  ASSERT_EQ(test->cases.size(), 2U);
  EXPECT_EQ(test->model, "gold.a");
  const TestRow& leg = test->cases[0].given.at("silver.legs").rows.at(0);
  EXPECT_EQ(leg.at("minutes"), "12");
  EXPECT_EQ(leg.at("late"), "true");
  EXPECT_EQ(leg.at("note"), std::nullopt);
  EXPECT_EQ(test->cases[0].given.at("silver.sites").rows.size(), 1U);
  EXPECT_EQ(test->cases[1].given.at("silver.sites").rows.size(), 0U);
  EXPECT_EQ(to_string(test->cases[0].place), "tests/a.yaml:6:11");
}

TEST(ModelTestFile, RejectsWhatItCannotReadWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"cases: []", "needs the key `model`"},
      {"model: gold.a\ncases: []", "2:8: expected at least one case"},
      {"model: gold.a\ncases: [{name: x, given: {}, expects: []}]", "expects"},
      {"model: gold.a\ncases: [{name: x, given: {a.b: 1}, expect: []}]", "2:32: expected a list of rows"},
      {"model: gold.a\ncases: [{name: x, given: {a.b: [{c: [1]}]}, expect: []}]", "expected one value"},
      {"model: gold.a\ncases: [{name: x, given: {}, expect: []}, {name: x, given: {}, expect: []}]",
       "the case x stands twice"},
  };
  for (const auto& [text, expected] : cases) {
    const auto test = parse_model_test(text, "tests/a.yaml");

    ASSERT_FALSE(test) << text;
    EXPECT_THAT(test.error().message, HasSubstr(expected)) << text;
  }
}

columnar::Schema columns() {
  return {{{.name = "minutes", .type = arrow::int16()},
           {.name = "at", .type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
           {.name = "share", .type = arrow::float64()},
           {.name = "day", .type = arrow::date32()}}};
}

TEST(TestRows, BecomeATableOfTheColumnsTypes) {
  const TestRows rows{.rows = {{{"minutes", "-3"}, {"at", "2013-01-01 10:00"}},
                               {{"share", "0.5"}, {"day", "2013-01-31"}, {"minutes", std::nullopt}}},
                      .place = {}};

  const auto table = to_table(rows, columns());

  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(to_lines(**table, {"minutes", "share", "day"}),
              ElementsAre("minutes=-3, share=NULL, day=NULL", "minutes=NULL, share=0.5, day=2013-01-31"));
}

TEST(TestRows, RejectAColumnOrAValueThatDoesNotFit) {
  const SourcePlace place{.file = "tests/a.yaml", .line = 4, .column = 7};

  const auto column = to_table({.rows = {{{"minute", "1"}}}, .place = place}, columns());
  const auto value = to_table({.rows = {{{"minutes", "40000"}}}, .place = place}, columns());

  ASSERT_FALSE(column);
  EXPECT_EQ(column.error().message, "tests/a.yaml:4:7: there is no column minute; did you mean minutes?");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "tests/a.yaml:4:7: `40000` is no value of minutes, whose type is int16");
}

}  // namespace
}  // namespace haul::batch
