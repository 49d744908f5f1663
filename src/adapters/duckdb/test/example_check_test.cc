#include "haul/ingest/example_check.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/contract/testing/change_cases.h"

namespace haul::ingest {
namespace {

using contract::Change;
using contract::ExampleShows;
using contract::Version;
using contract::testing::ChangeCase;
using contract::testing::version_of;

const expression::SqlParser& parser() {
  static const auto kParser = adapters::duckdb::make_duckdb_sql_parser();
  return *kParser;
}

std::vector<Change> confirmed(const Version& before, const Version& after) {
  std::vector<Change> changes = contract::compare(before, after);
  const auto done = confirm_examples(changes, before.contract(), after.contract(), parser());
  EXPECT_TRUE(done) << done.error().message;
  return changes;
}

/// What can break rows one by one, and so must come with a row that shows it.
bool needs_example(const Change& change) {
  static const std::set<std::string_view> kAboutRows{
      "COLUMN_NO_DELETE",  "COLUMN_NO_ADD_REQUIRED", "COLUMN_SAME_TYPE", "COLUMN_TYPE_NO_NARROW",
      "COLUMN_NO_REQUIRE", "ENUM_VALUE_NO_DELETE",   "ENUM_NO_ADD",      "RANGE_NO_NARROW",
      "LENGTH_NO_NARROW",  "MULTIPLE_NO_TIGHTEN",    "PATTERN_SAME",     "FORMAT_SAME",
      "UNIQUE_NO_ADD",     "COLUMN_MADE_OPTIONAL",   "ENUM_VALUE_ADDED", "RANGE_WIDENED",
      "LENGTH_WIDENED",    "KEY_SAME_COLUMNS"};
  if (!kAboutRows.contains(change.rule->id)) return false;
  if (change.column == "stop") return false;       // a part of an object that nobody reads refuses no row
  if (change.column == "weight_kg") return false;  // as a text it has a condition that cannot be compiled
  const bool is_bounded = change.column == "pieces" && change.rule->id == "COLUMN_TYPE_NO_NARROW";
  return !is_bounded;  // from 1 to 100, which every integer holds
}

TEST(ExampleRows, AreTakenByTheOldContractAndRefusedByTheNewOne) {
  const Version before = version_of(contract::testing::parcels_yaml());
  std::size_t refused = 0;

  for (const ChangeCase& each : contract::testing::change_cases()) {
    for (const Change& change : confirmed(before, version_of(edited(each)))) {
      EXPECT_LE(change.examples.size(), 1U);
      refused += change.shows == ExampleShows::kRefused ? 1 : 0;
      EXPECT_TRUE(!needs_example(change) || !change.examples.empty())
          << "changes.txt:" << each.line << ": no example of " << change.rule->id
          << " is true: " << change.message;
    }
  }
  EXPECT_GE(refused, 15U);
}

TEST(ExampleRows, AreTrueOnTheWayBackToo) {
  const Version before = version_of(contract::testing::parcels_yaml());

  for (const ChangeCase& each : contract::testing::change_cases()) {
    for (const Change& change : confirmed(version_of(edited(each)), before)) {
      if (change.rule->id == "PATTERN_SAME") continue;  // the table loosens one on the way back
      EXPECT_TRUE(!needs_example(change) || !change.examples.empty())
          << "changes.txt:" << each.line << " back: no example of " << change.rule->id
          << " is true: " << change.message;
    }
  }
}

TEST(ExampleRows, ShowWhatAConditionInSqlRefuses) {
  std::string yaml = contract::testing::parcels_yaml();
  const Version before = version_of(yaml);
  const std::string_view old = "weight_kg > 30 AND price IS NULL";
  yaml.replace(yaml.find(old), old.size(), "weight_kg > 20 AND price IS NULL");

  const auto changes = confirmed(before, version_of(yaml));

  ASSERT_EQ(changes.size(), 1U);
  ASSERT_EQ(changes[0].examples.size(), 1U);
  EXPECT_NE(changes[0].examples[0][0].find("\"weight_kg\": 21"), std::string::npos)
      << changes[0].examples[0][0];
}

TEST(ExampleRows, AreLeftOutWhereNoneIsTrue) {
  std::vector<Change> changes{{.rule = &contract::change_rule("RANGE_NO_NARROW"),
                               .object = "parcels",
                               .column = "pieces",
                               .message = "made up",
                               .place = {},
                               .shows = ExampleShows::kRefused,
                               .examples = {{"{\"pieces\": 1}"}, {"no json"}}}};
  const Version same = version_of(contract::testing::parcels_yaml());

  ASSERT_TRUE(confirm_examples(changes, same.contract(), same.contract(), parser()));

  EXPECT_TRUE(changes[0].examples.empty());
  EXPECT_EQ(changes[0].shows, ExampleShows::kNothing);
}

}  // namespace
}  // namespace haul::ingest
