#include "haul/contract/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

#include "contract_text.h"

namespace haul::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Tests run at the top of the source tree.
std::string content_of(const std::string& path) {
  std::ifstream stream("src/contract/test/data/" + path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string exported(const std::string& yaml, ExportFormat format) {
  auto text = export_contract(yaml, "t.yaml", format);
  EXPECT_TRUE(text) << text.error().message;
  return text.value_or("");
}

std::string exported_columns(std::string_view columns, ExportFormat format) {
  return exported(with_columns(columns), format);
}

struct Golden {
  std::string name;
  std::string file;
  friend void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.file; }
};

class Exports : public testing::TestWithParam<Golden> {};

TEST_P(Exports, AreWhatTheirGoldenFileHolds) {
  const auto format = export_format_named(GetParam().name);
  ASSERT_TRUE(format);

  const std::string text = exported(content_of("scans.odcs.yaml"), *format);

  EXPECT_EQ(text, content_of("exports/" + GetParam().file));
}

INSTANTIATE_TEST_SUITE_P(Formats, Exports,
                         testing::Values(Golden{"jsonschema", "scans.schema.json"},
                                         Golden{"avro", "scans.avsc"}, Golden{"sql", "scans.sql"},
                                         Golden{"markdown", "scans.md"}, Golden{"html", "scans.html"}),
                         [](const auto& each) { return each.param.name; });

TEST(Export, KnowsItsFormatsByName) {
  EXPECT_EQ(*export_format_named("avro"), ExportFormat::kAvro);

  const auto unknown = export_format_named("markdwon");

  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "a contract is not exported as `markdwon`; did you mean `markdown`?");
}

TEST(Export, RefusesAContractThatIsNone) {
  const auto refused = export_contract("kind: DataContract\n", "t.yaml", ExportFormat::kSql);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("t.yaml:1:1"));
}

constexpr std::string_view kWarning =
    "      - {name: pieces, logicalType: integer, logicalTypeOptions: {minimum: 1}}\n"
    "customProperties: [{property: onViolation, value: warn}]\n";

TEST(Export, MakesNoConstraintOfWhatOnlyWarns) {
  const std::string schema = exported_columns(kWarning, ExportFormat::kJsonSchema);
  EXPECT_THAT(schema, Not(HasSubstr("\"minimum\"")));
  EXPECT_THAT(schema, HasSubstr(R"("$comment": "t.pieces.minimum (warning): \"pieces\" >= 1")"));

  const std::string ddl = exported_columns(kWarning, ExportFormat::kSql);
  EXPECT_THAT(ddl, Not(HasSubstr("CHECK")));
  EXPECT_THAT(ddl, HasSubstr("-- t.pieces.minimum (warning): \"pieces\" >= 1\n"));
}

TEST(Export, LetsAJsonRowLeaveOutOnlyWhatMayBeNull) {
  const std::string schema = exported_columns(
      "      - {name: a, logicalType: string, required: true}\n"
      "      - {name: b, logicalType: string, quality: [{metric: nullValues, mustBe: 0}]}\n"
      "      - {name: c, logicalType: string, quality: [{metric: nullValues, mustBe: 0, severity: info}]}\n",
      ExportFormat::kJsonSchema);

  EXPECT_THAT(schema, HasSubstr(R"("required": ["a", "b"])"));
  EXPECT_THAT(schema, HasSubstr(R"("c": {"type": ["string", "null"])"));
}

TEST(Export, KeepsEachPatternOfAColumnInJsonSchema) {
  const std::string schema = exported_columns(
      "      - name: a\n        logicalType: string\n        logicalTypeOptions: {pattern: '^x'}\n"
      "        quality: [{metric: invalidValues, arguments: {pattern: 'y$'}, mustBe: 0}]\n",
      ExportFormat::kJsonSchema);

  EXPECT_THAT(schema, HasSubstr(R"("pattern": "^x", "allOf": [{"pattern": "y$"}])"));
}

TEST(Export, AllowsNullBesideTheValuesOfAnOptionalColumn) {
  const std::string schema = exported_columns(
      "      - name: a\n        logicalType: string\n"
      "        quality: [{metric: invalidValues, arguments: {validValues: [x, y]}, mustBe: 0}]\n",
      ExportFormat::kJsonSchema);

  EXPECT_THAT(schema, HasSubstr(R"("enum": ["x", "y", null])"));
}

TEST(Export, SaysInACommentWhatJsonSchemaCannotSayOfAType) {
  const std::string schema = exported_columns(
      "      - {name: a, logicalType: number, physicalType: 'DECIMAL(6,2)', logicalTypeOptions: {multipleOf: "
      "5}}\n"
      "      - {name: b, logicalType: timestamp, logicalTypeOptions: {timezone: false}}\n",
      ExportFormat::kJsonSchema);

  EXPECT_THAT(schema, HasSubstr(R"x("multipleOf": 5, "$comment": "DECIMAL(6,2)")x"));
  EXPECT_THAT(schema, HasSubstr(R"("$comment": "RFC 3339 without a zone")"));
}

TEST(Export, GivesAvroNamesToColumnsThatHaveNone) {
  const std::string schema =
      exported_columns("      - {name: 2nd-leg, logicalType: integer}\n", ExportFormat::kAvro);

  EXPECT_THAT(schema, HasSubstr(R"("name": "_2nd_leg", "doc": "column `2nd-leg`")"));
}

TEST(Export, RefusesColumnsThatAvroCannotTellApart) {
  const auto refused = export_contract(
      with_columns("      - {name: a-b, logicalType: string}\n      - {name: a_b, logicalType: string}\n"),
      "t.yaml", ExportFormat::kAvro);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "t.yaml: t: `a-b` and `a_b` are both a_b in Avro; rename one");
}

