#include "haul/base/rng.h"

#include <gtest/gtest.h>

#include <array>

namespace haul {
namespace {

TEST(SeededRng, GivesTheSameNumbersForTheSameSeed) {
  SeededRng rng(1'234'567);

  EXPECT_EQ(rng.next(), 6'457'827'717'110'365'317ULL);  // reference output of SplitMix64
  EXPECT_EQ(rng.next(), 3'203'168'211'198'807'973ULL);
}

TEST(Below, ReachesEveryNumberOfTheRange) {
  SeededRng rng(3);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5'000; ++i) ++seen.at(below(rng, 5));

  for (const int count : seen) EXPECT_NEAR(count, 1'000, 150);
}

TEST(NewUuid, HasTheFormOfVersionFour) {
  SeededRng rng(9);

  const std::string uuid = new_uuid(rng);

  EXPECT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid.at(14), '4');
  EXPECT_NE(std::string("89ab").find(uuid.at(19)), std::string::npos);
  EXPECT_NE(uuid, new_uuid(rng));
}

}  // namespace
}  // namespace haul
