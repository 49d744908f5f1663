#include "haul/columnar/selection.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

namespace haul::columnar {
namespace {

BatchPtr stops_batch(const std::vector<std::string>& names, const std::vector<std::int64_t>& sizes) {
  arrow::StringBuilder name;
  arrow::Int64Builder size;
  EXPECT_TRUE(name.AppendValues(names).ok());
  EXPECT_TRUE(size.AppendValues(sizes).ok());
  const auto schema =
      arrow::schema({arrow::field("name", arrow::utf8()), arrow::field("size", arrow::int64())});
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(names.size()),
                                  {name.Finish().ValueOrDie(), size.Finish().ValueOrDie()});
}

TEST(Selection, TakesRowsInTheGivenOrder) {
  const auto batch = stops_batch({"a", "b", "c", "d"}, {1, 2, 3, 4});
  const std::vector<std::uint32_t> rows = {3, 0, 0};

  const auto taken = take_rows(batch, rows);

  ASSERT_TRUE(taken);
  EXPECT_TRUE((*taken)->Equals(*stops_batch({"d", "a", "a"}, {4, 1, 1})));
}

TEST(Selection, SharesMemoryWhereTheRowsAreOneRun) {
  const auto batch = stops_batch({"a", "b", "c", "d"}, {1, 2, 3, 4});
  const std::vector<std::uint32_t> rows = {1, 2};

  const auto taken = take_rows(batch, rows);

  ASSERT_TRUE(taken);
  EXPECT_TRUE((*taken)->Equals(*stops_batch({"b", "c"}, {2, 3})));
  EXPECT_EQ((*taken)->column_data(1)->buffers[1], batch->column_data(1)->buffers[1]);
}

TEST(Selection, TakesMostRowsOfEveryTypeAsItTakesFew) {
  arrow::Int64Builder number;
  arrow::StringBuilder text;
  arrow::BooleanBuilder flag;
  arrow::ListBuilder list(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  std::vector<std::uint32_t> most;
  for (std::uint32_t row = 0; row < 1000; ++row) {
    ASSERT_TRUE((row % 7 == 0 ? number.AppendNull() : number.Append(row)).ok());
    ASSERT_TRUE((row % 5 == 0 ? text.AppendNull() : text.Append(std::string(row % 11, 'x'))).ok());
    ASSERT_TRUE(flag.Append(row % 3 == 0).ok());
    ASSERT_TRUE((row % 13 == 0 ? list.AppendNull() : list.Append()).ok());
    ASSERT_TRUE(row % 13 == 0 || static_cast<arrow::Int64Builder*>(list.value_builder())->Append(row).ok());
    if (row % 50 != 49) most.push_back(row);
  }
  const auto schema =
      arrow::schema({arrow::field("number", arrow::int64()), arrow::field("text", arrow::utf8()),
                     arrow::field("flag", arrow::boolean()), arrow::field("list", list.type())});
  const auto batch = arrow::RecordBatch::Make(
      schema, 1000, {*number.Finish(), *text.Finish(), *flag.Finish(), *list.Finish()});

  const auto taken = take_rows(batch->Slice(0, 1000), most);

  ASSERT_TRUE(taken);
  ASSERT_EQ((*taken)->num_rows(), 980);
  EXPECT_TRUE((*taken)->ValidateFull().ok());
  for (std::int64_t row = 0; row < 980; ++row) {
    ASSERT_TRUE((*taken)->Slice(row, 1)->Equals(*batch->Slice(most[static_cast<std::size_t>(row)], 1)))
        << row;
  }
}

TEST(Selection, TakesNoRowFromAnyBatch) {
  const auto taken = take_rows(stops_batch({"a"}, {1}), {});

  ASSERT_TRUE(taken);
  EXPECT_EQ((*taken)->num_rows(), 0);
}

TEST(Selection, RefusesARowPastTheEnd) {
  const std::vector<std::uint32_t> rows = {0, 2};

  const auto taken = take_rows(stops_batch({"a", "b"}, {1, 2}), rows);

  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kInvalidInput);
}

TEST(Selection, JoinsBatchesInOrder) {
  const auto joined =
      concatenate({stops_batch({"a"}, {1}), stops_batch({}, {}), stops_batch({"b", "c"}, {2, 3})});

  ASSERT_TRUE(joined);
  EXPECT_TRUE((*joined)->Equals(*stops_batch({"a", "b", "c"}, {1, 2, 3})));
}

TEST(Selection, RefusesToJoinNothingOrTwoSchemas) {
  const auto other = stops_batch({"a"}, {1})->SelectColumns({0}).ValueOrDie();

  EXPECT_FALSE(concatenate({}));
  EXPECT_FALSE(concatenate({stops_batch({"a"}, {1}), other}));
}

TEST(Selection, AppendsConstantAndGivenColumns) {
  const auto batch = stops_batch({"a", "b"}, {1, 2});
  const std::vector<std::int64_t> offsets = {70, 71};
  const auto source = constant_text("legs", 2);
  const auto offset = int64_column(offsets);
  const auto seen = utc_column(offsets);
  ASSERT_TRUE(source && offset && seen);

  const auto wider =
      append_columns(*batch, {{"_source", *source}, {"_offset", *offset}, {"_ingest_time", *seen}});

  ASSERT_TRUE(wider);
  ASSERT_TRUE((*wider)->ValidateFull().ok());
  EXPECT_EQ((*wider)->schema()->ToString(),
            "name: string\nsize: int64\n_source: string not null\n_offset: int64 not null\n"
            "_ingest_time: timestamp[us, tz=UTC] not null");
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*(*wider)->column(2)).GetView(1), "legs");
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*(*wider)->column(3)).Value(1), 71);
}

TEST(Selection, RefusesAColumnOfAnotherLengthOrWithATakenName) {
  const auto batch = stops_batch({"a", "b"}, {1, 2});
  const auto longer = constant_text("x", 3);
  const auto fitting = constant_column(arrow::Int32Scalar(4), 2);
  ASSERT_TRUE(longer && fitting);

  EXPECT_FALSE(append_columns(*batch, {{"extra", *longer}}));
  EXPECT_FALSE(append_columns(*batch, {{"size", *fitting}}));
  EXPECT_FALSE(append_columns(*batch, {{"extra", *fitting}, {"extra", *fitting}}));
}

TEST(Selection, MakesAColumnOfNullsFromANullScalar) {
  const auto column = constant_column(*arrow::MakeNullScalar(arrow::utf8()), 3);

  ASSERT_TRUE(column);
  EXPECT_EQ((*column)->null_count(), 3);
}

}  // namespace
}  // namespace haul::columnar
