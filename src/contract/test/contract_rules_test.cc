#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract_text.h"
#include "haul/contract/contract.h"

namespace haul::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ContractRules, TurnsTheClausesOfAColumnIntoRowRules) {
  EXPECT_THAT(
      row_rules("      - {name: n, logicalType: integer, required: true, logicalTypeOptions: {minimum: 1, "
                "exclusiveMaximum: 1e3, multipleOf: 5}}\n"),
      ElementsAre("t.n.required: \"n\" IS NOT NULL", "t.n.minimum: \"n\" >= 1",
                  "t.n.exclusiveMaximum: \"n\" < 1000", "t.n.multipleOf: \"n\" % 5 = 0"));
  EXPECT_THAT(row_rules("      - {name: n, logicalType: number, logicalTypeOptions: {exclusiveMinimum: "
                        "-90.5, maximum: 0.1}}\n"),
              ElementsAre("t.n.exclusiveMinimum: \"n\" > -90.5", "t.n.maximum: \"n\" <= 0.1"));
  EXPECT_THAT(row_rules("      - {name: n, logicalType: integer, logicalTypeOptions: {format: u8}}\n"),
              ElementsAre("t.n.format: \"n\" BETWEEN 0 AND 255"));
  EXPECT_THAT(
      row_rules(
          "      - {name: s, logicalType: string, logicalTypeOptions: {minLength: 2, maxLength: 5, pattern: "
          "\"^it's\"}}\n"),
      ElementsAre("t.s.minLength: length(\"s\") >= 2", "t.s.maxLength: length(\"s\") <= 5",
                  "t.s.pattern: regexp_matches(\"s\", '^it''s')"));
  EXPECT_THAT(row_rules("      - {name: s, logicalType: string, physicalType: CHAR(3)}\n"),
              ElementsAre("t.s.physicalType: length(\"s\") <= 3"));
  EXPECT_THAT(
      row_rules("      - {name: 'q\"q', logicalType: date, logicalTypeOptions: {minimum: '2013-01-01'}}\n"),
      ElementsAre("t.q\"q.minimum: \"q\"\"q\" >= DATE '2013-01-01'"));
  EXPECT_THAT(row_rules("      - {name: z, logicalType: timestamp, logicalTypeOptions: {maximum: "
                        "'2013-01-01T02:00:00+02:00'}}\n"),
              ElementsAre("t.z.maximum: \"z\" <= TIMESTAMPTZ '2013-01-01T00:00:00Z'"));
  EXPECT_THAT(
      row_rules("      - {name: z, logicalType: timestamp, logicalTypeOptions: {timezone: false, maximum: "
                "'2013-01-01T02:00:00.5'}}\n"),
      ElementsAre("t.z.maximum: \"z\" <= TIMESTAMP '2013-01-01T02:00:00.500000'"));
  EXPECT_THAT(
      row_rules("      - {name: s, logicalType: string, enum: [{value: a}, {value: \"b'\"}]}\n", "v3.2.0"),
      ElementsAre("t.s.enum: \"s\" IN ('a', 'b''')"));
}

TEST(ContractRules, EnforcesTheFormatsItKnowsAndListsTheOthers) {
  for (const std::string format : {"uuid", "email", "hostname", "ipv4", "uri", "byte", "date", "date-time"}) {
    const std::string column =
        "      - {name: s, logicalType: string, logicalTypeOptions: {format: " + format + "}}\n";
    EXPECT_EQ(row_rules(column).size(), 1U) << format;
    EXPECT_THAT(not_enforced(column), IsEmpty()) << format;
  }
  EXPECT_THAT(
      not_enforced("      - {name: s, logicalType: string, logicalTypeOptions: {format: password}}\n"),
      ElementsAre("t.s: format password (no check for this format; add a pattern)"));
}

TEST(ContractRules, RequiresEveryColumnOfThePrimaryKeyAndItsUniqueness) {
  const Object object = parsed_object(
      "      - {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 2}\n"
      "      - {name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true}\n");

  EXPECT_THAT(object.primary_key, ElementsAre("a", "b"));
  EXPECT_EQ(object.schema.columns[0].presence, columnar::Presence::kRequired);
  ASSERT_EQ(object.row_rules.size(), 2U);
  EXPECT_EQ(object.row_rules[0].sql, "\"b\" IS NOT NULL");
  ASSERT_EQ(object.set_rules.size(), 1U);
  EXPECT_EQ(object.set_rules[0].id, "t.primary_key");
  EXPECT_EQ(object.set_rules[0].kind, SetRule::Kind::kUnique);
  EXPECT_EQ(object.set_rules[0].sql, "SELECT count(*) - count(DISTINCT (\"a\", \"b\")) FROM {object}");
  EXPECT_THAT(object.set_rules[0].columns, ElementsAre("a", "b"));
}

