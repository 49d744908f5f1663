#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "quality.h"
#include "service.h"

namespace haul::app {

/// Keeps the quality of the sources for as long as the service runs: every two seconds what landed goes into
/// the history and raises alerts, every minute changes are judged, rules about the set and service levels are
/// checked and new files profiled. Trouble is reported and tried again.
class QualityWorker final : public Worker {
 public:
  explicit QualityWorker(Service& service);
  ~QualityWorker() override;

  Result<void> start() override;
  void stop() override;
  [[nodiscard]] WorkerReport report() const override;

 private:
  enum class Depth : std::uint8_t { kLanded, kEverything };

  void run();
  Result<void> work(Depth depth);
  void note(const Result<void>& worked);

  Service& service_;
  QualityKeeper keeper_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards report_
  WorkerReport report_{.name = "quality"};
};

}  // namespace haul::app
