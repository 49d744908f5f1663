#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "haul/stream/flow.h"
#include "service.h"

namespace haul::app {

/// Runs the flow of one source for as long as the service runs. A flow that fails is opened again: after a
/// second at first, after half a minute when it keeps failing; nothing is lost, the log keeps what waits.
class FlowWorker final : public Worker {
 public:
  FlowWorker(Service& service, const stream::FlowConfig& flow);
  ~FlowWorker() override;

  Result<void> start() override;
  void stop() override;
  [[nodiscard]] WorkerReport report() const override;

  [[nodiscard]] const stream::FlowConfig& flow() const { return flow_; }
  /// Per partition: every record before this offset has landed; empty until the flow was opened. Thread-safe.
  [[nodiscard]] std::vector<Offset> committed() const;

 private:
  void run();
  Result<void> run_once();
  void note(WorkerState state, std::string detail);
  void note_progress(stream::Flow& flow);
  void wait_before_retry(std::chrono::milliseconds wait) const;

  Service& service_;
  const stream::FlowConfig& flow_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards everything below
  WorkerReport report_;
  std::vector<Offset> committed_;
};

}  // namespace haul::app
