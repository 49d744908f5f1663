// What expressions promise beside equality with DuckDB: refusals that help, failures per row, batches of any
// shape.
#include "haul/expression/expression.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "haul/adapters/duckdb/duckdb_sql_parser.h"

namespace haul::adapters::duckdb {
namespace {

using expression::Expression;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <class Builder, class T>
std::shared_ptr<arrow::Array> array_of(std::vector<std::optional<T>> values) {
  Builder builder;
  for (const auto& value : values) {
    const auto status = value ? builder.Append(*value) : builder.AppendNull();
    if (!status.ok()) status.Abort();
  }
  return *builder.Finish();
}

class Expressions : public testing::Test {
 protected:
  Result<Expression> compile(std::string_view sql) { return Expression::compile(sql, schema_, *parser_); }

  std::string refusal(std::string_view sql) {
    const auto compiled = compile(sql);
    if (compiled) return "it compiled";
    EXPECT_EQ(compiled.error().code, ErrorCode::kInvalidInput);
    return compiled.error().message;
  }

  std::unique_ptr<expression::SqlParser> parser_ = make_duckdb_sql_parser();
  columnar::Schema schema_{{{"origin", arrow::utf8()},
                            {"delay", arrow::int32()},
                            {"distance", arrow::float64()},
                            {"Odd Name", arrow::int64()},
                            {"tags", arrow::list(arrow::utf8())}}};
  std::shared_ptr<arrow::RecordBatch> batch_ = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("delay", arrow::int32()), arrow::field("origin", arrow::utf8())}), 4,
      {array_of<arrow::Int32Builder, int>({5, std::nullopt, 2147483647, -3}),
       array_of<arrow::StringBuilder, std::string>({"JFK", "LGA", std::nullopt, "EWR"})});
};

TEST_F(Expressions, NameTheColumnThatWasMeant) {
  EXPECT_THAT(refusal("dellay > 5"), HasSubstr("there is no column 'dellay'; did you mean 'delay'?"));
  EXPECT_THAT(refusal("dellay > 5"), HasSubstr("at character 1"));
}

TEST_F(Expressions, SayWhereAFunctionIsRefusedAndWhatIsAllowed) {
  EXPECT_THAT(refusal("delay > 1 AND md5(origin) = ''"), HasSubstr("at character 15: function md5(VARCHAR)"));
  EXPECT_THAT(refusal("greatest(delay > 1, TRUE)"), HasSubstr("allowed: greatest(BIGINT, ...)"));
  EXPECT_THAT(refusal("origin::UUID IS NULL"), HasSubstr("cast from VARCHAR"));
}

TEST_F(Expressions, RefuseWhatChangesBetweenTwoCalls) {
  EXPECT_THAT(refusal("now() > TIMESTAMPTZ '2013-01-01 00:00:00+00'"),
              HasSubstr("another answer at every call"));
  EXPECT_THAT(refusal("random() < 0.5"), HasSubstr("another answer at every call"));
  EXPECT_THAT(refusal("current_date > DATE '2013-01-01'"), HasSubstr("another answer at every call"));
}

TEST_F(Expressions, RefuseWhatSeesMoreThanOneRow) {
  EXPECT_THAT(refusal("count(*) > 1"), HasSubstr("an aggregate"));
  EXPECT_THAT(refusal("row_number() OVER () = 1"), HasSubstr("a window function"));
  EXPECT_THAT(refusal("delay = (SELECT 1)"), HasSubstr("a subquery"));
  EXPECT_THAT(refusal("delay), (delay"), HasSubstr("it gives 2 values"));
  EXPECT_NE(refusal("1) FROM (SELECT 2) AS x WHERE (TRUE"), "it compiled");
  EXPECT_NE(refusal("1); DROP TABLE x; SELECT (2"), "it compiled");
}

TEST_F(Expressions, RefuseAConstantThatFailsInEveryRow) {
  EXPECT_THAT(refusal("delay = CAST('x' AS INTEGER)"), HasSubstr("every row would fail"));
  EXPECT_TRUE(compile("delay = TRY_CAST('x' AS INTEGER)"));
  EXPECT_TRUE(compile("delay = TRY(CAST('x' AS INTEGER))"));
}

TEST_F(Expressions, RefuseAResultThatNoColumnHolds) {
  EXPECT_THAT(refusal("INTERVAL 5 MINUTE"), HasSubstr("no column can hold"));
  EXPECT_THAT(refusal("tags"), HasSubstr("no column can hold"));
  EXPECT_TRUE(compile("tags IS NOT NULL"));
}

