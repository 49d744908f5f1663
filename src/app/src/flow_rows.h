#pragma once

#include <map>
#include <mutex>
#include <string>

#include "flow_worker.h"
#include "haul/server/ingest_api.h"
#include "retention_worker.h"

namespace haul::app {

/// How far the flows of a service are, and what they made of rows: counted in silver and quarantine, so the
/// answer is the same after a restart.
class FlowRows final : public server::LandedRows {
 public:
  explicit FlowRows(Service& service) : service_(service) {}

  /// Before anything asks. The worker must outlive this.
  void add(const FlowWorker& worker) { workers_[worker.flow().source].push_back(&worker); }
  /// What every flow of a source still has to take: nothing where it has none.
  [[nodiscard]] TopicReaders readers() const;

  [[nodiscard]] std::vector<Offset> landed(const std::string& source) const override;
  Result<server::LandedCounts> count(const std::string& source,
                                     std::span<const server::OffsetRange> ranges) override;

 private:
  Result<std::optional<query::Scan>> pin(const std::string& layer, const std::string& name,
                                         std::span<const server::OffsetRange> ranges);

  Service& service_;
  std::map<std::string, std::vector<const FlowWorker*>> workers_;  // by source; none is empty
  std::mutex mutex_;                                               // one count at a time: it uses both cores
};

}  // namespace haul::app
