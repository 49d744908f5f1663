#include "flow_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow_runner.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kRetryWaitMin = 1s;
constexpr std::chrono::nanoseconds kRetryWaitMax = 30s;

}  // namespace

FlowWorker::FlowWorker(Service& service, const stream::FlowConfig& flow)
    : ThreadWorker(service, fmt::format("flow {}", flow.flow)), flow_(flow) {}

FlowWorker::~FlowWorker() { stop(); }

std::vector<Offset> FlowWorker::committed() const {
  const std::lock_guard lock(committed_mutex_);
  return committed_;
}

void FlowWorker::run() {
  const Clock& clock = service().platform().clock();
  std::chrono::nanoseconds retry_after = kRetryWaitMin;
  while (true) {
    const auto began = clock.steady();
    const auto ended = run_once();
    if (ended) return;
    // What failed after it had worked for a while is a new trouble.
    if (clock.steady() - began > kRetryWaitMax) retry_after = kRetryWaitMin;
    note_trouble("flow_failed", ended.error(), retry_after);
    wait(retry_after);
    if (stopping()) return;
    retry_after = std::min(2 * retry_after, kRetryWaitMax);
  }
}

Result<void> FlowWorker::run_once() {
  const ingest::Source& source = service().project().sources.at(flow_.source);
  HAUL_TRY(flow, open_flow(service().platform(), service().project(), source, service().log()));
  note_progress(*flow);
  note_running();
  service().log_lines().write({LogLevel::kInfo, "flow_started", {{"flow", flow_.flow}}});
  HAUL_TRY_VOID(drive_flow(*flow, stopping(), [this](stream::Flow& stepped) { note_progress(stepped); }));
  const ingest::LandingCounts& counts = flow->counts();
  service().log_lines().write({LogLevel::kInfo,
                               "flow_drained",
                               {{"flow", flow_.flow},
                                {"rows", fmt::to_string(counts.rows)},
                                {"valid", fmt::to_string(counts.valid)},
                                {"quarantined", fmt::to_string(counts.quarantined)},
                                {"duplicates", fmt::to_string(counts.duplicates)}}});
  return {};
}

void FlowWorker::note_progress(stream::Flow& flow) {
  const std::lock_guard lock(committed_mutex_);
  committed_ = flow.committed();
}

}  // namespace haul::app
