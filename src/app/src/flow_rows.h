#pragma once

#include <map>
#include <mutex>
#include <string>

#include "flow_worker.h"
#include "haul/server/ingest_api.h"

namespace haul::app {

/// How far the flows of a service are, and what they made of rows: counted in silver and quarantine, so the
/// answer is the same after a restart.
class FlowRows final : public server::LandedRows {
 public:
  explicit FlowRows(Service& service) : service_(service) {}

  /// Before anything asks. The worker must outlive this.
  void add(const FlowWorker& worker) { workers_.emplace(worker.flow().source, &worker); }

  [[nodiscard]] std::vector<Offset> landed(const std::string& source) const override;
  Result<server::LandedCounts> count(const std::string& source,
                                     std::span<const server::OffsetRange> ranges) override;

 private:
  Result<std::optional<query::Scan>> pin(const std::string& layer, const std::string& name,
                                         std::span<const server::OffsetRange> ranges);

  Service& service_;
  std::map<std::string, const FlowWorker*> workers_;
  std::mutex mutex_;  // one count at a time: it uses both cores
};

}  // namespace haul::app
