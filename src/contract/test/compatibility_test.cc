#include "haul/contract/compatibility.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "haul/contract/testing/change_cases.h"

namespace haul::contract {
namespace {

using ::testing::HasSubstr;

using testing::change_cases;
using testing::ChangeCase;
using testing::edited;
using testing::parcels_yaml;
using testing::version_of;

std::vector<std::string> said(const std::vector<Change>& changes, std::string_view version) {
  std::vector<std::string> lines;
  for (const Change& change : changes) {
    lines.push_back(fmt::format("{} {} {}", change.rule->id, to_string(change.rule->impact),
                                next_version(version, change.rule->impact)));
  }
  return lines;
}

std::string first_example(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (!change.examples.empty()) return fmt::format("{}", fmt::join(change.examples.front(), "\n"));
  }
  return "";
}

std::string told(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) {
    text += fmt::format("{}: {}: {}\n", to_string(change.place), change.rule->id, change.message);
  }
  return text;
}

TEST(Compatibility, FindsEachChangeOfTheTable) {
  const std::string yaml = parcels_yaml();
  const Version before = version_of(yaml);
  const auto all = change_cases();

  ASSERT_GE(all.size(), 60U);
  for (const ChangeCase& each : all) {
    const auto changes = compare(before, version_of(edited(each)));
    EXPECT_EQ(said(changes, "1.4.2"), each.found) << "changes.txt:" << each.line << "\n" << told(changes);
    if (!each.example.empty()) {
      EXPECT_THAT(first_example(changes), HasSubstr(each.example)) << "changes.txt:" << each.line;
    }
  }
}

TEST(Compatibility, SaysOfEveryChangeWhereItStands) {
  const std::string yaml = parcels_yaml();
  const Version before = version_of(yaml);

  for (const ChangeCase& each : change_cases()) {
    for (const Change& change : compare(before, version_of(edited(each)))) {
      EXPECT_EQ(change.place.file, "parcels.odcs.yaml") << change.message;
      EXPECT_GT(change.place.line, 0) << change.message;
      EXPECT_FALSE(change.message.empty());
    }
  }
}

TEST(Compatibility, FindsNoChangeBetweenAContractAndItself) {
  const std::string yaml = parcels_yaml();

  for (const ChangeCase& each : change_cases()) {
    const std::string text = edited(each);
    EXPECT_EQ(told(compare(version_of(text), version_of(text))), "") << "changes.txt:" << each.line;
  }
}

TEST(Compatibility, FindsTheWayBackToo) {
  const std::string yaml = parcels_yaml();
  const Version before = version_of(yaml);

  for (const ChangeCase& each : change_cases()) {
    EXPECT_FALSE(compare(version_of(edited(each)), before).empty()) << "changes.txt:" << each.line;
  }
}

TEST(Compatibility, HasEveryRuleInTheTableOfCasesOrInATestOfItsOwn) {
  const std::set<std::string_view> elsewhere{
      "CONTRACT_ADDED",        "CONTRACT_NO_DELETE",     "CONTRACT_STATUS_CHANGED", "OBJECT_ADDED",
      "OBJECT_NO_DELETE",      "RULE_CONDITION_CHANGED", "RULE_SEVERITY_RAISED",    "SERVICE_LEVEL_ADDED",
      "SERVICE_LEVEL_CHANGED", "END_DATE_LATER"};
  std::set<std::string> in_cases;
  for (const ChangeCase& each : change_cases()) {
    for (const std::string& found : each.found) in_cases.insert(found.substr(0, found.find(' ')));
  }

  for (const ChangeRule& rule : change_rules()) {
    EXPECT_TRUE(in_cases.contains(std::string(rule.id)) != elsewhere.contains(rule.id)) << rule.id;
  }
}

TEST(Compatibility, TellsWhatWarnsFromWhatRefuses) {
  const std::string yaml = parcels_yaml();
  std::string warns = yaml;
  warns.replace(warns.find("severity: error}"), 16, "severity: warning}");  // zone_given
  std::string other = warns;
  other.replace(other.find("['', N/A]"), 9, "['', none]");
  std::string info = warns;
  info.replace(info.find("severity: warning}"), 18, "severity: info}");

  EXPECT_EQ(told(compare(version_of(warns), version_of(other))),
            "parcels.odcs.yaml:33:13: RULE_CONDITION_CHANGED: zone has the rule `zone_given`, had the rule "
            "`zone_given`\n");
  EXPECT_EQ(
      told(compare(version_of(info), version_of(warns))),
      "parcels.odcs.yaml:33:13: RULE_SEVERITY_RAISED: zone: the rule `zone_given` has severity warning, had "
      "info\n");
}

TEST(Compatibility, FindsObjectsThatCameAndWent) {
  const std::string yaml = parcels_yaml();
  std::string two = yaml;
  two.replace(two.find("slaProperties:"), 0,
              "  - {name: depots, properties: [{name: depot, logicalType: string}]}\n");

  EXPECT_EQ(told(compare(version_of(yaml), version_of(two))),
            "parcels.odcs.yaml:48:5: OBJECT_ADDED: the object depots is new\n");
  EXPECT_EQ(told(compare(version_of(two), version_of(yaml))),
            "parcels.odcs.yaml:48:5: OBJECT_NO_DELETE: the object depots is gone\n");
}

TEST(Compatibility, JudgesServiceLevelsByWhatTheyPromise) {
  const std::string yaml = parcels_yaml();
  const auto with_level = [&](const std::string& level) {
    std::string text = yaml;
    return text.replace(text.find("  - {property: retention"), 0, level + "\n");
  };
  const std::string first = with_level("  - {property: endOfLife, value: '2030-01-01'}");
  const std::string later = with_level("  - {property: endOfLife, value: '2031-01-01'}");
  const std::string named = with_level("  - {property: support, value: office hours}");
  const std::string longer = with_level("  - {property: support, value: day and night}");

  EXPECT_THAT(told(compare(version_of(first), version_of(later))), HasSubstr("END_DATE_LATER"));
  EXPECT_THAT(told(compare(version_of(later), version_of(first))), HasSubstr("END_DATE_EARLIER"));
  EXPECT_THAT(told(compare(version_of(first), version_of(yaml))), HasSubstr("END_DATE_LATER"));
  EXPECT_THAT(told(compare(version_of(yaml), version_of(named))), HasSubstr("SERVICE_LEVEL_ADDED"));
  EXPECT_THAT(told(compare(version_of(named), version_of(longer))), HasSubstr("SERVICE_LEVEL_CHANGED"));
}

TEST(Bump, IsTheFirstNumberThatGrew) {
  EXPECT_EQ(bump_between("1.4.2", "2.0.0"), Impact::kBreaking);
  EXPECT_EQ(bump_between("1.4.2", "1.10.0"), Impact::kMinor);
  EXPECT_EQ(bump_between("1.4.2", "1.4.3"), Impact::kPatch);
  EXPECT_EQ(bump_between("1.4.2", "1.4.2"), std::nullopt);
  EXPECT_EQ(bump_between("1.4.2", "1.3.9"), std::nullopt);
  EXPECT_EQ(bump_between("2.0.0", "1.9.9"), std::nullopt);
}

}  // namespace
}  // namespace haul::contract
