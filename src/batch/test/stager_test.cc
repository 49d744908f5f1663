#include "stager.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_table.h"

namespace haul::batch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Rows with the days given as texts; an empty text is null.
std::shared_ptr<arrow::RecordBatch> rows_of(const std::vector<std::string>& days) {
  arrow::Date32Builder builder;
  for (const std::string& text : days) {
    const auto done =
        text.empty() ? builder.AppendNull()
                     : builder.Append(static_cast<std::int32_t>(parse_day(text)->time_since_epoch().count()));
    EXPECT_TRUE(done.ok());
  }
  const auto column = builder.Finish().ValueOrDie();
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("day", arrow::date32())}), column->length(),
                                  {column});
}

class StagerTest : public testing::Test {
 protected:
  std::vector<std::int64_t> rows_per_file() const {
    std::vector<std::int64_t> out;
    for (const auto& file : table_.staged) {
      out.push_back(0);
      for (const auto& batch : file) out.back() += batch->num_rows();
    }
    return out;
  }

  FakeTable table_;
  Stager stager_{table_, "day"};
  std::shared_ptr<arrow::Schema> schema_ = arrow::schema({arrow::field("day", arrow::date32())});
};

TEST_F(StagerTest, EndsAFileWithItsMonth) {
  ASSERT_TRUE(stager_.begin(schema_));
  ASSERT_TRUE(stager_.batch(rows_of({"2013-01-30", "2013-01-31", "2013-02-01"})));
  ASSERT_TRUE(stager_.batch(rows_of({"2013-02-02", "2013-02-03", "2013-04-01"})));
  ASSERT_TRUE(stager_.end_query());

  EXPECT_THAT(rows_per_file(), ElementsAre(2, 3, 1));
  EXPECT_EQ(stager_.files().size(), 3U);
  EXPECT_EQ(stager_.rows(), 6U);
}

TEST_F(StagerTest, EndsAFileWithItsQuery) {
  for (const char* day : {"2013-01-03", "2013-01-20"}) {
    ASSERT_TRUE(stager_.begin(schema_));
    ASSERT_TRUE(stager_.batch(rows_of({day})));
    ASSERT_TRUE(stager_.end_query());
  }

  EXPECT_THAT(rows_per_file(), ElementsAre(1, 1));
}

TEST_F(StagerTest, MakesNoFileOfNoRows) {
  ASSERT_TRUE(stager_.begin(schema_));
  ASSERT_TRUE(stager_.batch(rows_of({})));
  ASSERT_TRUE(stager_.end_query());

  EXPECT_THAT(stager_.files(), IsEmpty());
}

TEST_F(StagerTest, RefusesARowWithoutATime) {
  ASSERT_TRUE(stager_.begin(schema_));
  const auto done = stager_.batch(rows_of({"2013-01-01", ""}));

  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("a row has no day"));
}

TEST_F(StagerTest, RefusesATimeColumnThatIsNoTime) {
  const auto begun = stager_.begin(arrow::schema({arrow::field("day", arrow::utf8())}));

  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message, HasSubstr("the time column day is not a date"));
}

}  // namespace
}  // namespace haul::batch
