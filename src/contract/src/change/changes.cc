#include "change/changes.h"

#include <algorithm>
#include <array>

#include "haul/base/check.h"

namespace haul::contract {
namespace {

constexpr auto kPatch = Impact::kPatch;
constexpr auto kMinor = Impact::kMinor;
constexpr auto kBreaking = Impact::kBreaking;
constexpr auto kNobody = Affected::kNobody;
constexpr auto kProducers = Affected::kProducers;
constexpr auto kConsumers = Affected::kConsumers;
constexpr auto kEveryone = Affected::kEveryone;

constexpr std::array<ChangeRule, 62> kRules{{
    {"CONTRACT_SAME_ID", kBreaking, kEveryone, "the contract has another id"},
    {"CONTRACT_SAME_NAME", kBreaking, kEveryone, "the contract has another name"},
    {"CONTRACT_NO_DELETE", kBreaking, kEveryone, "the contract is gone"},
    {"CONTRACT_ADDED", kMinor, kNobody, "the contract is new"},
    {"CONTRACT_NO_RETIRE", kBreaking, kConsumers, "its status is now retired"},
    {"CONTRACT_DEPRECATED", kMinor, kConsumers, "its status is now deprecated"},
    {"CONTRACT_STATUS_CHANGED", kPatch, kNobody, "another change of its status"},
    {"OBJECT_NO_DELETE", kBreaking, kConsumers, "an object is gone"},
    {"OBJECT_ADDED", kMinor, kNobody, "an object is new"},
    {"KEY_SAME_COLUMNS", kBreaking, kEveryone, "the primary key has other columns: other rows count as one"},
    {"COLUMN_NO_DELETE", kBreaking, kEveryone, "a column is gone"},
    {"COLUMN_NO_RENAME", kBreaking, kEveryone, "a column has another name"},
    {"COLUMN_RENAMED", kMinor, kConsumers, "a column has another name, and lists the old one in `aliases`"},
    {"COLUMN_NO_ADD_REQUIRED", kBreaking, kProducers, "a required column is new"},
    {"COLUMN_ADDED", kMinor, kNobody, "a column that may be missing, or has a default, is new"},
    {"COLUMN_SAME_TYPE", kBreaking, kEveryone, "a column has another type"},
    {"COLUMN_TYPE_NO_NARROW", kBreaking, kProducers, "a column has a type that holds less"},
    {"COLUMN_TYPE_WIDENED", kMinor, kConsumers, "a column has a type that holds more"},
    {"COLUMN_NO_REQUIRE", kBreaking, kProducers, "a column that could be missing is required"},
    {"COLUMN_MADE_OPTIONAL", kMinor, kConsumers, "a required column may be missing"},
    {"COLUMN_SAME_POSITION", kBreaking, kProducers, "columns stand elsewhere, and files have no header"},
    {"COLUMN_REORDERED", kPatch, kNobody, "columns stand in another order"},
    {"COLUMN_NO_OPEN", kBreaking, kEveryone, "a personal column is no longer personal"},
    {"COLUMN_CLOSED", kMinor, kConsumers, "a column is now personal"},
    {"COLUMN_CLASSIFICATION_CHANGED", kPatch, kNobody, "another word for the same class"},
    {"COLUMN_DEPRECATED", kMinor, kConsumers, "a column is now deprecated"},
    {"DEFAULT_CHANGED", kMinor, kConsumers, "rows without a column get another value"},
    {"ENUM_VALUE_NO_DELETE", kBreaking, kProducers, "a listed value is gone"},
    {"ENUM_VALUE_ADDED", kMinor, kConsumers, "a value is listed that was not"},
    {"ENUM_NO_ADD", kBreaking, kProducers, "values are listed where any was good"},
    {"ENUM_REMOVED", kMinor, kConsumers, "values are no longer listed: any is good"},
    {"RANGE_NO_NARROW", kBreaking, kProducers, "a bound on the value is new or tighter"},
    {"RANGE_WIDENED", kMinor, kConsumers, "a bound on the value is gone or looser"},
    {"LENGTH_NO_NARROW", kBreaking, kProducers, "a bound on the length is new or tighter"},
    {"LENGTH_WIDENED", kMinor, kConsumers, "a bound on the length is gone or looser"},
    {"MULTIPLE_NO_TIGHTEN", kBreaking, kProducers, "`multipleOf` is new or allows fewer values"},
    {"MULTIPLE_LOOSENED", kMinor, kConsumers, "`multipleOf` is gone or allows more values"},
    {"PATTERN_SAME", kBreaking, kProducers, "a pattern is new or another"},
    {"PATTERN_REMOVED", kMinor, kConsumers, "a pattern is gone"},
    {"FORMAT_SAME", kBreaking, kProducers, "a format of texts is new or another"},
    {"FORMAT_REMOVED", kMinor, kConsumers, "a format of texts is gone"},
    {"UNIQUE_NO_ADD", kBreaking, kProducers, "values must be unique that could repeat"},
    {"UNIQUE_REMOVED", kMinor, kConsumers, "values may repeat that were unique"},
    {"RULE_NO_ADD", kBreaking, kProducers, "a rule of severity error or block is new"},
    {"RULE_ADDED", kMinor, kProducers, "a rule of severity info or warning is new"},
    {"RULE_REMOVED", kMinor, kConsumers, "a rule is gone"},
    {"RULE_NO_TIGHTEN", kBreaking, kProducers, "a rule of severity error or block allows less"},
    {"RULE_TIGHTENED", kMinor, kProducers, "a rule of severity info or warning allows less"},
    {"RULE_LOOSENED", kMinor, kConsumers, "a rule allows more"},
    {"RULE_SAME_CONDITION", kBreaking, kProducers, "a rule of severity error or block says something else"},
    {"RULE_CONDITION_CHANGED", kMinor, kProducers, "a rule of severity info or warning says something else"},
    {"RULE_SEVERITY_NO_RAISE", kBreaking, kProducers,
     "a rule now quarantines rows, or now stops their batch"},
    {"RULE_SEVERITY_RAISED", kMinor, kProducers, "a rule of severity info is now a warning"},
    {"RULE_SEVERITY_LOWERED", kMinor, kConsumers, "a rule has a lower severity"},
    {"SERVICE_LEVEL_ADDED", kMinor, kProducers, "a service level is new"},
    {"SERVICE_LEVEL_TIGHTENED", kMinor, kProducers, "a service level promises more"},
    {"SERVICE_LEVEL_LOOSENED", kMinor, kConsumers, "a service level promises less, or is gone"},
    {"SERVICE_LEVEL_CHANGED", kMinor, kConsumers, "a service level promises something else"},
    {"END_DATE_EARLIER", kMinor, kConsumers, "the end of support or of life is new or earlier"},
    {"END_DATE_LATER", kPatch, kNobody, "the end of support or of life is gone or later"},
    {"OWNER_CHANGED", kPatch, kNobody, "the contract has another owner"},
    {"DESCRIPTION_CHANGED", kPatch, kNobody, "what nothing enforces: descriptions, tags, examples, servers"},
}};

}  // namespace

std::span<const ChangeRule> change_rules() { return kRules; }

const ChangeRule& change_rule(std::string_view id) {
  const auto* const found =
      std::find_if(kRules.begin(), kRules.end(), [&](const ChangeRule& each) { return each.id == id; });
  HAUL_CHECK(found != kRules.end(), "a change is of a kind that stands in the table");
  return *found;
}

void Changes::add(std::string_view rule, Finding finding) {
  if (finding.examples.empty()) finding.shows = ExampleShows::kNothing;
  changes_.push_back({.rule = &change_rule(rule),
                      .object = std::move(finding.object),
                      .column = std::move(finding.column),
                      .was = std::move(finding.was),
                      .message = std::move(finding.message),
                      .place = std::move(finding.place),
                      .shows = finding.shows,
                      .examples = std::move(finding.examples)});
}

std::vector<ExampleRows> one_by_one(std::vector<std::string> rows) {
  std::vector<ExampleRows> examples;
  examples.reserve(rows.size());
  for (std::string& row : rows) examples.push_back({std::move(row)});
  return examples;
}

}  // namespace haul::contract
