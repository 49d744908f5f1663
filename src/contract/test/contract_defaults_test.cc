#include <gtest/gtest.h>

#include <string>

#include "contract_text.h"

namespace haul::contract {
namespace {

std::string with_default(std::string_view column, std::string_view value) {
  return with_columns("      - {name: c, " + std::string(column) +
                      ", customProperties: [{property: default, value: " + std::string(value) + "}]}\n");
}

std::string problem(const std::string& yaml) {
  const auto contract = parse_contract(yaml, "t.yaml");
  return contract ? "none" : contract.error().message;
}

TEST(ContractDefaults, AreReadForEveryKindOfSingleValue) {
  const auto text = [](std::string_view column, std::string_view value) {
    const Contract contract = parsed(with_default(column, value));
    return contract.objects.empty() ? "" : contract.objects[0].defaults.at("c");
  };

  EXPECT_EQ(text("logicalType: string", "kg"), "kg");
  EXPECT_EQ(text("logicalType: integer, physicalType: TINYINT", "-128"), "-128");
  EXPECT_EQ(text("logicalType: number", "1.5"), "1.5");
  EXPECT_EQ(text("logicalType: number, physicalType: 'DECIMAL(4,2)'", "12.34"), "12.34");
  EXPECT_EQ(text("logicalType: boolean", "false"), "false");
  EXPECT_EQ(text("logicalType: date", "'2013-01-31'"), "2013-01-31");
  EXPECT_EQ(text("logicalType: timestamp", "'2013-01-31T12:00:00Z'"), "2013-01-31T12:00:00Z");
}

TEST(ContractDefaults, AreRefusedWhereTheColumnCannotHoldThem) {
  EXPECT_NE(problem(with_default("logicalType: integer", "heavy")).find("the default is"), std::string::npos);
  EXPECT_NE(problem(with_default("logicalType: integer, physicalType: TINYINT", "128")).find("does not fit"),
            std::string::npos);
  EXPECT_NE(problem(with_default("logicalType: number, physicalType: 'DECIMAL(4,2)'", "123.4"))
                .find("does not fit"),
            std::string::npos);
  EXPECT_NE(problem(with_default("logicalType: number, physicalType: 'DECIMAL(4,2)'", "1.234"))
                .find("does not fit"),
            std::string::npos);
  EXPECT_NE(problem(with_default("logicalType: date", "'2013-02-31'")).find("the default is"),
            std::string::npos);
  EXPECT_NE(
      problem(with_default("logicalType: array, items: {logicalType: string}", "[]")).find("has no default"),
      std::string::npos);
  EXPECT_NE(problem(with_default("logicalType: string, required: true", "null")).find("its default is null"),
            std::string::npos);
}

TEST(ContractDefaults, NameAMisspeltProperty) {
  const std::string yaml = with_columns(
      "      - {name: c, logicalType: string, customProperties: [{property: defualt, value: kg}]}\n");

  EXPECT_NE(problem(yaml).find("did you mean `default`?"), std::string::npos) << problem(yaml);
}

std::string with_version_column(std::string_view name, std::string_view columns) {
  return "apiVersion: v3.1.0\nkind: DataContract\nid: urn:t\nname: t\nversion: 1.0.0\nstatus: "
         "active\nschema:\n"
         "  - name: t\n    customProperties: [{property: versionColumn, value: " +
         std::string(name) + "}]\n    properties:\n" + std::string(columns);
}

TEST(ContractVersionColumn, IsAColumnThatCanBeOrdered) {
  const std::string columns =
      "      - {name: id, logicalType: integer, primaryKey: true}\n"
      "      - {name: at, logicalType: timestamp}\n"
      "      - {name: note, logicalType: string}\n";

  EXPECT_EQ(parsed(with_version_column("at", columns)).objects.at(0).version_column, "at");
  EXPECT_NE(problem(with_version_column("updated", columns)).find("is no column of t"), std::string::npos);
  EXPECT_NE(problem(with_version_column("note", columns)).find("whole numbers, dates or times"),
            std::string::npos);
  EXPECT_NE(problem(with_version_column("id", columns)).find("is part of the key"), std::string::npos);
}

TEST(ContractColumns, CannotTakeANameThatSilverHasOfItsOwn) {
  const std::string yaml = with_columns("      - {name: _Extra, logicalType: string}\n");

  EXPECT_NE(problem(yaml).find("silver has of its own"), std::string::npos) << problem(yaml);
}

}  // namespace
}  // namespace haul::contract
