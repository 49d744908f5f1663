#include "haul/contract/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract_text.h"

namespace haul::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ColumnEvidence texts(std::uint64_t rows) {
  return {.name = "c", .type = arrow::utf8(), .values = rows, .length_min = 3, .length_max = 3};
}

std::string drafted(ColumnEvidence column) {
  Evidence evidence{.origin = "t.csv", .rows = column.nulls + column.values};
  evidence.columns.push_back(std::move(column));
  return draft_contract(evidence, "t");
}

std::vector<std::string> rules_of(const ColumnEvidence& column) {
  const Object object = parsed(drafted(column)).objects.at(0);
  std::vector<std::string> rules;
  for (const RowRule& rule : object.row_rules) rules.push_back(rule.sql);
  return rules;
}

TEST(Draft, RequiresAColumnThatEnoughRowsHave) {
  EXPECT_THAT(rules_of(texts(100)), ElementsAre("\"c\" IS NOT NULL"));
  EXPECT_THAT(rules_of(texts(99)), ElementsAre());

  ColumnEvidence with_a_null = texts(1'000'000);
  with_a_null.nulls = 1;
  EXPECT_THAT(rules_of(with_a_null), ElementsAre());
}

TEST(Draft, MakesTheFirstColumnThatTellsRowsApartTheKeyAndTheOthersUnique) {
  Evidence evidence{.origin = "t.csv", .rows = 500};
  for (const char* name : {"distance", "a", "b"}) {
    const bool number = std::string(name) == "distance";
    evidence.columns.push_back(
        {.name = name, .type = number ? arrow::float64() : arrow::int64(), .values = 500, .is_unique = true});
  }

  const Object object = parsed(draft_contract(evidence, "t")).objects.at(0);

  EXPECT_THAT(object.primary_key, ElementsAre("a"));
  ASSERT_EQ(object.set_rules.size(), 2U);
  EXPECT_THAT(object.set_rules[1].columns, ElementsAre("b"));
}

TEST(Draft, BoundsANumberThatIsNeverNegativeInManyRows) {
  ColumnEvidence number{
      .name = "c", .type = arrow::int64(), .nulls = 1, .values = 1000, .is_never_negative = true};
  EXPECT_THAT(rules_of(number), ElementsAre("\"c\" >= 0"));

  number.values = 999;
  EXPECT_THAT(rules_of(number), ElementsAre());
}

TEST(Draft, OnlyWarnsAboutValuesThatItHasNotSeen) {
  ColumnEvidence column = texts(200);
  column.distinct = {{"PU", 150}, {"it's", 50}};

  const Object object = parsed(drafted(column)).objects.at(0);

  ASSERT_EQ(object.row_rules.size(), 2U);
  EXPECT_EQ(object.row_rules[1].sql, "\"c\" IN ('PU', 'it''s')");
  EXPECT_EQ(object.row_rules[1].severity, Severity::kWarning);
}

TEST(Draft, ListsNoValuesWhereOneIsRare) {
  ColumnEvidence column = texts(200);
  column.distinct = {{"PU", 196}, {"DLV", 4}};

  EXPECT_THAT(drafted(column), Not(HasSubstr("validValues")));
}

TEST(Draft, TakesAPatternFromVariedValuesAlone) {
  ColumnEvidence column = texts(200);
  column.pattern = "^[A-Z]{3}$";
  EXPECT_THAT(drafted(column), HasSubstr("pattern: \"^[A-Z]{3}$\"")) << "too many values to list";

  column.distinct = {{"EWR", 100}, {"JFK", 100}};
  EXPECT_THAT(drafted(column), Not(HasSubstr("pattern")));
}

TEST(Draft, ClosesColumnsThatSoundPersonalAndShowsNothingOfThem) {
  ColumnEvidence column = texts(200);
  column.name = "Driver_Name";
  column.distinct = {{"Ann", 200}};

  const std::string yaml = drafted(column);

  EXPECT_THAT(yaml, Not(HasSubstr("Ann")));
  EXPECT_EQ(parsed(yaml).objects.at(0).schema.columns.at(0).privacy, columnar::Privacy::kPersonal);
}

TEST(Draft, KeepsEveryTypeThatAColumnCanHave) {
  Evidence evidence{.origin = "t.parquet", .rows = 1};
  const std::vector<std::shared_ptr<arrow::DataType>> types{
      arrow::boolean(),
      arrow::int8(),
      arrow::int16(),
      arrow::int32(),
      arrow::int64(),
      arrow::float32(),
      arrow::float64(),
      arrow::decimal128(12, 2),
      arrow::utf8(),
      arrow::binary(),
      arrow::date32(),
      arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
      arrow::timestamp(arrow::TimeUnit::MICRO),
      arrow::list(arrow::struct_({arrow::field("a", arrow::list(arrow::int16()))}))};
  for (const auto& type : types) {
    evidence.columns.push_back({.name = "c" + std::to_string(evidence.columns.size()), .type = type});
  }

  const Object object = parsed(draft_contract(evidence, "t")).objects.at(0);

  for (std::size_t index = 0; index < types.size(); ++index)
    EXPECT_TRUE(object.schema.columns.at(index).type->Equals(*types[index])) << types[index]->ToString();
}

/// A table of the columns `names`, all text, with what `declare` says of them.
template <class Declare>
Evidence table_of(const std::vector<std::string>& names, Declare declare) {
  Evidence evidence{.origin = "table t of the database d", .rows = 200, .declared = TableDeclaration()};
  for (const std::string& name : names) {
    ColumnEvidence column = texts(200);
    column.name = name;
    column.declared = ColumnDeclaration{.type = "text"};
    evidence.columns.push_back(std::move(column));
  }
  declare(evidence);
  return evidence;
}

