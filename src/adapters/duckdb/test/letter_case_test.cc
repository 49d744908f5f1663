// upper() and lower() of every Unicode code point, ours and DuckDB's.
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/expression/expression.h"
#include "haul/query/sql_engine.h"

namespace haul::adapters::duckdb {
namespace {

std::string utf8(std::uint32_t point) {
  const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
  if (point < 0x80U) return {byte(point)};
  if (point < 0x800U) return {byte(0xC0U | (point >> 6U)), byte(0x80U | (point & 0x3FU))};
  if (point < 0x10000U) {
    return {byte(0xE0U | (point >> 12U)), byte(0x80U | ((point >> 6U) & 0x3FU)),
            byte(0x80U | (point & 0x3FU))};
  }
  return {byte(0xF0U | (point >> 18U)), byte(0x80U | ((point >> 12U) & 0x3FU)),
          byte(0x80U | ((point >> 6U) & 0x3FU)), byte(0x80U | (point & 0x3FU))};
}

/// Column "letter": every code point but NUL and the surrogates, in order.
std::shared_ptr<arrow::RecordBatch> every_code_point() {
  arrow::StringBuilder letters;
  for (std::uint32_t point = 1; point <= 0x10FFFFU; ++point) {
    if (point >= 0xD800U && point <= 0xDFFFU) continue;
    EXPECT_TRUE(letters.Append(utf8(point)).ok());
  }
  const std::int64_t rows = letters.length();
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("letter", arrow::utf8())}), rows,
                                  {letters.Finish().ValueOrDie()});
}

class LetterCase : public ::testing::TestWithParam<const char*> {};

TEST_P(LetterCase, IsThatOfDuckDbForEveryCodePoint) {
  const auto letters = every_code_point();
  const std::string sql = std::string(GetParam()) + "(letter)";
  const auto parser = make_duckdb_sql_parser();
  const auto engine = make_duckdb_engine({});
  columnar::Schema schema;
  schema.columns = {{"letter", arrow::utf8()}};
  query::QueryRequest request;
  request.sql = "SELECT " + sql + " AS cased FROM test.letters";
  request.scans.push_back(
      {"test", "letters", schema, {}, arrow::Table::FromRecordBatches({letters}).ValueOrDie()});

  const auto expression = expression::Expression::compile(sql, schema, *parser);
  ASSERT_TRUE(expression) << expression.error().message;
  const auto ours = expression->evaluate(*letters);
  ASSERT_TRUE(ours) << ours.error().message;
  const auto theirs = query::run_to_table(*engine, request);
  ASSERT_TRUE(theirs) << theirs.error().message;

  const auto expected = (*theirs)->CombineChunks().ValueOrDie()->column(0)->chunk(0);
  const auto& ours_text = static_cast<const arrow::StringArray&>(*ours->values);
  const auto& their_text = static_cast<const arrow::StringArray&>(*expected);
  ASSERT_EQ(ours_text.length(), their_text.length());
  for (std::int64_t row = 0; row < ours_text.length(); ++row) {
    ASSERT_EQ(ours_text.GetView(row), their_text.GetView(row)) << "row " << row;
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, LetterCase, ::testing::Values("upper", "lower"));

}  // namespace
}  // namespace haul::adapters::duckdb
