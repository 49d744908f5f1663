#include "rate_limiter.h"

#include <gtest/gtest.h>

#include "haul/base/testing/manual_clock.h"

namespace haul::server {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

TEST(RateLimiter, LetsARequestRunIntoDebtThatTheNextWaitsOff) {
  haul::testing::ManualClock clock;
  RateLimiter limiter({.rows_per_second = 100}, clock);
  EXPECT_EQ(limiter.wait("acme"), 0ns);

  limiter.spend("acme", 1'200, 0);  // 200 were there

  EXPECT_GE(limiter.wait("acme"), 10s);
  EXPECT_LT(limiter.wait("acme"), 11s);
  clock.advance(10s + 20ms);
  EXPECT_EQ(limiter.wait("acme"), 0ns);
}

TEST(RateLimiter, HoldsTheAverageOverAnyTime) {
  haul::testing::ManualClock clock;
  RateLimiter limiter({.rows_per_second = 1'000}, clock);
  std::uint64_t rows = 0;

  for (int step = 0; step < 10'000; ++step) {  // 100 s
    clock.advance(10ms);
    if (limiter.wait("acme") > 0ns) continue;
    limiter.spend("acme", 37, 0);
    rows += 37;
  }

  EXPECT_LE(rows, 100'000U + 2'000U + 37U);
  EXPECT_GE(rows, 99'000U);
}

TEST(RateLimiter, KeepsProducersAndKindsApart) {
  haul::testing::ManualClock clock;
  RateLimiter limiter({.rows_per_second = 10, .bytes_per_second = 1'000}, clock);

  limiter.spend("acme", 0, 5'000);

  EXPECT_GT(limiter.wait("acme"), 2s);
  EXPECT_EQ(limiter.wait("other"), 0ns);
}

TEST(RateLimiter, LimitsNothingThatHasNoLimit) {
  haul::testing::ManualClock clock;
  RateLimiter limiter({}, clock);

  limiter.spend("acme", 1'000'000'000, 1'000'000'000);

  EXPECT_EQ(limiter.wait("acme"), 0ns);
}

}  // namespace
}  // namespace haul::server
