#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "haul/base/clock.h"
#include "log_metrics.h"
#include "partition_writer.h"
#include "prepared_batch.h"
#include "task_team.h"

namespace haul::eventlog {

/// A batch and the writer of its partition.
struct RoutedBatch {
  PartitionWriter* writer = nullptr;
  PreparedBatch batch;
};

/// Makes appends durable together: the first caller to find nobody at work commits for all who wait, with one
/// write and one sync per partition file; those who come meanwhile form the next group. Thread-safe.
class GroupCommit {
 public:
  struct Options {
    std::chrono::microseconds wait{0};
    std::size_t sync_helpers = 0;
  };
  GroupCommit(const Clock& clock, LogMetrics& metrics, Options options);

  /// Returns when the batches are on the device, in the order given; all or none of one call is written.
  /// Errors as EventLog::append(); after kUnavailable some partitions of the call may have succeeded.
  Result<std::vector<Appended>> commit(std::span<const RoutedBatch> batches);

  /// Announces that a call will come soon, so that a group may wait for it. Lives around prepare and
  /// commit().
  class Arrival {
   public:
    explicit Arrival(GroupCommit& group);
    ~Arrival();
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;

   private:
    GroupCommit& group_;
  };

 private:
  struct Call {
    std::span<const RoutedBatch> batches;
    std::vector<Appended> appended;
    std::optional<Error> error;
    bool is_done = false;
  };

  void lead(std::unique_lock<std::mutex>& lock);
  void commit_group(std::span<Call* const> group);
  static void stage(Call& call, IngestTime now, std::vector<PartitionWriter*>& writers);
  void count(const Call& call);

  const Clock& clock_;
  LogMetrics& metrics_;
  const std::chrono::microseconds wait_;
  TaskTeam team_;  // used by the leader alone

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::vector<Call*> waiting_;
  std::size_t arrivals_ = 0;
  bool is_led_ = false;
};

}  // namespace haul::eventlog
