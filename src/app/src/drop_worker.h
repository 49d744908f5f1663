#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "drop_alerts.h"
#include "service.h"

namespace haul::app {

/// Looks into the drop of one source twice a second for as long as the service runs.
class DropWorker final : public Worker {
 public:
  DropWorker(Service& service, const ingest::Source& source);
  ~DropWorker() override;

  Result<void> start() override;
  void stop() override;
  [[nodiscard]] WorkerReport report() const override;

 private:
  void run();
  Result<void> look();
  void note(WorkerState state, std::string detail);
  void wait(std::chrono::milliseconds span) const;

  Service& service_;
  const ingest::Source& source_;
  DropAlerts alerts_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards report_
  WorkerReport report_;
};

}  // namespace haul::app
