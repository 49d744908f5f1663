#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "haul/base/clock.h"
#include "haul/server/server_config.h"

namespace haul::server {

/// A token bucket of rows and one of bytes per producer, each two seconds deep. A request is let in while
/// both hold something and may run them into debt, which the next ones wait off: so a request larger than a
/// bucket is slow, never impossible. Thread-safe.
class RateLimiter {
 public:
  RateLimiter(const RateLimits& limits, const Clock& clock) : limits_(limits), clock_(clock) {}

  /// How long this producer has to wait; zero: not at all.
  [[nodiscard]] std::chrono::nanoseconds wait(const std::string& producer);
  /// Takes what a request had.
  void spend(const std::string& producer, std::uint64_t rows, std::uint64_t bytes);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::nanoseconds filled_at{0};
  };
  struct Buckets {
    Bucket rows;
    Bucket bytes;
  };
  Buckets& of(const std::string& producer);
  static void fill(Bucket& bucket, double per_second, std::chrono::nanoseconds now);

  const RateLimits limits_;
  const Clock& clock_;
  std::mutex mutex_;  // guards buckets_: one entry per key
  std::map<std::string, Buckets> buckets_;
};

}  // namespace haul::server
