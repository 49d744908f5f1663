#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "haul/base/metrics.h"

namespace haul::server {

/// Threads for what would hold up an event loop. Thread-safe.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t waiting_max, Gauge& waiting);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: as many jobs as may wait do so, or the pool has ended; the job was not taken.
  [[nodiscard]] bool try_submit(std::function<void()> job);
  /// For the next step of a job that was taken: waits in line whatever the limit. Dropped after stop().
  void go_on(std::function<void()> job);
  /// Ends what runs, runs what waits, joins. A second call does nothing.
  void stop();

 private:
  void run();

  const std::size_t waiting_max_;
  Gauge& waiting_;
  std::mutex mutex_;  // guards jobs_ and stopping_
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace haul::server
