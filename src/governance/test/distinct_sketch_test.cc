#include "distinct_sketch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "haul/base/rng.h"

namespace haul::governance {
namespace {

DistinctSketch sketch_of(std::uint64_t first, std::uint64_t count) {
  DistinctSketch sketch;
  for (std::uint64_t value = first; value < first + count; ++value) sketch.add(spread(value));
  return sketch;
}

TEST(DistinctSketch, IsNearTheTruthFromNothingToMillions) {
  EXPECT_EQ(DistinctSketch().estimate(), 0);
  for (const std::uint64_t count : {1, 2, 10, 100, 1'000, 10'000, 100'000, 3'000'000}) {
    const double estimate = sketch_of(7, count).estimate();
    const double error = std::abs(estimate - static_cast<double>(count)) / static_cast<double>(count);
    EXPECT_LT(error, 0.05) << count << " values, estimated " << estimate;  // three standard errors
  }
}

TEST(DistinctSketch, HasTheStandardErrorItStates) {
  double squares = 0;
  constexpr int kTrials = 100;
  constexpr std::uint64_t kCount = 20'000;
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    const double error = sketch_of(trial << 40U, kCount).estimate() / kCount - 1;
    squares += error * error;
  }
  EXPECT_LT(std::sqrt(squares / kTrials), 0.02);
  EXPECT_GT(std::sqrt(squares / kTrials), 0.01);  // a test of nothing would be below
}

TEST(DistinctSketch, IsTheSameForRepeatsOrdersAndParts) {
  DistinctSketch backwards;
  for (std::uint64_t value = 5'000; value-- > 0;) {
    backwards.add(spread(value));
    backwards.add(spread(value));
  }
  DistinctSketch parts = sketch_of(3'000, 2'000);
  parts.merge(sketch_of(0, 4'000));

  EXPECT_EQ(backwards.bytes(), sketch_of(0, 5'000).bytes());
  EXPECT_EQ(parts.bytes(), sketch_of(0, 5'000).bytes());
}

TEST(DistinctSketch, ReadsBackItsBytesAndRefusesOthers) {
  const DistinctSketch sketch = sketch_of(0, 5'000);

  const auto read = DistinctSketch::from_bytes(sketch.bytes());

  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes(), sketch.bytes());
  EXPECT_FALSE(DistinctSketch::from_bytes("short"));
  EXPECT_FALSE(DistinctSketch::from_bytes(std::string(DistinctSketch::kRegisters, '\x7f')));
}

}  // namespace
}  // namespace haul::governance