TEST(ContractRules, ChecksUniquenessOnceWhereTheColumnIsTheWholeKey) {
  EXPECT_THAT(set_rules("      - {name: a, logicalType: string, primaryKey: true, unique: true}\n"
                        "      - {name: b, logicalType: string, unique: true}\n"),
              ElementsAre("t.primary_key: SELECT count(\"a\") - count(DISTINCT \"a\") FROM {object}",
                          "t.b.unique: SELECT count(\"b\") - count(DISTINCT \"b\") FROM {object}"));
}

TEST(ContractRules, OrdersThePartitionsByTheirPosition) {
  const Object object = parsed_object(
      "      - {name: day, logicalType: date, partitioned: true, partitionKeyPosition: 2}\n"
      "      - {name: hub, logicalType: string, partitioned: true, partitionKeyPosition: 1}\n");

  EXPECT_THAT(object.partitioned_by, ElementsAre("hub", "day"));
  EXPECT_THAT(
      not_enforced("      - {name: day, logicalType: date, "
                   "customProperties: [{property: previousName, value: date}]}\n"),
      ElementsAre(
          "t.day: previousName (versions are compared by it; rows are read under the new name only)"));
  EXPECT_THAT(
      not_enforced("      - {name: day, logicalType: date, partitioned: true}\n"),
      ElementsAre("t.day: partitioned (tables are not split into folders by a column; files are found by "
                  "their statistics)"));
}

TEST(ContractRules, TurnsMetricsThatAllowNothingIntoRowRules) {
  const std::string column = "      - name: c\n        logicalType: string\n        quality:\n          - {";
  EXPECT_THAT(row_rules(column + "metric: nullValues, mustBe: 0}\n"),
              ElementsAre("t.c.nullValues: \"c\" IS NOT NULL"));
  EXPECT_THAT(
      row_rules(column +
                "metric: missingValues, arguments: {missingValues: [null, '', N/A]}, mustBeLessThan: 1}\n"),
      ElementsAre("t.c.missingValues: \"c\" IS NOT NULL AND \"c\" NOT IN ('', 'N/A')"));
  EXPECT_THAT(row_rules(column + "id: ok, metric: invalidValues, arguments: {validValues: [A, null, 'B']}, "
                                 "mustBeLessOrEqualTo: 0, unit: percent}\n"),
              ElementsAre("ok: \"c\" IN ('A', 'B')"));
  EXPECT_THAT(row_rules(column + "name: ok, metric: invalidValues, arguments: {pattern: '^a'}, mustBe: 0}\n"),
              ElementsAre("ok: regexp_matches(\"c\", '^a')"));
}

TEST(ContractRules, TurnsMetricsThatAllowSomeIntoSetRules) {
  const std::string column =
      "      - name: c\n        logicalType: string\n        quality:\n          - {id: q, ";
  const std::string broken = "count(*) FILTER (WHERE NOT (\"c\" IN ('A')))";
  EXPECT_THAT(set_rules(column + "metric: nullValues, mustBeLessThan: 5}\n"),
              ElementsAre("q: SELECT count(*) - count(\"c\") FROM {object}"));
  EXPECT_THAT(
      set_rules(column + "metric: nullValues, mustBeLessThan: 2, unit: percent}\n"),
      ElementsAre(
          "q: SELECT coalesce(100.0 * (count(*) - count(\"c\")) / nullif(count(*), 0), 0) FROM {object}"));
  EXPECT_THAT(
      set_rules(column + "metric: invalidValues, arguments: {validValues: [A]}, mustBeLessThan: 5}\n"),
      ElementsAre("q: SELECT " + broken + " FROM {object}"));
  EXPECT_THAT(set_rules(column + "metric: duplicateValues, mustBeLessThan: 10}\n"),
              ElementsAre("q: SELECT count(\"c\") - count(DISTINCT \"c\") FROM {object}"));
}

