#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "haul/base/clock.h"
#include "haul/base/metrics.h"

namespace haul::server {

/// What a request of rows goes through, one after the other.
enum class Stage : std::uint8_t {
  kWait,     ///< For a thread, once the body is there.
  kPrepare,  ///< Unfolding, hashing, looking it up, splitting into batches.
  kQueue,    ///< For the append before it.
  kAppend,   ///< Rows: write and sync, company in the group commit included.
  kReceipt,  ///< Receipts: write and sync.
};

/// How long requests are in each stage: the counters `haul_ingest_stage_bucket`, by stage and upper bound
/// (`le`, in seconds), as histogram_quantile() of Prometheus wants them. A part of a large body counts as a
/// request. Thread-safe.
class StageTimes {
 public:
  StageTimes(MetricsRegistry& metrics, const Clock& clock);

  [[nodiscard]] std::chrono::nanoseconds now() const { return clock_.steady(); }
  void note(Stage stage, std::chrono::nanoseconds took);

 private:
  static constexpr std::size_t kStages = 5;
  static constexpr std::size_t kBounds = 11;

  const Clock& clock_;
  std::array<std::array<Counter*, kBounds>, kStages> counters_{};
};

}  // namespace haul::server
