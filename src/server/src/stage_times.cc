#include "stage_times.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace haul::server {
namespace {

constexpr std::array<std::string_view, 5> kNames{"wait", "prepare", "queue", "append", "receipt"};
/// Seconds; the last one has no bound.
constexpr std::array<double, 10> kSeconds{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};

}  // namespace

StageTimes::StageTimes(MetricsRegistry& metrics, const Clock& clock) : clock_(clock) {
  static_assert(kNames.size() == kStages && kSeconds.size() + 1 == kBounds);
  for (std::size_t stage = 0; stage < kStages; ++stage) {
    for (std::size_t bound = 0; bound < kBounds; ++bound) {
      counters_.at(stage).at(bound) = &metrics.counter(
          "haul_ingest_stage_bucket", "Requests that were in this stage for at most `le` seconds.",
          {{"stage", std::string(kNames.at(stage))},
           {"le", bound < kSeconds.size() ? fmt::format("{}", kSeconds.at(bound)) : "+Inf"}});
    }
  }
}

void StageTimes::note(Stage stage, std::chrono::nanoseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto& counters = counters_.at(static_cast<std::size_t>(stage));
  for (std::size_t bound = 0; bound < kBounds; ++bound) {
    if (bound == kSeconds.size() || seconds <= kSeconds.at(bound)) counters.at(bound)->add();
  }
}

}  // namespace haul::server
