#include "column_statistics.h"

#include <arrow/api.h>
#include <arrow/compute/initialize.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

namespace haul::columnar {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array_of(const std::vector<std::optional<Value>>& values) {
  Builder builder;
  for (const auto& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return builder.Finish().ValueOrDie();
}
std::shared_ptr<arrow::Array> doubles(const std::vector<std::optional<double>>& values) {
  return array_of<arrow::DoubleBuilder, double>(values);
}
std::shared_ptr<arrow::Array> texts(const std::vector<std::optional<std::string>>& values) {
  return array_of<arrow::StringBuilder, std::string>(values);
}

/// The statistics of a file with one column that got `batches`.
ColumnStatistics statistics_of(const std::vector<std::shared_ptr<arrow::Array>>& batches) {
  EXPECT_TRUE(arrow::compute::Initialize().ok());
  const Schema schema{.columns = {{.name = "x", .type = batches.front()->type()}}};
  StatisticsCollector collector(schema);
  for (const std::shared_ptr<arrow::Array>& values : batches) {
    EXPECT_TRUE(collector.add(*arrow::RecordBatch::Make(to_arrow(schema), values->length(), {values})));
  }
  const auto found = collector.finish();
  EXPECT_TRUE(found);
  EXPECT_EQ(found->columns.size(), 1U);
  return found->columns.front();
}

std::string shown(const std::shared_ptr<arrow::Scalar>& scalar) {
  return scalar ? scalar->ToString() : "none";
}

TEST(ColumnStatistics, SpanAllBatches) {
  const auto found =
      statistics_of({doubles({3.5, std::nullopt}), doubles({-1.0}), doubles({7.25, std::nullopt})});

  EXPECT_EQ(found.null_count, 2);
  EXPECT_EQ(shown(found.min), "-1");
  EXPECT_EQ(shown(found.max), "7.25");
}

TEST(ColumnStatistics, HaveNoBoundsWhereAllValuesAreNull) {
  const auto found = statistics_of({doubles({std::nullopt, std::nullopt}), doubles({})});

  EXPECT_EQ(found.null_count, 2);
  EXPECT_EQ(found.min, nullptr);
  EXPECT_EQ(found.max, nullptr);
}

TEST(ColumnStatistics, KeepNanOutOfTheMinimumAndDropTheMaximum) {
  const auto found = statistics_of({doubles({1.0, 2.0}), doubles({kNan, 0.5})});

  EXPECT_EQ(shown(found.min), "0.5");
  EXPECT_EQ(found.max, nullptr);
}

TEST(ColumnStatistics, HaveNoBoundsWhereEveryValueIsNan) {
  const auto found = statistics_of({doubles({kNan, std::nullopt, kNan})});

  EXPECT_EQ(found.min, nullptr);
  EXPECT_EQ(found.max, nullptr);
  EXPECT_EQ(found.null_count, 1);
}

TEST(ColumnStatistics, KeepInfinitiesAsBounds) {
  const auto found = statistics_of({doubles({kInfinity, 1.0, -kInfinity})});

  EXPECT_EQ(shown(found.min), "-inf");
  EXPECT_EQ(shown(found.max), "inf");
}

TEST(ColumnStatistics, OrderTextByItsBytes) {
  const auto found = statistics_of({texts({"b", "", std::nullopt}), texts({"é", "Z"})});

  EXPECT_EQ(shown(found.min), "");
  EXPECT_EQ(shown(found.max), "é");
}

TEST(ColumnStatistics, OrderTextsThatBeginAlike) {
  const auto found = statistics_of({texts({"shipment-10", std::nullopt, "shipment-2a", "shipment-2"}),
                                    texts({"shipment-10", "shipment-1", "shipment"})});

  EXPECT_EQ(shown(found.min), "shipment");
  EXPECT_EQ(shown(found.max), "shipment-2a");
}

TEST(ColumnStatistics, CutLongTextOutwards) {
  const std::string low = std::string(32, 'a') + "tail";
  const std::string high = std::string(31, 'x') + "é" + "tail";  // 32 characters of 33 bytes are kept

  const auto found = statistics_of({texts({low, high})});

  EXPECT_EQ(shown(found.min), std::string(32, 'a'));
  EXPECT_EQ(shown(found.max), std::string(31, 'x') + "ê");
}

TEST(ColumnStatistics, LeaveOutThePersonalAndTheStructColumns) {
  const Schema schema{
      .columns = {{.name = "driver", .type = arrow::utf8(), .privacy = Privacy::kPersonal},
                  {.name = "point", .type = arrow::struct_({arrow::field("x", arrow::int32())})},
                  {.name = "flag", .type = arrow::boolean()}}};

  const auto found = StatisticsCollector(schema).finish();

  ASSERT_TRUE(found);
  ASSERT_EQ(found->columns.size(), 1U);
  EXPECT_EQ(found->columns[0].name, "flag");
}

TEST(CutUp, GivesATextThatIsNotSmaller) {
  EXPECT_EQ(cut_up("abc", 3), "abc");
  EXPECT_EQ(cut_up("abcd", 3), "abd");
  EXPECT_EQ(cut_up("\x7Fz", 1), "\u0080");
  EXPECT_EQ(cut_up("\uD7FFz", 1), "\uE000");  // steps over the surrogates
  EXPECT_EQ(cut_up("\uFFFFz", 1), "\U00010000");
  EXPECT_EQ(cut_up("a\U0010FFFFz", 2),
            "b");  // nothing is above the last code point: the one before is raised
  EXPECT_EQ(cut_up("\U0010FFFFz", 1), std::nullopt);
}

}  // namespace
}  // namespace haul::columnar
