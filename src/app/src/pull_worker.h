#pragma once

#include <functional>

#include "haul/ingest/pull.h"
#include "thread_worker.h"

namespace haul::app {

/// Pulls one source into its topic until there is nothing more; for `haul ingest SOURCE`. Errors as
/// ingest::Pull.
Result<ingest::PullReport> pull_once(Platform& platform, const Project& project, const ingest::Source& source,
                                     eventlog::EventLog& log, const std::function<bool()>& stopping);

/// Pulls one source on its schedule for as long as the service runs; after a failure it waits longer each
/// time, an hour at most.
class PullWorker final : public ThreadWorker {
 public:
  PullWorker(Service& service, const ingest::Source& source);
  ~PullWorker() override;

 private:
  void run() override;

  const ingest::Source& source_;
};

}  // namespace haul::app