TEST_F(Expressions, KnowTheirTypeAndTheColumnsTheyRead) {
  const auto compiled = compile("\"odd name\" + delay > 0 AND origin <> ''");
  ASSERT_TRUE(compiled) << compiled.error().message;

  EXPECT_TRUE(compiled->type()->Equals(*arrow::boolean()));
  EXPECT_THAT(compiled->columns(), ElementsAre("Odd Name", "delay", "origin"));
}

TEST_F(Expressions, FailARowWithoutFailingTheBatch) {
  const auto compiled = compile("delay + 1");
  ASSERT_TRUE(compiled) << compiled.error().message;

  const auto evaluated = compiled->evaluate(*batch_);

  ASSERT_TRUE(evaluated) << evaluated.error().message;
  EXPECT_THAT(evaluated->failed, ElementsAre(0, 0, 1, 0));
  EXPECT_TRUE(
      evaluated->values->Equals(*array_of<arrow::Int32Builder, int>({6, std::nullopt, std::nullopt, -2})));
}

TEST_F(Expressions, FailOnlyInTheBranchThatARowTakes) {
  const auto compiled = compile("CASE WHEN delay < 1000 THEN delay + 1 ELSE 0 END");
  ASSERT_TRUE(compiled) << compiled.error().message;

  const auto evaluated = compiled->evaluate(*batch_);

  ASSERT_TRUE(evaluated);
  EXPECT_THAT(evaluated->failed, IsEmpty());
  EXPECT_TRUE(evaluated->values->Equals(*array_of<arrow::Int32Builder, int>({6, 0, 0, -2})));
}

TEST_F(Expressions, GiveForASliceWhatTheyGiveForItsRows) {
  for (const char* sql :
       {"delay + 1", "delay > 0 AND origin IS NOT NULL", "origin || 'x'", "coalesce(origin, '-')",
        "delay IN (5, 7)", "origin LIKE '%W%'", "origin", "delay IS DISTINCT FROM 5", "TRUE"}) {
    const auto compiled = compile(sql);
    ASSERT_TRUE(compiled) << compiled.error().message;
    const auto whole = compiled->evaluate(*batch_);

    for (std::int64_t start = 0; start <= 4; ++start) {
      const auto part = compiled->evaluate(*batch_->Slice(start));
      ASSERT_TRUE(part) << sql;
      EXPECT_TRUE(part->values->Equals(*whole->values->Slice(start))) << sql << " from row " << start;
    }
  }
}

TEST_F(Expressions, RejectABatchThatLacksAColumnOrHasAnotherType) {
  const auto missing = compile("distance > 1.5");
  const auto renamed = batch_->RenameColumns({"origin", "delay"});
  const auto other = compile("delay > 1");
  ASSERT_TRUE(missing);
  ASSERT_TRUE(other);

  EXPECT_THAT(missing->evaluate(*batch_).error().message, HasSubstr("no column 'distance'"));
  EXPECT_THAT(other->evaluate(**renamed).error().message, HasSubstr("column 'delay' is string"));
}

TEST_F(Expressions, LeaveLettersThatDuckDbDoesNotKnowAsTheyAre) {
  const auto compiled = compile("upper(origin) || '|' || lower(origin)");
  ASSERT_TRUE(compiled) << compiled.error().message;

  const auto one = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("origin", arrow::utf8())}), 1,
      {array_of<arrow::StringBuilder, std::string>({"stra\xc3\x9f"
                                                    "e \xc4\xb0 \xc7\x85 \xea\x9f\x9c"})});
  const auto evaluated = compiled->evaluate(*one);

  ASSERT_TRUE(evaluated);
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*evaluated->values).GetString(0),
            "STRA\xe1\xba\x9e"
            "E \xc4\xb0 \xc7\x84 \xea\x9f\x9c|stra\xc3\x9f"
            "e i \xc7\x86 \xea\x9f\x9c");
}

TEST(SqlParsers, GiveTheTreeOfASelectAndThePlaceOfAnError) {
  const auto parser = make_duckdb_sql_parser();

  const auto tree = parser->parse_select("SELECT 1");
  const auto error = parser->parse_select("SELECT 1 +");

  ASSERT_TRUE(tree);
  EXPECT_THAT(*tree, HasSubstr("\"select_list\""));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace haul::adapters::duckdb
