#include "haul/contract/contract.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract_text.h"

namespace haul::contract {
namespace {

using testing::ElementsAre;

TEST(Contract, ReadsItsHead) {
  const Contract contract = parsed(
      "apiVersion: v3.1.0\nkind: DataContract\nid: urn:x\nname: scans\nversion: 1.2.0\nstatus: "
      "draft\ndomain: linehaul\n"
      "description: {purpose: Scans.}\nteam: {members: [{username: ann}, {username: bob, role: owner}]}\n"
      "schema: [{name: scans, properties: [{name: at, logicalType: timestamp}]}]\n"
      "slaProperties: [{property: freshness, value: 5, unit: minutes, element: scans.at}]\n"
      "customProperties: [{property: errorShareMax, value: 0.2}, {property: costCentre, value: [7]}]\n");

  EXPECT_EQ(contract.id, "urn:x");
  EXPECT_EQ(contract.name, "scans");
  EXPECT_EQ(contract.version, "1.2.0");
  EXPECT_EQ(contract.status, "draft");
  EXPECT_EQ(contract.domain, "linehaul");
  EXPECT_EQ(contract.description, "Scans.");
  EXPECT_EQ(contract.owner, "bob");
  EXPECT_EQ(contract.error_share_max, 0.2);
  EXPECT_EQ(contract.file, "t.yaml");
  ASSERT_EQ(contract.service_levels.size(), 1U);
  EXPECT_EQ(contract.service_levels[0].value, "5");
  EXPECT_EQ(contract.service_levels[0].element, "scans.at");
  EXPECT_EQ(*single_object(contract), &contract.objects[0]);
}

TEST(Contract, TakesTheTeamsNameForItsOwner) {
  const Contract contract =
      parsed(with_columns("      - {name: a, logicalType: string}\nteam: {name: ops, members: []}\n"));

  EXPECT_EQ(contract.owner, "ops");
}

TEST(Contract, RefusesSeveralObjectsWhereASourceNeedsOne) {
  const Contract contract =
      parsed(with_columns("      - {name: a, logicalType: string}\n"
                          "  - {name: u, properties: [{name: a, logicalType: string}]}\n"));

  const auto object = single_object(contract);

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().message,
            "t.yaml: contract t has 2 objects and a source needs one; give each object its own file");
}

TEST(Contract, DoesNotNeedAStatusFromVersionThreeTwo) {
  std::string yaml = with_columns("      - {name: a, logicalType: string}\n", "v3.2.0");
  yaml.erase(yaml.find("status: active\n"), 15);

  EXPECT_EQ(parsed(yaml).status, "");
}

TEST(Contract, KeepsEveryLogicalTypeAsItsTableSays) {
  EXPECT_EQ(type_of("logicalType: string"), "string");
  EXPECT_EQ(type_of("logicalType: string, physicalType: varchar(20)"), "string");
  EXPECT_EQ(type_of("logicalType: string, physicalType: BYTEA"), "binary");
  EXPECT_EQ(type_of("logicalType: integer"), "int64");
  EXPECT_EQ(type_of("logicalType: integer, logicalTypeOptions: {format: i8}"), "int8");
  EXPECT_EQ(type_of("logicalType: integer, physicalType: SMALLINT, logicalTypeOptions: {format: i16}"),
            "int16");
  EXPECT_EQ(type_of("logicalType: integer, physicalType: int"), "int32");
  EXPECT_EQ(type_of("logicalType: integer, logicalTypeOptions: {format: u8}"), "int16");
  EXPECT_EQ(type_of("logicalType: integer, logicalTypeOptions: {format: u16}"), "int32");
  EXPECT_EQ(type_of("logicalType: integer, logicalTypeOptions: {format: u32}"), "int64");
  EXPECT_EQ(type_of("logicalType: integer, physicalType: 'NUMERIC(20)'"), "decimal128(20, 0)");
  EXPECT_EQ(type_of("logicalType: number"), "double");
  EXPECT_EQ(type_of("logicalType: number, logicalTypeOptions: {format: f32}"), "float");
  EXPECT_EQ(type_of("logicalType: number, physicalType: double  precision"), "double");
  EXPECT_EQ(type_of("logicalType: number, physicalType: 'DECIMAL(12, 2)'"), "decimal128(12, 2)");
  EXPECT_EQ(type_of("logicalType: boolean, physicalType: BOOL"), "bool");
  EXPECT_EQ(type_of("logicalType: date"), "date32[day]");
  EXPECT_EQ(type_of("logicalType: timestamp"), "timestamp[us, tz=UTC]");
  EXPECT_EQ(type_of("logicalType: timestamp, physicalType: 'TIMESTAMP(6) WITH TIME ZONE'"),
            "timestamp[us, tz=UTC]");
  EXPECT_EQ(type_of("logicalType: timestamp, physicalType: TIMESTAMP, logicalTypeOptions: {timezone: false}"),
            "timestamp[us]");
  EXPECT_EQ(type_of("logicalType: timestamp, physicalType: TIMESTAMP_NTZ"), "timestamp[us]");
  EXPECT_EQ(type_of("logicalType: array, items: {logicalType: integer, physicalType: INT}"),
            "list<item: int32>");
  EXPECT_EQ(type_of("logicalType: object, properties: [{name: x, logicalType: date}, {name: y, logicalType: "
                    "array, items: "
                    "{logicalType: string}}]"),
            "struct<x: date32[day], y: list<item: string>>");
}

columnar::Privacy privacy_of(std::string_view clauses) {
  const Object object = parsed_object("      - {name: a, " + std::string(clauses) + "}\n");
  return object.schema.columns.at(0).privacy;
}

TEST(Contract, TreatsAColumnAsPersonalUnlessItIsSaidToBeOpen) {
  using columnar::Privacy;
  EXPECT_EQ(privacy_of("logicalType: string"), Privacy::kOpen);
  EXPECT_EQ(privacy_of("logicalType: string, classification: Internal"), Privacy::kOpen);
  EXPECT_EQ(privacy_of("logicalType: string, classification: restricted"), Privacy::kPersonal);
  EXPECT_EQ(privacy_of("logicalType: string, classification: PII"), Privacy::kPersonal);
  EXPECT_EQ(privacy_of("logicalType: string, classification: persnal"), Privacy::kPersonal)
      << "a slip must not open it";
  EXPECT_EQ(privacy_of("logicalType: string, classification: public, tags: [pii]"), Privacy::kPersonal);
  EXPECT_EQ(privacy_of("logicalType: object, properties: [{name: x, logicalType: string, tags: [personal]}]"),
            Privacy::kPersonal);
  EXPECT_EQ(privacy_of("logicalType: array, items: {logicalType: string, classification: secret}"),
            Privacy::kPersonal);
}

TEST(Contract, ListsEveryClauseThatIsNotEnforced) {
  EXPECT_THAT(
      not_enforced(
          "      - name: a\n        logicalType: array\n        physicalName: A\n        classification: P3\n"
          "        encryptedName: a_enc\n        items: {logicalType: integer, logicalTypeOptions: {minimum: "
          "1}}\n"
          "        logicalTypeOptions: {minItems: 1}\n"
          "      - name: b\n        logicalType: timestamp\n        physicalType: SMALLDATETIME\n"
          "        logicalTypeOptions: {format: dd.MM.yyyy}\n        quality:\n"
          "          - {type: text, description: plausible}\n"
          "          - {id: soda, type: custom, engine: soda, implementation: {x: 1}}\n"
          "          - {id: often, metric: nullValues, mustBe: 0, schedule: 0 20 * * *}\n"
          "          - {id: shares, type: sql, query: 'SELECT 1 FROM {object}', mustBe: 1, unit: percent}\n"
          "      - name: c\n        logicalType: string\n        relationships: [{to: "
          "'o.yaml#/schema/x/properties/y'}]\n"
          "slaProperties: [{property: latency, value: 1}]\nroles: [{role: r}]\n"),
      testing::UnorderedElementsAre(
          "t.a: physicalName A (tables and files are read and written under `name`)",
          "t.a: classification P3 (not a word of docs/contracts.md; the column is treated as personal)",
          "t.a: encryptedName (no column is encrypted)",
          "t.a[]: logicalTypeOptions (what is inside a list or an object is not checked by rules)",
          "t.a: minItems (what is inside a list or an object is not checked by rules)",
          "t.b: physicalType SMALLDATETIME (not a type of docs/contracts.md; the column is kept by its "
          "logicalType)",
          "t.b: format dd.MM.yyyy (times are read as RFC 3339; the source's own format belongs to its "
          "sources/ file)",
          "quality rule t.b.text (text, for people to read)",
          "quality rule soda (a rule for the engine soda)",
          "often: schedule (rules run with every commit, not on a schedule of their own)",
          "shares: unit (the query says what it counts)",
          "relationship of t to o.yaml#/schema/x/properties/y (ids of another file are not followed; write "
          "object.column)",
          "service level latency (it names no column of time; add element: t.COLUMN)",
          "roles (nobody is refused access in this version)"));
}

}  // namespace
}  // namespace haul::contract