TEST(Draft, TakesTheDeclaredKeyAndNoOther) {
  const Evidence evidence = table_of({"a", "b", "c"}, [](Evidence& table) {
    table.columns[0].is_unique = true;
    table.columns[1].declared->key_position = 2;
    table.columns[2].declared->key_position = 1;
  });

  EXPECT_THAT(parsed(draft_contract(evidence, "t")).objects.at(0).primary_key, ElementsAre("c", "b"));
}

TEST(Draft, ComparesAKeyOfFloatingNumbersByARule) {
  const Evidence evidence = table_of({"a"}, [](Evidence& table) {
    table.columns[0].type = arrow::float64();
    table.columns[0].declared->key_position = 1;
  });

  const Object object = parsed(draft_contract(evidence, "t")).objects.at(0);

  EXPECT_THAT(object.primary_key, ElementsAre());
  ASSERT_EQ(object.set_rules.size(), 1U);
  EXPECT_EQ(object.set_rules[0].id, "primary_key");
}

TEST(Draft, PutsWhatIsDeclaredInThePlaceOfWhatWasSeen) {
  const Evidence evidence = table_of({"a"}, [](Evidence& table) {
    ColumnEvidence& column = table.columns[0];
    column.pattern = "^[0-9]$";
    column.distinct = {{"PU", 200}};
    column.declared->options = {{"maxLength", "9", "CHECK short"}};
    column.declared->values = {"PU", "no"};
    column.declared->values_by = "TYPE code";
  });

  const std::string yaml = draft_contract(evidence, "t");

  EXPECT_THAT(yaml, HasSubstr("logicalTypeOptions: {maxLength: 9}  # declared: CHECK short\n"));
  EXPECT_THAT(yaml, HasSubstr("validValues: [PU, \"no\"]}  # declared: TYPE code\n"));
  const Object object = parsed(yaml).objects.at(0);
  ASSERT_EQ(object.row_rules.size(), 3U);
  EXPECT_EQ(object.row_rules[2].severity, Severity::kError);
}

TEST(Draft, StatesDeclaredConditionsReferencesAndWhatNothingRuns) {
  const Evidence evidence = table_of({"a", "b"}, [](Evidence& table) {
    using Kind = DeclaredRule::Kind;
    table.declared->rules = {
        {.kind = Kind::kCondition, .name = "in_order", .declared = "CHECK 1", .sql = "(\"a\" = \"b\")"},
        {.kind = Kind::kCondition,
         .name = "in_order",
         .declared = "CHECK 2",
         .sql = "(\"a\" = 'x')",
         .is_proven = false},
        {.kind = Kind::kReference,
         .name = "f",
         .declared = "FOREIGN KEY",
         .columns = {"a"},
         .references = {"p.id"}},
        {.kind = Kind::kReference,
         .name = "g",
         .declared = "FOREIGN KEY",
         .columns = {"a", "b"},
         .references = {"p.x", "p.y"}},
        {.kind = Kind::kUnchecked,
         .name = "n",
         .declared = "CHECK\n(now())",
         .why_unchecked = "clocks differ"}};
  });

  const Contract contract = parsed(draft_contract(evidence, "t"));

  const Object& object = contract.objects.at(0);
  ASSERT_EQ(object.row_rules.size(), 4U);
  EXPECT_EQ(object.row_rules[2].id, "in_order");
  EXPECT_EQ(object.row_rules[3].id, "in_order_2");
  EXPECT_EQ(object.row_rules[3].severity, Severity::kWarning);
  ASSERT_EQ(object.set_rules.size(), 2U);
  EXPECT_EQ(object.set_rules[0].references, "p");
  EXPECT_THAT(object.set_rules[1].columns, ElementsAre("a", "b"));
  EXPECT_EQ(contract.not_enforced.size(), 1U);
}

TEST(Draft, TakesNoKeyFromASample) {
  Evidence evidence = table_of({"a"}, [](Evidence& table) { table.columns[0].is_unique = true; });
  EXPECT_THAT(draft_contract(evidence, "t"), HasSubstr("primaryKey: true\n"));

  evidence.sampled_from = 1'000'000;

  EXPECT_THAT(draft_contract(evidence, "t"), Not(HasSubstr("primaryKey")));
  EXPECT_THAT(draft_contract(evidence, "t"), HasSubstr("200 of about 1,000,000 rows"));
}

TEST(Draft, SaysWhichValuesAColumnCannotHold) {
  Evidence evidence = table_of({"at", "birth"}, [](Evidence& table) {
    for (ColumnEvidence& column : table.columns) {
      column.unfit = 2;
      column.unfit_example = "`infinity`";
    }
  });

  const std::string yaml = draft_contract(evidence, "t");

  EXPECT_THAT(yaml, HasSubstr("2 values are none that its type holds (`infinity`)"));
  EXPECT_THAT(yaml, HasSubstr("2 values are none that its type holds: such rows"))
      << "nothing personal is shown";
}

TEST(Draft, LetsNoTextOfTheFileLeaveItsPlace) {
  ColumnEvidence column = texts(200);
  column.name = "a'b#c";
  Evidence evidence{.origin = "x\nschema: []", .rows = 200, .columns = {column}};

  const Contract contract = parsed(draft_contract(evidence, "t"));

  EXPECT_EQ(contract.objects.at(0).schema.columns.at(0).name, "a'b#c");
}

}  // namespace
}  // namespace haul::contract
