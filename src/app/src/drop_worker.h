#pragma once

#include <memory>

#include "drop_alerts.h"
#include "haul/ingest/file_ledger.h"
#include "thread_worker.h"

namespace haul::app {

/// Looks into the drop of one source twice a second for as long as the service runs.
class DropWorker final : public ThreadWorker {
 public:
  DropWorker(Service& service, const ingest::Source& source);
  ~DropWorker() override;

 private:
  Result<void> prepare() override;
  void run() override;
  Result<void> look();

  const ingest::Source& source_;
  std::unique_ptr<ingest::FileLedger> ledger_;
  DropAlerts alerts_;
};

}  // namespace haul::app
