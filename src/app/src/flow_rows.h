#pragma once

#include <map>
#include <mutex>
#include <string>

#include "flow_worker.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"
#include "haul/server/ingest_api.h"
#include "retention_worker.h"

namespace haul::app {

/// How far the flows of a service are, and what they made of rows: counted in silver, as it was when they
/// landed, and in quarantine. So the answer is the same after a restart, and when newer rows have come.
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
  /// Which rows of a file are counted: those that are there now, or also those that made way for newer ones.
  enum class Rows : std::uint8_t { kLive, kAll };
  Result<std::optional<query::Scan>> pin(const Path& folder, const lake::Snapshot& snapshot, Rows rows,
                                         std::span<const server::OffsetRange> ranges);
  Result<std::unique_ptr<lake::Table>> open_table(const std::string& layer, const std::string& name);
  Result<std::uint64_t> count_rows(std::optional<query::Scan> scan,
                                   std::span<const server::OffsetRange> ranges);
  /// Rows that landed as valid, though newer ones may have taken their place since.
  Result<std::uint64_t> count_valid(const std::string& silver, std::span<const server::OffsetRange> ranges);
  Result<std::uint64_t> count_landed(lake::Table& table, const std::string& silver,
                                     std::span<const server::OffsetRange> ranges);

  Service& service_;
  std::map<std::string, std::vector<const FlowWorker*>> workers_;  // by source; none is empty
  std::mutex mutex_;                                               // one count at a time: it uses both cores
};

}  // namespace haul::app
