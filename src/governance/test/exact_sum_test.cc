#include "exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "haul/base/rng.h"

namespace haul::governance {
namespace {

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.value();
}

TEST(ExactSum, LosesNothingToCancellation) {
  EXPECT_EQ(sum_of({1e308, 1, -1e308}), 1);
  EXPECT_EQ(sum_of({0.1, 1e20, -1e20, -0.1}), 0);
  EXPECT_EQ(sum_of({5e-324, 5e-324}), 1e-323);
  EXPECT_EQ(sum_of({-1, -2.5}), -3.5);
  EXPECT_EQ(sum_of({}), 0);
  EXPECT_EQ(sum_of({std::numeric_limits<double>::max(), std::numeric_limits<double>::max()}),
            std::numeric_limits<double>::infinity());
}

TEST(ExactSum, TakesEveryInteger) {
  ExactSum sum;
  sum.add(std::numeric_limits<std::int64_t>::min());
  sum.add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sum.value(), -1);
  sum.add(std::int64_t{9'007'199'254'740'993});  // 2^53 + 1
  sum.add(std::int64_t{-9'007'199'254'740'992});
  EXPECT_EQ(sum.value(), 0);
}

TEST(ExactSum, IsTheSameInEveryOrderAndDivision) {
  SeededRng rng(11);
  std::vector<double> values;
  while (values.size() < 2'000) {
    const auto value = std::bit_cast<double>(rng.next());  // every exponent there is
    if (std::isfinite(value)) values.push_back(value);
  }
  ExactSum whole;
  for (const double value : values) whole.add(value);
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(rng, i)]);
  ExactSum first;
  ExactSum second;
  for (std::size_t i = 0; i < values.size(); ++i) (i < 700 ? first : second).add(values[i]);
  second.merge(first);

  EXPECT_EQ(second.encode(), whole.encode());
  EXPECT_EQ(second.value(), whole.value());
}

TEST(ExactSum, ReadsBackItsBytesAndRefusesOthers) {
  ExactSum sum;
  sum.add(-0.125);

  const auto read = ExactSum::decode(sum.encode());

  ASSERT_TRUE(read);
  EXPECT_EQ(read->value(), -0.125);
  EXPECT_FALSE(ExactSum::decode(sum.encode().substr(1)));
  EXPECT_FALSE(ExactSum::decode(std::string(560, '\xff')));
}

}  // namespace
}  // namespace haul::governance
