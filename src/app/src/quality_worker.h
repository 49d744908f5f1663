#pragma once

#include <cstdint>

#include "quality.h"
#include "thread_worker.h"

namespace haul::app {

/// Keeps the quality of the sources for as long as the service runs: every two seconds what landed goes into
/// the history and raises alerts, every minute changes are judged, rules about the set and service levels are
/// checked and new files profiled. Trouble is reported and tried again.
class QualityWorker final : public ThreadWorker {
 public:
  explicit QualityWorker(Service& service);
  ~QualityWorker() override;

 private:
  enum class Depth : std::uint8_t { kLanded, kEverything };

  void run() override;
  void round(Depth depth);
  Result<void> work(Depth depth);

  QualityKeeper keeper_;
};

}  // namespace haul::app
