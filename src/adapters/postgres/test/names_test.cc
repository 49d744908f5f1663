#include "names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::adapters::postgres {
namespace {

using testing::ElementsAre;

TEST(ContractName, IsOneThatATableCanHave) {
  EXPECT_EQ(contract_name("Flight Legs-2013"), "flight_legs_2013");
  EXPECT_EQ(contract_name("2013"), "t_2013");
}

TEST(ColumnNames, StayAsTheyAreWhereTheyCan) {
  EXPECT_THAT(column_names({"a", "Shipment Id", "a\"b"}), ElementsAre("a", "Shipment_Id", "a\"b"));
}

TEST(ColumnNames, AreDifferentWithoutRegardToCase) {
  EXPECT_THAT(column_names({"a b", "a_b", "A_B", "a,b"}), ElementsAre("a_b_2", "a_b", "A_B_3", "a_b_4"));
}

TEST(ColumnNames, LeaveSilverItsOwn) {
  EXPECT_THAT(column_names({"_offset", "_Extra"}), ElementsAre("_offset_", "_Extra_"));
}

TEST(Identifiers, HaveLettersDigitsAndUnderscores) {
  EXPECT_TRUE(is_identifier("Shipment_Id2"));
  for (const auto* name : {"", "2a", "a b", "a-b", "é"}) EXPECT_FALSE(is_identifier(name)) << name;
}

}  // namespace
}  // namespace haul::adapters::postgres
