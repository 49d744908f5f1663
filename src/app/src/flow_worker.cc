#include "flow_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow_runner.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::milliseconds kRetryWaitMin = 1s;
constexpr std::chrono::milliseconds kRetryWaitMax = 30s;

}  // namespace

FlowWorker::FlowWorker(Service& service, const stream::FlowConfig& flow)
    : service_(service), flow_(flow), report_{.name = fmt::format("flow {}", flow.flow)} {}

FlowWorker::~FlowWorker() { stop(); }

Result<void> FlowWorker::start() {
  thread_ = std::thread([this] { run(); });
  return {};
}

void FlowWorker::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

WorkerReport FlowWorker::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

std::vector<Offset> FlowWorker::committed() const {
  const std::lock_guard lock(mutex_);
  return committed_;
}

void FlowWorker::run() {
  std::chrono::milliseconds wait = kRetryWaitMin;
  while (true) {
    const auto began = service_.platform().clock().steady();
    auto ended = run_once();
    if (ended) break;
    // What failed after it had worked for a while is a new trouble.
    if (service_.platform().clock().steady() - began > kRetryWaitMax) wait = kRetryWaitMin;
    note(WorkerState::kTrouble, ended.error().message);
    service_.log_lines().write({LogLevel::kError,
                                "flow_failed",
                                {{"flow", flow_.flow},
                                 {"error_code", std::string(to_string(ended.error().code))},
                                 {"message", ended.error().message},
                                 {"retry_after_ms", fmt::to_string(wait.count())}}});
    wait_before_retry(wait);
    if (stopping_) break;
    wait = std::min(2 * wait, kRetryWaitMax);
  }
  note(WorkerState::kStopped, {});
}

Result<void> FlowWorker::run_once() {
  const ingest::Source& source = service_.project().sources.at(flow_.source);
  HAUL_TRY(flow, open_flow(service_.platform(), service_.project(), source, service_.log()));
  note_progress(*flow);
  note(WorkerState::kRunning, {});
  service_.log_lines().write({LogLevel::kInfo, "flow_started", {{"flow", flow_.flow}}});
  HAUL_TRY_VOID(drive_flow(*flow, stopping_, [this](stream::Flow& stepped) { note_progress(stepped); }));
  const ingest::LandingCounts& counts = flow->counts();
  service_.log_lines().write({LogLevel::kInfo,
                              "flow_drained",
                              {{"flow", flow_.flow},
                               {"rows", fmt::to_string(counts.rows)},
                               {"valid", fmt::to_string(counts.valid)},
                               {"quarantined", fmt::to_string(counts.quarantined)},
                               {"duplicates", fmt::to_string(counts.duplicates)}}});
  return {};
}

void FlowWorker::note(WorkerState state, std::string detail) {
  const std::lock_guard lock(mutex_);
  report_.state = state;
  report_.detail = std::move(detail);
}

void FlowWorker::note_progress(stream::Flow& flow) {
  const std::lock_guard lock(mutex_);
  committed_ = flow.committed();
}

void FlowWorker::wait_before_retry(std::chrono::milliseconds wait) const {
  for (auto waited = 0ms; waited < wait && !stopping_; waited += 20ms) std::this_thread::sleep_for(20ms);
}

}  // namespace haul::app
