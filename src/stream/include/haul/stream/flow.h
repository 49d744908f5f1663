#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/landing.h"
#include "haul/stream/flow_config.h"

namespace haul::stream {

/// What a flow runs on. The references must outlive it.
struct FlowContext {
  eventlog::EventLog& log;
  ingest::LandingContext landing;
  Path lake_folder;
};

/// One flow over all partitions of its topic: log -> bronze, quarantine, silver. A pure function of the
/// records: commits may be cut anywhere, the tables come out the same (correctness rule 1). One thread.
class Flow {
 public:
  /// Opens the tables and finds where each partition goes on. Errors as Landing::open().
  static Result<std::unique_ptr<Flow>> open(const FlowContext& context, const FlowConfig& config,
                                            const contract::Contract& contract);
  virtual ~Flow() = default;

  /// Reads what the log has next, about 4 MiB a partition, and commits where the flow's commit size or age is
  /// reached. False: nothing was there to read (what is pending stays pending until its age). kCorrupt: the
  /// log or a batch in it.  Else as Landing::take() and commit(); after an error open the flow again.
  virtual Result<bool> step() = 0;

  /// Commits what is pending now.
  virtual Result<void> commit() = 0;

  /// Records in the log that are not committed in silver yet, over all partitions.
  virtual Result<std::uint64_t> lag() = 0;

  /// Per partition: every record before this offset has landed (in silver, as a duplicate or in quarantine).
  [[nodiscard]] virtual const std::vector<Offset>& committed() const = 0;

  [[nodiscard]] virtual const ingest::LandingCounts& counts() const = 0;
};

/// The txn app id of a flow's partition (correctness rule 10).
[[nodiscard]] std::string flow_app_id(std::string_view flow, std::string_view log_id, PartitionId partition);

}  // namespace haul::stream
