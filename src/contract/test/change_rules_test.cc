#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract_text.h"

namespace haul::contract {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// A rule of the object, and one of its column `kg` or `note`.
std::string with_rule(const std::string& where, const std::string& implementation,
                      const std::string& more = "") {
  const std::string rule =
      "{id: r, type: custom, engine: haul" + more + ", implementation: " + implementation + "}";
  const std::string at_column = where == "kg" ? ", quality: [" + rule + "]" : "";
  const std::string at_note = where == "note" ? ", quality: [" + rule + "]" : "";
  const std::string at_object = where == "object" ? "    quality: [" + rule + "]\n" : "";
  return with_columns("      - {name: kg, logicalType: number" + at_column + "}\n" +
                      "      - {name: note, logicalType: string" + at_note + "}\n" + at_object);
}
DriftRule rule(const std::string& where, const std::string& implementation, const std::string& more = "") {
  const Contract contract = parsed(with_rule(where, implementation, more));
  EXPECT_THAT(contract.not_enforced, IsEmpty());
  const auto& rules = contract.objects.at(0).change_rules;
  return rules.empty() ? DriftRule{} : rules.front();
}
std::string problem(const std::string& where, const std::string& implementation,
                    const std::string& more = "") {
  const auto contract = parse_contract(with_rule(where, implementation, more), "t.yaml");
  return contract ? "none" : contract.error().message;
}

TEST(ChangeRules, AreReadWithTheirDefaults) {
  const DriftRule count = rule("object", "{rule: rowCountChange}");
  const DriftRule mean =
      rule("kg", "{rule: meanChange, percent: 20, runs: 30, needs: 4, season: 7}", ", severity: info");

  EXPECT_EQ(count.measure, DriftRule::Measure::kRowCount);
  EXPECT_EQ(count.id, "r");
  EXPECT_FALSE(count.percent);
  EXPECT_EQ(count.band, 5);
  EXPECT_EQ(count.runs, 14);
  EXPECT_EQ(count.needs, 5);
  EXPECT_EQ(count.severity, Severity::kWarning);
  EXPECT_EQ(mean.measure, DriftRule::Measure::kMean);
  EXPECT_EQ(mean.column, "kg");
  EXPECT_EQ(mean.percent, 20);
  EXPECT_EQ(mean.runs, 30);
  EXPECT_EQ(mean.needs, 4);
  EXPECT_EQ(mean.season, 7);
  EXPECT_EQ(mean.severity, Severity::kInfo);
}

TEST(ChangeRules, ThatCannotBeMeantAreProblems) {
  EXPECT_THAT(problem("object", "rows"),
              HasSubstr("write implementation: {rule: rowCountChange, percent: 50}"));
  EXPECT_THAT(problem("object", "{percent: 5}"),
              HasSubstr("needs `rule`; write rowCountChange or meanChange"));
  EXPECT_THAT(problem("object", "{rule: rowCountChanges}"), HasSubstr("did you mean `rowCountChange`?"));
  EXPECT_THAT(problem("kg", "{rule: rowCountChange}"), HasSubstr("belongs to the object"));
  EXPECT_THAT(problem("object", "{rule: meanChange}"), HasSubstr("belongs to a column"));
  EXPECT_THAT(problem("note", "{rule: meanChange}"), HasSubstr("note has no mean: it holds string"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange, precent: 5}"), HasSubstr("did you mean `percent`?"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange, percent: -5}"), HasSubstr("needs a number above 0"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange, percent: 5, band: 3}"), HasSubstr("keep one"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange, runs: 0}"), HasSubstr("whole number from 1 to 366"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange, runs: 3}"), HasSubstr("5 runs are needed and 3"));
  EXPECT_THAT(problem("object", "{rule: rowCountChange}", ", severity: block"),
              HasSubstr("it can warn and not refuse"));
}

}  // namespace
}  // namespace haul::contract
