#include "stage_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/base/testing/manual_clock.h"

namespace haul::server {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals
using ::testing::HasSubstr;

TEST(StageTimes, CountsARequestInEveryBoundItKeeps) {
  MetricsRegistry metrics;
  haul::testing::ManualClock clock;
  StageTimes stages(metrics, clock);

  stages.note(Stage::kAppend, 10ms);
  stages.note(Stage::kAppend, 30ms);
  stages.note(Stage::kReceipt, 5s);

  const std::string shown = metrics.render();
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"0.005\",stage=\"append\"} 0\n"));
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"0.01\",stage=\"append\"} 1\n"));
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"0.05\",stage=\"append\"} 2\n"));
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"+Inf\",stage=\"append\"} 2\n"));
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"1\",stage=\"receipt\"} 0\n"));
  EXPECT_THAT(shown, HasSubstr("haul_ingest_stage_bucket{le=\"+Inf\",stage=\"receipt\"} 1\n"));
}

}  // namespace
}  // namespace haul::server
