#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "contract_text.h"
#include "haul/contract/consumer.h"

namespace haul::contract {
namespace {

using testing::Contains;
using testing::ElementsAreArray;

/// docs/contracts.md, line by line; tests run at the top of the source tree.
std::vector<std::string> page() {
  std::ifstream stream("docs/contracts.md");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> yaml_blocks() {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const std::string& line : page()) {
    if (line == "```yaml") {
      blocks.emplace_back();
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + '\n';
    }
  }
  return blocks;
}

/// The texts in backticks of one cell.
std::vector<std::string> quoted_in(std::string_view cell) {
  std::vector<std::string> texts;
  for (auto open = cell.find('`'); open != std::string_view::npos; open = cell.find('`')) {
    const auto close = cell.find('`', open + 1);
    texts.emplace_back(cell.substr(open + 1, close - open - 1));
    cell.remove_prefix(close + 1);
  }
  return texts;
}

struct Row {
  std::vector<std::string> columns;
  std::string result;
};

/// The rows of the table whose head begins with `head`.
std::vector<Row> table(std::string_view head) {
  std::vector<Row> rows;
  bool inside = false;
  for (const std::string& line : page()) {
    inside = line.starts_with(head) || (inside && line.starts_with("|"));
    const auto middle = line.find(" | ");
    if (!inside || line.starts_with(head) || line.starts_with("|---") || middle == std::string::npos)
      continue;
    const std::string result = line.substr(middle + 3, line.size() - middle - 5);
    rows.push_back({quoted_in(line.substr(0, middle)), result});
  }
  return rows;
}

std::string indented(const std::string& block, const std::string& indent) {
  std::istringstream stream(block);
  std::string out;
  for (std::string line; std::getline(stream, line);) out += indent + line + '\n';
  return out;
}

TEST(ContractsPage, ShowsYamlThatIsAccepted) {
  const auto blocks = yaml_blocks();

  ASSERT_EQ(blocks.size(), 9U);
  for (const std::string& block : blocks) {
    if (block.starts_with("consumer:")) {
      const auto consumer = parse_consumer(block, "block.yaml");
      EXPECT_TRUE(consumer) << consumer.error().message;
      continue;
    }
    std::string contract = block;
    if (block.starts_with("- name")) contract = with_columns(indented(block, "      "));
    if (block.starts_with("schema")) {
      contract =
          "apiVersion: v3.1.0\nkind: DataContract\nid: urn:t\nname: t\nversion: 1.0.0\nstatus: active\n" +
          block;
    }
    if (block.starts_with("customProperties") || block.starts_with("slaProperties"))
      contract = with_columns("      - {name: a, logicalType: date}\n" + block);
    const auto parsed_block = parse_contract(contract, "block.yaml");
    EXPECT_TRUE(parsed_block) << parsed_block.error().message << '\n' << contract;
  }
}

TEST(ContractsPage, SaysHowEachTypeIsKept) {
  const auto rows = table("| A column with | is kept as |");

  ASSERT_EQ(rows.size(), 16U);
  for (const Row& row : rows) {
    EXPECT_FALSE(row.columns.empty());
    for (const std::string& column : row.columns) EXPECT_EQ(type_of(column), row.result) << column;
  }
}

TEST(ContractsPage, SaysWhatEachRuleOfARowMustKeep) {
  const auto rows = table("| A column `c` with | must keep |");

  ASSERT_EQ(rows.size(), 11U);
  for (const Row& row : rows) {
    ASSERT_EQ(row.columns.size(), 1U);
    const Object object = parsed_object("      - {name: c, " + row.columns[0] + "}\n");
    std::vector<std::string> rules;
    for (const RowRule& rule : object.row_rules) rules.push_back("`" + rule.sql + "`");
    EXPECT_THAT(rules, Contains(row.result)) << row.columns[0];
  }
}

TEST(ContractsPage, TellsARowRuleFromASetRuleByTheFormOfItsQuery) {
  const auto blocks = yaml_blocks();
  ASSERT_EQ(blocks.size(), 9U);

  const Object about_rows = parsed_object(indented(blocks[1], "      "));
  const Object about_sets = parsed_object(indented(blocks[2], "      "));

  ASSERT_EQ(about_rows.row_rules.size(), 1U);
  EXPECT_EQ(about_rows.row_rules[0].sql, "NOT (\"pieces\" % 12 <> 0)");
  EXPECT_EQ(about_rows.row_rules[0].severity, Severity::kWarning);
  EXPECT_TRUE(about_sets.row_rules.empty());
  EXPECT_EQ(about_sets.set_rules.size(), 4U);
}

TEST(ContractsPage, ListsEveryKindOfChange) {
  std::vector<std::string> rows;
  for (const ChangeRule& rule : change_rules()) {
    rows.push_back("| `" + std::string(rule.id) + "` | " + std::string(to_string(rule.impact)) + " | " +
                   std::string(to_string(rule.affected)) + " | " + std::string(rule.says) + " |");
  }

  const std::vector<std::string> lines = page();
  const auto head = std::find(lines.begin(), lines.end(), "| Rule | Impact | Affects | What happened |");

  ASSERT_GT(lines.end() - head, 2);
  const auto end =
      std::find_if(head + 2, lines.end(), [](const std::string& line) { return !line.starts_with('|'); });
  EXPECT_THAT(std::vector<std::string>(head + 2, end), ElementsAreArray(rows));
}

}  // namespace
}  // namespace haul::contract
