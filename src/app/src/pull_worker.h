#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "haul/ingest/pull.h"
#include "service.h"

namespace haul::app {

/// Pulls one source into its topic until there is nothing more; for `haul ingest SOURCE`. Errors as
/// ingest::Pull.
Result<ingest::PullReport> pull_once(Platform& platform, const Project& project, const ingest::Source& source,
                                     eventlog::EventLog& log, const std::function<bool()>& stopping);

/// Pulls one source on its schedule for as long as the service runs; after a failure it waits longer each
/// time, an hour at most.
class PullWorker final : public Worker {
 public:
  PullWorker(Service& service, const ingest::Source& source);
  ~PullWorker() override;

  Result<void> start() override;
  void stop() override;
  [[nodiscard]] WorkerReport report() const override;

 private:
  void run();
  void note(WorkerState state, std::string detail);

  Service& service_;
  const ingest::Source& source_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards report_
  WorkerReport report_;
};

}  // namespace haul::app
