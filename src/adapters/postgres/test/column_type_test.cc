#include "column_type.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

namespace haul::adapters::postgres {
namespace {

constexpr std::int32_t kHeader = 4;

CatalogColumn column(const std::string& type, std::int32_t modifier = -1) {
  return {.name = "c", .written_type = type, .base_written = type, .base_type = type, .modifier = modifier};
}
std::int32_t digits(std::int32_t precision, std::int32_t scale) {
  return ((precision << 16) | (scale & 0x7ff)) + kHeader;
}
std::string kept(const CatalogColumn& column) {
  const ColumnType type = column_type(column);
  return type.type ? type.type->ToString() : "by its rows";
}

TEST(ColumnType, KeepsEveryTypeThatContractsHave) {
  EXPECT_EQ(kept(column("bool")), "bool");
  EXPECT_EQ(kept(column("int2")), "int16");
  EXPECT_EQ(kept(column("int8")), "int64");
  EXPECT_EQ(kept(column("float4")), "float");
  EXPECT_EQ(kept(column("date")), "date32[day]");
  EXPECT_EQ(kept(column("timestamp")), "timestamp[us]");
  EXPECT_EQ(kept(column("timestamptz")), "timestamp[us, tz=UTC]");
}

TEST(ColumnType, StatesTheLengthOfTexts) {
  EXPECT_EQ(column_type(column("varchar", 20 + kHeader)).physical_type, "VARCHAR(20)");
  EXPECT_EQ(column_type(column("bpchar", 2 + kHeader)).physical_type, "CHAR(2)");
  EXPECT_EQ(column_type(column("varchar")).physical_type, "");
}

TEST(ColumnType, ReadsTheDigitsOfNumbers) {
  EXPECT_EQ(kept(column("numeric", digits(12, 2))), "decimal128(12, 2)");
  EXPECT_EQ(kept(column("numeric", digits(3, 5))), "decimal128(5, 5)");
  EXPECT_EQ(kept(column("numeric", digits(4, -2))), "decimal128(6, 0)");
  EXPECT_EQ(kept(column("numeric", digits(50, 2))), "by its rows");
  EXPECT_EQ(kept(column("numeric")), "by its rows");
}

TEST(ColumnType, KeepsTheRestAsTextAndSaysSo) {
  CatalogColumn array = column("_text");
  array.is_array = true;
  CatalogColumn range = column("int4range");
  range.base_kind = 'r';
  CatalogColumn foreign = column("numeric");
  foreign.is_builtin = false;
  for (const CatalogColumn& each : {column("time"), column("interval"), column("bytea"), column("money"),
                                    column("inet"), array, range, foreign}) {
    EXPECT_EQ(kept(each), "string") << each.base_type;
    EXPECT_NE(column_type(each).note, "") << each.base_type;
  }
}

}  // namespace
}  // namespace haul::adapters::postgres
