#include "quantile_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "haul/base/rng.h"

namespace haul::governance {
namespace {

constexpr double kRankError = 0.02;

QuantileSketch sketch_of(const std::vector<double>& values) {
  QuantileSketch sketch;
  for (const double value : values) sketch.add(value);
  return sketch;
}

/// The largest distance between the sketch's rank of a value and the true one.
double rank_error(const QuantileSketch& sketch, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 500) {
    const auto above = std::upper_bound(values.begin(), values.end(), values[i]);
    const double truth = static_cast<double>(above - values.begin()) / static_cast<double>(values.size());
    worst = std::max(worst, std::abs(sketch.rank(values[i]) - truth));
  }
  return worst;
}

/// Value i of n, as an adversary or the world may send them.
struct Shape {
  std::string name;
  std::function<double(std::size_t i, std::size_t n, Rng& rng)> value;
};
std::vector<Shape> shapes() {
  return {
      {"ascending", [](std::size_t i, std::size_t, Rng&) { return static_cast<double>(i); }},
      {"descending", [](std::size_t i, std::size_t n, Rng&) { return static_cast<double>(n - i); }},
      {"zigzag",
       [](std::size_t i, std::size_t n, Rng&) { return static_cast<double>(i % 2 == 0 ? i : 2 * n - i); }},
      {"every second block of 512 high",
       [](std::size_t i, std::size_t, Rng&) { return static_cast<double>((i / 512) % 2 * 1'000'000 + i); }},
      {"one value", [](std::size_t, std::size_t, Rng&) { return 7.0; }},
      {"few values", [](std::size_t, std::size_t, Rng& rng) { return static_cast<double>(below(rng, 5)); }},
      {"long tail", [](std::size_t, std::size_t,
                       Rng& rng) { return std::exp(static_cast<double>(below(rng, 1'000'000)) / 50'000); }},
  };
}

TEST(QuantileSketch, RanksValuesWithinItsErrorHoweverTheyCome) {
  for (const Shape& shape : shapes()) {
    for (const std::size_t count : {100U, 5'000U, 200'000U}) {
      SeededRng rng(count);
      std::vector<double> values;
      for (std::size_t i = 0; i < count; ++i) values.push_back(shape.value(i, count, rng));

      const QuantileSketch sketch = sketch_of(values);

      EXPECT_LT(rank_error(sketch, values), kRankError) << shape.name << ", " << count << " values";
    }
  }
}

TEST(QuantileSketch, IsExactWhereAllValuesFit) {
  const QuantileSketch sketch = sketch_of({5, 1, 4, 2, 3});

  EXPECT_EQ(sketch.quantile(0), 1);
  EXPECT_EQ(sketch.quantile(0.5), 3);
  EXPECT_EQ(sketch.quantile(1), 5);
  EXPECT_EQ(sketch.rank(2), 0.4);
}

TEST(QuantileSketch, KeepsItsErrorUnderEveryTreeOfMerges) {
  SeededRng rng(3);
  std::vector<double> all;
  std::vector<QuantileSketch> parts;
  for (int part = 0; part < 64; ++part) {
    const auto size = static_cast<std::size_t>(below(rng, 6'000));
    std::vector<double> values;
    for (std::size_t i = 0; i < size; ++i)
      values.push_back(static_cast<double>(part * 100 + below(rng, 5'000)));
    all.insert(all.end(), values.begin(), values.end());
    parts.push_back(sketch_of(values));
  }
  QuantileSketch in_a_row;
  for (const QuantileSketch& part : parts) in_a_row.merge(part);
  std::vector<QuantileSketch> tree = parts;
  while (tree.size() > 1) {
    std::vector<QuantileSketch> next;
    for (std::size_t i = 0; i < tree.size(); i += 2) {
      tree[i].merge(tree[i + 1]);
      next.push_back(tree[i]);
    }
    tree = std::move(next);
  }

  EXPECT_EQ(in_a_row.count(), all.size());
  EXPECT_EQ(tree.front().count(), all.size());
  EXPECT_LT(rank_error(in_a_row, all), kRankError);
  EXPECT_LT(rank_error(tree.front(), all), kRankError);
}

TEST(QuantileSketch, MergesToTheSameBytesEitherWay) {
  SeededRng rng(5);
  std::vector<double> left;
  std::vector<double> right;
  for (int i = 0; i < 30'000; ++i)
    (i % 3 == 0 ? left : right).push_back(static_cast<double>(rng.next() >> 11U));
  QuantileSketch a = sketch_of(left);
  QuantileSketch b = sketch_of(right);
  const QuantileSketch a_before = a;

  a.merge(b);
  b.merge(a_before);

  EXPECT_EQ(a.encode(), b.encode());
}

TEST(QuantileSketch, StaysSmall) {
  QuantileSketch sketch;
  for (int i = 0; i < 3'000'000; ++i) sketch.add(i);

  EXPECT_LT(sketch.encode().size(), 10'000U);
}

TEST(QuantileSketch, HasNoQuantileOfNothing) {
  EXPECT_TRUE(std::isnan(QuantileSketch().quantile(0.5)));
  EXPECT_EQ(QuantileSketch().rank(1), 0);
}

TEST(QuantileSketch, ReadsBackItsBytesAndRefusesOthers) {
  const std::string bytes = sketch_of({1, 2, 3}).encode();

  const auto read = QuantileSketch::decode(bytes);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->encode(), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(QuantileSketch::decode(bytes.substr(0, size))) << size;
  }
  std::string other_count = bytes;
  other_count[0] = 4;
  EXPECT_FALSE(QuantileSketch::decode(other_count));
}

}  // namespace
}  // namespace haul::governance
