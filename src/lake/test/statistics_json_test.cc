#include "statistics_json.h"

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <gtest/gtest.h>

#include <limits>

namespace haul::lake {
namespace {

columnar::FileStatistics of(std::shared_ptr<arrow::Scalar> low, std::shared_ptr<arrow::Scalar> high) {
  return {3, {{"c", 1, std::move(low), std::move(high)}}};
}

template <class Scalar, class... Arguments>
std::string bounds(Arguments... arguments) {
  const auto scalar = std::make_shared<Scalar>(arguments...);
  return statistics_json(of(scalar, scalar));
}

std::string with_bounds(const std::string& value) {
  return R"({"numRecords":3,"minValues":{"c":)" + value + R"(},"maxValues":{"c":)" + value +
         R"(},"nullCount":{"c":1}})";
}

TEST(StatisticsJson, WritesEveryTypeAsDeltaWantsIt) {
  EXPECT_EQ(bounds<arrow::Int64Scalar>(-9'007'199'254'740'993), with_bounds("-9007199254740993"));
  EXPECT_EQ(bounds<arrow::Int8Scalar>(std::int8_t{-5}), with_bounds("-5"));
  EXPECT_EQ(bounds<arrow::DoubleScalar>(0.1), with_bounds("0.1"));
  EXPECT_EQ(bounds<arrow::StringScalar>("a\"b"), with_bounds(R"("a\"b")"));
  EXPECT_EQ(bounds<arrow::Date32Scalar>(15'706), with_bounds("\"2013-01-01\""));
  EXPECT_EQ(bounds<arrow::Date32Scalar>(-1), with_bounds("\"1969-12-31\""));
  EXPECT_EQ(
      bounds<arrow::TimestampScalar>(1'357'017'300'000'000, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      with_bounds("\"2013-01-01T05:15:00Z\""));
  EXPECT_EQ(bounds<arrow::TimestampScalar>(1'357'017'300'000'000, arrow::timestamp(arrow::TimeUnit::MICRO)),
            with_bounds("\"2013-01-01T05:15:00\""));
  EXPECT_EQ(bounds<arrow::Decimal128Scalar>(arrow::Decimal128(-1234), arrow::decimal128(18, 2)),
            with_bounds("-12.34"));
}

TEST(StatisticsJson, WidensTimesToWholeMilliseconds) {
  const auto type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto late = std::make_shared<arrow::TimestampScalar>(1'357'017'300'000'001, type);
  const auto early = std::make_shared<arrow::TimestampScalar>(-1, type);

  EXPECT_EQ(statistics_json(of(late, late)),
            R"({"numRecords":3,"minValues":{"c":"2013-01-01T05:15:00Z"},)"
            R"("maxValues":{"c":"2013-01-01T05:15:00.001000Z"},"nullCount":{"c":1}})");
  EXPECT_EQ(statistics_json(of(early, early)),
            R"({"numRecords":3,"minValues":{"c":"1969-12-31T23:59:59.999000Z"},)"
            R"("maxValues":{"c":"1970-01-01T00:00:00Z"},"nullCount":{"c":1}})");
}

TEST(StatisticsJson, LeavesOutWhatHasNoBound) {
  const std::string none = R"({"numRecords":3,"minValues":{},"maxValues":{},"nullCount":{"c":1}})";

  EXPECT_EQ(statistics_json(of(nullptr, nullptr)), none);
  EXPECT_EQ(bounds<arrow::DoubleScalar>(std::numeric_limits<double>::infinity()), none);
  EXPECT_EQ(bounds<arrow::BooleanScalar>(true), none);
  EXPECT_EQ(statistics_json({0, {}}), R"({"numRecords":0,"minValues":{},"maxValues":{},"nullCount":{}})");
}

}  // namespace
}  // namespace haul::lake