TEST(ContractRules, ReadsTheRulesOfAnObject) {
  const Object object = parsed_object(
      "      - {name: a, logicalType: string}\n"
      "      - {name: b, logicalType: string, required: true}\n"
      "    quality:\n"
      "      - {id: rows, metric: rowCount, mustBeBetween: [10, 20], severity: block, dimension: coverage}\n"
      "      - {id: pairs, metric: duplicateValues, arguments: {properties: [a, b]}, mustBe: 0}\n");

  ASSERT_EQ(object.set_rules.size(), 2U);
  const SetRule& rows = object.set_rules[0];
  EXPECT_EQ(rows.kind, SetRule::Kind::kRowCount);
  EXPECT_EQ(rows.comparison, SetRule::Comparison::kBetween);
  EXPECT_EQ(rows.bound, 10);
  EXPECT_EQ(rows.bound_high, 20);
  EXPECT_EQ(rows.severity, Severity::kBlock);
  EXPECT_EQ(rows.dimension, "coverage");
  const SetRule& pairs = object.set_rules[1];
  EXPECT_EQ(pairs.kind, SetRule::Kind::kUnique);
  EXPECT_EQ(pairs.sql,
            "SELECT count(*) FILTER (WHERE \"a\" IS NOT NULL) - count(DISTINCT (\"a\", \"b\")) FILTER (WHERE "
            "\"a\" IS NOT "
            "NULL) FROM {object}");
}

std::vector<std::string> sql_rule(const std::string& query, const std::string& bound = "mustBe: 0") {
  const Object object = parsed_object(
      "      - name: a\n        logicalType: integer\n        quality:\n          - id: q\n"
      "            type: sql\n            query: |\n              " +
      query + "\n            " + bound + "\n      - {name: b, logicalType: integer}\n");
  std::vector<std::string> rules;
  for (const RowRule& rule : object.row_rules) rules.push_back("row: " + rule.sql);
  for (const SetRule& rule : object.set_rules) rules.push_back("set: " + rule.sql);
  return rules;
}

TEST(ContractRules, TurnsACountOfRowsThatMustBeNoneIntoARowRule) {
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE a > b"), ElementsAre("row: NOT (a > b)"));
  EXPECT_THAT(sql_rule("select count ( * )\n              from {object} where {property} % 2 = 1 ;"),
              ElementsAre("row: NOT (\"a\" % 2 = 1)"));
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE a > b", "mustBeLessThan: 1"),
              ElementsAre("row: NOT (a > b)"));
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE uuid = over AND \"select\" > 1"),
              ElementsAre("row: NOT (uuid = over AND \"select\" > 1)"));
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE /* was: b */ a > b -- and more"),
              ElementsAre("row: NOT (a > b)"));
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE a = ' GROUP -- {x}' OR extract(year FROM b) = 1"),
              ElementsAre("row: NOT (a = ' GROUP -- {x}' OR extract(year FROM b) = 1)"));
}

TEST(ContractRules, KeepsEveryOtherQueryAsASetRule) {
  for (const std::string query :
       {"SELECT COUNT(*) FROM {object} WHERE a NOT IN (SELECT a FROM silver.x)",
        "SELECT COUNT(*) FROM {object}", "SELECT COUNT(a) FROM {object} WHERE a > b",
        "SELECT COUNT(*) FROM {object} AS o WHERE o.a > 1",
        "SELECT COUNT(*) FROM {object} WHERE a > 1 GROUP BY b",
        "SELECT COUNT(*) FROM {object} WHERE a > now()",
        "SELECT COUNT(*) FROM {object} WHERE a IN (FROM silver.x)",
        "SELECT COUNT(*) FROM {object} WHERE a IN (VALUES (1))",
        "SELECT COUNT(*) FROM {object} WHERE a > current_date",
        "SELECT COUNT(*) FROM {object} WHERE sum(a) OVER () > 1",
        "WITH x AS (SELECT * FROM {object}) SELECT count(*) FROM x",
        "SELECT COUNT(*) FROM {object} WHERE a > 1 UNION SELECT 1"}) {
    EXPECT_THAT(sql_rule(query), ElementsAre("set: " + query));
  }
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE a > b", "mustBeLessThan: 0"),
              ElementsAre("set: SELECT COUNT(*) FROM {object} WHERE a > b"));
  EXPECT_THAT(sql_rule("SELECT COUNT(*) FROM {object} WHERE a > b", "mustBeLessThan: 5"),
              ElementsAre("set: SELECT COUNT(*) FROM {object} WHERE a > b"));
}

