#include "declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::adapters::postgres {
namespace {

using contract::DeclaredRule;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CatalogColumn column(const std::string& name, const std::string& type) {
  return {.name = name, .written_type = type, .base_written = type, .base_type = type};
}

CatalogTable table() {
  CatalogTable made{.oid = "1", .schema = "tms", .name = "Shipments"};
  made.columns = {column("id", "int8"), column("code", "text"), column("weight", "numeric"),
                  column("size", "int2")};
  return made;
}

CatalogConstraint check(const std::string& name, const std::string& expression) {
  return {.name = name, .definition = "CHECK (" + expression + ")", .expression = expression};
}

TEST(Declaration, GivesKeysToTheirColumnsAndSharedUniquenessToTheTable) {
  CatalogTable catalog = table();
  catalog.indexes = {{.name = "pk", .is_primary = true, .columns = {"code", "id"}},
                     {.name = "u1", .columns = {"weight"}},
                     {.name = "u2", .definition = "UNIQUE", .columns = {"code", "weight"}},
                     {.name = "u3", .definition = "UNIQUE WHERE", .is_whole = false, .columns = {"code"}}};

  const auto info = describe_table(catalog);

  EXPECT_EQ(info.name, "shipments");
  EXPECT_EQ(info.columns[0].declared.key_position, 2);
  EXPECT_EQ(info.columns[1].declared.key_position, 1);
  EXPECT_TRUE(info.columns[2].declared.is_unique);
  ASSERT_THAT(info.declared.rules, SizeIs(2));
  EXPECT_EQ(info.declared.rules[0].kind, DeclaredRule::Kind::kUnique);
  EXPECT_THAT(info.declared.rules[0].columns, ElementsAre("code", "weight"));
  EXPECT_EQ(info.declared.rules[1].kind, DeclaredRule::Kind::kUnchecked);
}

TEST(Declaration, StatesAConditionInTheColumnWhereItCan) {
  CatalogTable catalog = table();
  catalog.constraints = {check("positive", "(weight > (0)::numeric)")};

  const auto info = describe_table(catalog);

  ASSERT_THAT(info.columns[2].declared.options, SizeIs(1));
  EXPECT_EQ(info.columns[2].declared.options[0].key, "exclusiveMinimum");
  EXPECT_EQ(info.columns[2].declared.options[0].by, "CHECK positive");
  EXPECT_THAT(info.declared.rules, IsEmpty());
}

TEST(Declaration, StatesInSqlWhatAColumnCannotTake) {
  CatalogTable catalog = table();
  catalog.constraints = {check("first", "(size > 0)"), check("second", "(size >= 5)"),
                         check("wide", "(size < 100000)"), check("empty", "(size < 0)")};

  const auto info = describe_table(catalog);

  EXPECT_THAT(info.columns[3].declared.options, SizeIs(1));
  ASSERT_THAT(info.declared.rules, SizeIs(3));
  EXPECT_EQ(info.declared.rules[0].sql, "(\"size\" >= 5)");
  EXPECT_EQ(info.declared.rules[1].name, "wide");
}

TEST(Declaration, KeepsAConditionThatNothingRunsWithItsReason) {
  CatalogTable catalog = table();
  catalog.constraints = {check("recent", "(id < my_clock())")};

  const auto info = describe_table(catalog);

  ASSERT_THAT(info.declared.rules, SizeIs(1));
  EXPECT_EQ(info.declared.rules[0].kind, DeclaredRule::Kind::kUnchecked);
  EXPECT_THAT(info.declared.rules[0].why_unchecked, HasSubstr("my_clock"));
}

TEST(Declaration, OnlyWarnsOfWhatTheDatabaseHasNotChecked) {
  CatalogTable catalog = table();
  catalog.constraints = {check("late", "(size > 0)")};
  catalog.constraints[0].is_validated = false;

  const auto info = describe_table(catalog);

  EXPECT_THAT(info.columns[3].declared.options, IsEmpty());
  ASSERT_THAT(info.declared.rules, SizeIs(1));
  EXPECT_FALSE(info.declared.rules[0].is_proven);
}

TEST(Declaration, ReadsTheConditionOfADomainForItsColumn) {
  CatalogTable catalog = table();
  catalog.constraints = {check("d", "(VALUE > (0)::numeric)")};
  catalog.constraints[0].domain_column = "weight";

  EXPECT_THAT(describe_table(catalog).columns[2].declared.options, SizeIs(1));
}

TEST(Declaration, NamesTheColumnsThatAForeignKeyRefersTo) {
  CatalogTable catalog = table();
  catalog.constraints = {{.name = "f",
                          .kind = 'f',
                          .columns = {"code"},
                          .references_table = "Site Codes",
                          .references_columns = {"code"}},
                         {.name = "g",
                          .kind = 'f',
                          .columns = {"id"},
                          .references_table = "sites",
                          .references_columns = {"site id"}}};

  const auto info = describe_table(catalog);

  ASSERT_THAT(info.declared.rules, SizeIs(2));
  EXPECT_THAT(info.declared.rules[0].references, ElementsAre("site_codes.code"));
  EXPECT_EQ(info.declared.rules[1].kind, DeclaredRule::Kind::kUnchecked);
}

TEST(Declaration, RenamesAColumnThatNoTableCanHaveAndSaysSo) {
  CatalogTable catalog = table();
  catalog.columns[0].name = "planned time";

  const auto info = describe_table(catalog);

  EXPECT_EQ(info.columns[0].name, "planned_time");
  EXPECT_EQ(info.columns[0].declared.source_name, "planned time");
  EXPECT_THAT(info.columns[0].declared.notes, SizeIs(1));
}

TEST(Declaration, LetsColumnsOfAViewBeNullWhateverTheirDomainSays) {
  CatalogTable catalog = table();
  catalog.kind = 'v';
  catalog.columns[0].is_required = true;

  EXPECT_FALSE(describe_table(catalog).columns[0].declared.is_required);
}

TEST(Declaration, DoesNotTrustWhatAForeignTableDeclares) {
  CatalogTable catalog = table();
  catalog.kind = 'f';
  catalog.columns[0].is_required = true;
  catalog.constraints = {check("c", "(size > 0)")};

  const auto info = describe_table(catalog);

  EXPECT_FALSE(info.columns[0].declared.is_required);
  ASSERT_THAT(info.declared.rules, SizeIs(1));
  EXPECT_FALSE(info.declared.rules[0].is_proven);
}

}  // namespace
}  // namespace haul::adapters::postgres
