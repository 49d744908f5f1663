#include "rate_limiter.h"

#include <algorithm>

namespace haul::server {
namespace {

constexpr double kDepthSeconds = 2;

std::chrono::nanoseconds time_until_positive(double tokens, double per_second) {
  if (per_second <= 0 || tokens > 0) return std::chrono::nanoseconds::zero();
  return std::chrono::nanoseconds(static_cast<std::int64_t>((1 - tokens) / per_second * 1e9));
}

}  // namespace

std::chrono::nanoseconds RateLimiter::wait(const std::string& producer) {
  const std::lock_guard lock(mutex_);
  const Buckets& buckets = of(producer);
  return std::max(time_until_positive(buckets.rows.tokens, limits_.rows_per_second),
                  time_until_positive(buckets.bytes.tokens, limits_.bytes_per_second));
}

void RateLimiter::spend(const std::string& producer, std::uint64_t rows, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  Buckets& buckets = of(producer);
  buckets.rows.tokens -= static_cast<double>(rows);
  buckets.bytes.tokens -= static_cast<double>(bytes);
}

RateLimiter::Buckets& RateLimiter::of(const std::string& producer) {
  const auto now = clock_.steady();
  const auto [found, is_new] = buckets_.try_emplace(producer);
  Buckets& buckets = found->second;
  if (is_new) {
    buckets.rows = {kDepthSeconds * limits_.rows_per_second, now};
    buckets.bytes = {kDepthSeconds * limits_.bytes_per_second, now};
  }
  fill(buckets.rows, limits_.rows_per_second, now);
  fill(buckets.bytes, limits_.bytes_per_second, now);
  return buckets;
}

void RateLimiter::fill(Bucket& bucket, double per_second, std::chrono::nanoseconds now) {
  const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
  bucket.tokens = std::min(bucket.tokens + seconds * per_second, kDepthSeconds * per_second);
  bucket.filled_at = now;
}

}  // namespace haul::server