TEST(Export, WritesEveryObjectOfAContract) {
  const std::string two = with_columns(
      "      - {name: a, logicalType: string}\n"
      "  - name: u\n    properties:\n      - {name: b, logicalType: date}\n");

  EXPECT_THAT(exported(two, ExportFormat::kAvro), HasSubstr("\"name\": \"u\""));
  EXPECT_THAT(exported(two, ExportFormat::kJsonSchema), HasSubstr("\"anyOf\": ["));
  EXPECT_THAT(exported(two, ExportFormat::kSql), HasSubstr("CREATE TABLE \"u\" (\n  \"b\" DATE\n);"));
}

constexpr std::string_view kMarkup =
    "      - name: a|b\n        logicalType: string\n"
    "        description: \"<script>alert('x')</script> & \\\"quoted\\\" *stars*\\nsecond line\"\n"
    "        logicalTypeOptions: {pattern: '^(a|`b``)+$'}\n";

TEST(Export, LetsNoTextOfAContractBecomeMarkup) {
  const std::string html = exported_columns(kMarkup, ExportFormat::kHtml);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;"));

  const std::string markdown = exported_columns(kMarkup, ExportFormat::kMarkdown);
  EXPECT_THAT(markdown, HasSubstr("| `a\\|b` | `VARCHAR` |"));
  EXPECT_THAT(markdown,
              HasSubstr("\\<script\\>alert('x')\\</script\\> \\& \"quoted\" \\*stars\\* second line |\n"));
}

TEST(Export, KeepsALineEndInsideItsSqlComment) {
  const std::string ddl = exported(
      "apiVersion: v3.1.0\nkind: DataContract\nid: urn:t\nname: t\nversion: 1.0.0\nstatus: active\n"
      "description: {purpose: \"one\\nDROP TABLE t;\"}\n"
      "schema: [{name: t, properties: [{name: a, logicalType: string}]}]\n",
      ExportFormat::kSql);

  EXPECT_THAT(ddl, HasSubstr("-- one\n-- DROP TABLE t;\n"));
}

}  // namespace
}  // namespace haul::contract
