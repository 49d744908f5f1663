#pragma once

#include <mutex>
#include <vector>

#include "haul/stream/flow.h"
#include "thread_worker.h"

namespace haul::app {

/// Runs the flow of one source for as long as the service runs. A flow that fails is opened again: after a
/// second at first, after half a minute when it keeps failing; nothing is lost, the log keeps what waits.
class FlowWorker final : public ThreadWorker {
 public:
  FlowWorker(Service& service, const stream::FlowConfig& flow);
  ~FlowWorker() override;

  [[nodiscard]] const stream::FlowConfig& flow() const { return flow_; }
  /// Per partition: every record before this offset has landed; empty until the flow was opened. Thread-safe.
  [[nodiscard]] std::vector<Offset> committed() const;

 private:
  void run() override;
  Result<void> run_once();
  void note_progress(stream::Flow& flow);

  const stream::FlowConfig& flow_;

  mutable std::mutex committed_mutex_;  // guards committed_
  std::vector<Offset> committed_;
};

}  // namespace haul::app