TEST(ContractRules, NamesTheColumnsThatASqlRuleReads) {
  const Object fine = parsed_object(
      "      - name: a\n        logicalType: integer\n        quality:\n"
      "          - {type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE {property} > B', mustBe: 0}\n"
      "      - {name: b, logicalType: integer}\n      - {name: c, logicalType: integer}\n");
  ASSERT_EQ(fine.row_rules.size(), 1U);
  EXPECT_THAT(fine.row_rules[0].columns, ElementsAre("a", "b"));
}

TEST(ContractRules, TurnsRelationshipsIntoReferentialRules) {
  const Object object = parsed_object(
      "      - name: tail\n        logicalType: string\n        relationships:\n"
      "          - {to: vehicles.tailnum}\n"
      "          - {to: fleet.tail, customProperties: [{property: severity, value: error}]}\n"
      "      - {name: at, logicalType: date}\n"
      "    relationships:\n      - {from: [t.tail, t.at], to: [plan.tail, plan.day]}\n");

  ASSERT_EQ(object.set_rules.size(), 3U);
  EXPECT_EQ(object.set_rules[0].id, "t.tail.references.vehicles.tailnum");
  EXPECT_EQ(object.set_rules[0].kind, SetRule::Kind::kReferential);
  EXPECT_EQ(object.set_rules[0].references, "vehicles");
  EXPECT_EQ(object.set_rules[0].severity, Severity::kWarning);
  EXPECT_EQ(
      object.set_rules[0].sql,
      "SELECT count(*) FROM {object} AS child WHERE child.\"tail\" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
      "silver.\"vehicles\" AS parent WHERE parent.\"tailnum\" = child.\"tail\")");
  EXPECT_EQ(object.set_rules[1].severity, Severity::kError);
  EXPECT_THAT(object.set_rules[2].sql,
              HasSubstr("parent.\"tail\" = child.\"tail\" AND parent.\"day\" = child.\"at\""));
}

TEST(ContractRules, FollowsReferencesByIdInsideTheFile) {
  const Object object = parsed_object(
      "      - {name: a, logicalType: string, relationships: [{to: schema/u_id/properties/k_id}]}\n"
      "  - {name: u, id: u_id, properties: [{name: k, id: k_id, logicalType: string}]}\n");

  ASSERT_EQ(object.set_rules.size(), 1U);
  EXPECT_EQ(object.set_rules[0].id, "t.a.references.u.k");
}

TEST(ContractRules, TakesTheDefaultSeverityFromOnViolation) {
  const std::string columns =
      "      - {name: a, logicalType: integer, required: true, logicalTypeOptions: {minimum: "
      "1}}\ncustomProperties:\n"
      "  - {property: onViolation, value: ";
  EXPECT_EQ(parsed_object(columns + "block}\n").row_rules[1].severity, Severity::kBlock);
  EXPECT_EQ(parsed_object(columns + "quarantine}\n").row_rules[1].severity, Severity::kError);
  const Object warned = parsed_object(columns + "warn}\n");
  EXPECT_EQ(warned.row_rules[1].severity, Severity::kWarning);
  EXPECT_EQ(warned.row_rules[0].severity, Severity::kError) << "a null in a required column is never kept";
}

TEST(ContractRules, ReadsEverySeverity) {
  const std::string rule =
      "      - {name: a, logicalType: integer, quality: [{metric: nullValues, mustBe: 0, severity: ";
  EXPECT_EQ(parsed_object(rule + "info}]}\n").row_rules[0].severity, Severity::kInfo);
  EXPECT_EQ(parsed_object(rule + "warning}]}\n").row_rules[0].severity, Severity::kWarning);
  EXPECT_EQ(parsed_object(rule + "error}]}\n").row_rules[0].severity, Severity::kError);
  EXPECT_EQ(parsed_object(rule + "block}]}\n").row_rules[0].severity, Severity::kBlock);
}

TEST(ContractRules, NumbersTheIdsOfRulesWithoutAName) {
  EXPECT_THAT(
      row_rules("      - name: a\n        logicalType: string\n        quality:\n"
                "          - {metric: nullValues, mustBe: 0}\n          - {metric: nullValues, mustBe: 0}\n"),
      ElementsAre("t.a.nullValues: \"a\" IS NOT NULL", "t.a.nullValues#2: \"a\" IS NOT NULL"));
}

}  // namespace
}  // namespace haul::contract
