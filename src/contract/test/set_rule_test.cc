#include "haul/contract/set_rule.h"

#include <gtest/gtest.h>

#include <array>

namespace haul::contract {
namespace {

using Comparison = SetRule::Comparison;

SetRule rule(Comparison comparison) {
  SetRule made;
  made.comparison = comparison;
  made.bound = 2;
  made.bound_high = 4;
  return made;
}

TEST(SetRule, KeepsItsBoundWhereTheComparisonHolds) {
  struct Case {
    Comparison comparison;
    std::array<bool, 5> keeps;  // of 1, 2, 3, 4, 5
    const char* text;
  };
  for (const Case& one :
       {Case{Comparison::kEqual, {false, true, false, false, false}, "= 2"},
        Case{Comparison::kNotEqual, {true, false, true, true, true}, "<> 2"},
        Case{Comparison::kGreater, {false, false, true, true, true}, "> 2"},
        Case{Comparison::kGreaterOrEqual, {false, true, true, true, true}, ">= 2"},
        Case{Comparison::kLess, {true, false, false, false, false}, "< 2"},
        Case{Comparison::kLessOrEqual, {true, true, false, false, false}, "<= 2"},
        Case{Comparison::kBetween, {false, true, true, true, false}, "between 2 and 4"},
        Case{Comparison::kNotBetween, {true, false, false, false, true}, "not between 2 and 4"}}) {
    EXPECT_EQ(bound_text(rule(one.comparison)), one.text);
    for (std::size_t i = 0; i < one.keeps.size(); ++i) {
      EXPECT_EQ(keeps_bound(rule(one.comparison), static_cast<double>(i + 1)), one.keeps.at(i))
          << i + 1 << " " << one.text;
    }
  }
}

TEST(SetRule, AsksItsQueryOfTheNamedTable) {
  SetRule asked = rule(Comparison::kEqual);
  asked.sql = "SELECT count(*) FROM {object} AS a, {object} AS b";

  EXPECT_EQ(number_query(asked, "silver.legs"),
            "SELECT CAST((\nSELECT count(*) FROM silver.legs AS a, silver.legs AS b\n) AS DOUBLE) AS value");
}

TEST(SetRule, NamesTheColumnsThatARelationshipRefersTo) {
  const auto contract = parse_contract(R"(apiVersion: v3.1.0
kind: DataContract
id: t
name: t
version: 1.0.0
status: active
schema:
  - name: t
    relationships: [{from: [t.a, t.b], to: [other.x, other.parent]}]
    properties:
      - {name: a, logicalType: string, unique: true}
      - {name: b, logicalType: integer}
)",
                                       "t.yaml");

  ASSERT_TRUE(contract) << contract.error().message;
  const auto& rules = contract->objects[0].set_rules;
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_TRUE(reference_columns(rules[0]).empty());
  EXPECT_EQ(reference_columns(rules[1]), (std::vector<std::string>{"x", "parent"}));
}

}  // namespace
}  // namespace haul::contract
