#include "haul/governance/profile.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace haul::governance {
namespace {

using columnar::Column;
using columnar::Privacy;

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array_of(const std::shared_ptr<arrow::DataType>& type,
                                       const std::vector<std::optional<Value>>& values) {
  Builder builder(type, arrow::default_memory_pool());
  for (const auto& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return builder.Finish().ValueOrDie();
}
std::shared_ptr<arrow::Array> doubles(const std::vector<std::optional<double>>& values) {
  return array_of<arrow::DoubleBuilder>(arrow::float64(), values);
}
std::shared_ptr<arrow::Array> texts(const std::vector<std::optional<std::string>>& values) {
  return array_of<arrow::StringBuilder>(arrow::utf8(), values);
}

ColumnSummary summary_of(const Column& column, const std::shared_ptr<arrow::Array>& values) {
  ColumnProfile profile(column);
  const auto added = profile.add(*values);
  EXPECT_TRUE(added) << added.error().message;
  return profile.summary();
}

TEST(ColumnProfile, CountsNullsAndNumbersThatAreNone) {
  const double nan = std::nan("");
  const double infinite = std::numeric_limits<double>::infinity();

  const ColumnSummary summary =
      summary_of({"kg", arrow::float64()}, doubles({1.5, std::nullopt, nan, -infinite, 2.5, 2.5, -0.0, 0.0}));

  EXPECT_EQ(summary.rows, 8U);
  EXPECT_EQ(summary.nulls, 1U);
  EXPECT_EQ(summary.not_finite, 2U);
  EXPECT_EQ(summary.distinct, 3U);
  EXPECT_EQ(summary.min, "0");
  EXPECT_EQ(summary.max, "2.5");
  EXPECT_EQ(summary.mean, 1.3);
  EXPECT_EQ(summary.quantiles, (std::vector<double>{0, 0, 1.5, 2.5, 2.5}));
}

TEST(ColumnProfile, HasOnlyCountsWhereThereIsNoValue) {
  const ColumnSummary summary = summary_of({"kg", arrow::float64()}, doubles({std::nullopt, std::nan("")}));

  EXPECT_EQ(summary.rows, 2U);
  EXPECT_EQ(summary.distinct, 0U);
  EXPECT_EQ(summary.min, "");
  EXPECT_FALSE(summary.mean);
  EXPECT_TRUE(summary.quantiles.empty());
}

TEST(ColumnProfile, ShowsTimesAndBooleansAsThemselves) {
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const ColumnSummary at = summary_of(
      {"at", utc}, array_of<arrow::TimestampBuilder, std::int64_t>(utc, {0, std::int64_t{86'400'000'000}}));
  const ColumnSummary day = summary_of(
      {"day", arrow::date32()}, array_of<arrow::Date32Builder, std::int32_t>(arrow::date32(), {1, 365}));
  const ColumnSummary flag =
      summary_of({"flag", arrow::boolean()},
                 array_of<arrow::BooleanBuilder, bool>(arrow::boolean(), {true, false, true, true}));

  EXPECT_EQ(at.min, "1970-01-01T00:00:00Z");
  EXPECT_EQ(at.max, "1970-01-02T00:00:00Z");
  EXPECT_FALSE(at.mean);
  EXPECT_EQ(day.max, "1971-01-01");
  EXPECT_EQ(flag.mean, 0.75);
  EXPECT_EQ(flag.distinct, 2U);
}

TEST(ColumnProfile, CutsTextsBetweenCharacters) {
  const std::string text = std::string(63, 'a') + "é";

  const ColumnSummary summary = summary_of({"note", arrow::utf8()}, texts({text, "b"}));

  EXPECT_EQ(summary.min, std::string(63, 'a'));
  EXPECT_EQ(summary.max, "b");
  EXPECT_EQ(summary.distinct, 2U);
}

TEST(ColumnProfile, KeepsNothingButCountsOfAPersonalColumn) {
  const Column driver{.name = "driver", .type = arrow::utf8(), .privacy = Privacy::kPersonal};
  ColumnProfile profile(driver);
  ASSERT_TRUE(profile.add(*texts({"Ada Lovelace", std::nullopt})));

  const ColumnSummary summary = profile.summary();

  EXPECT_EQ(summary.rows, 2U);
  EXPECT_EQ(summary.nulls, 1U);
  EXPECT_FALSE(summary.distinct);
  EXPECT_EQ(summary.min + summary.max, "");
  EXPECT_EQ(profile.encode().size(), 33U);
}

TEST(ColumnProfile, MergesToTheProfileOfTheWholeInAnyGrouping) {
  const Column column{.name = "kg", .type = arrow::float64()};
  std::vector<std::vector<std::optional<double>>> parts(3);
  for (int i = 0; i < 3'000; ++i) {
    parts[static_cast<std::size_t>(i % 3)].push_back(i % 7 == 0 ? std::nullopt : std::optional(i * 0.1));
  }
  std::vector<ColumnProfile> profiles;
  ColumnProfile whole(column);
  for (const auto& part : parts) {
    ASSERT_TRUE(whole.add(*doubles(part)));
    ASSERT_TRUE(profiles.emplace_back(column).add(*doubles(part)));
  }

  ColumnProfile left(column);  // (0 + 1) + 2
  ASSERT_TRUE(left.merge(profiles[0]) && left.merge(profiles[1]) && left.merge(profiles[2]));
  ASSERT_TRUE(profiles[1].merge(profiles[2]) && profiles[0].merge(profiles[1]));  // 0 + (1 + 2)

  for (const ColumnProfile* merged : {&left, &profiles[0]}) {
    const ColumnSummary summary = merged->summary();
    EXPECT_EQ(summary.rows, whole.summary().rows);
    EXPECT_EQ(summary.nulls, whole.summary().nulls);
    EXPECT_EQ(summary.mean, whole.summary().mean);
    EXPECT_EQ(summary.distinct, whole.summary().distinct);
    EXPECT_EQ(summary.max, whole.summary().max);
    EXPECT_NEAR(summary.quantiles[2], 150, 6);
  }
}

TEST(ColumnProfile, ReadsBackItsBytesAndRefusesDamagedOnes) {
  const Column column{.name = "note", .type = arrow::utf8()};
  ColumnProfile profile(column);
  ASSERT_TRUE(profile.add(*texts({"b", "a", std::nullopt})));
  const std::string bytes = profile.encode();

  const auto read = ColumnProfile::decode(column, bytes);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->encode(), bytes);
  EXPECT_EQ(read->summary().min, "a");
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    EXPECT_FALSE(ColumnProfile::decode(column, std::string_view(bytes).substr(0, size))) << size;
  }
}

TEST(ColumnProfile, RefusesValuesAndProfilesOfAnotherType) {
  ColumnProfile profile({.name = "kg", .type = arrow::float64()});

  EXPECT_FALSE(profile.add(*texts({"1"})));
  EXPECT_FALSE(profile.merge(ColumnProfile({.name = "kg", .type = arrow::utf8()})));
}

}  // namespace
}  // namespace haul::governance
