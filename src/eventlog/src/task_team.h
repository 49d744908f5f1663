#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace haul::eventlog {

/// A few threads that help the caller with independent tasks which wait for the device: syncs of several
/// files take the time of one. One run() at a time; the threads start with the first run of two tasks and
/// sleep between runs.
class TaskTeam {
 public:
  explicit TaskTeam(std::size_t helpers_max) : helpers_max_(helpers_max) {}
  ~TaskTeam();
  TaskTeam(const TaskTeam&) = delete;
  TaskTeam& operator=(const TaskTeam&) = delete;

  /// Calls task(0) to task(count - 1), some of them on the caller's thread, and returns when all have
  /// returned.
  void run(std::size_t count, const std::function<void(std::size_t)>& task);

 private:
  void hire(std::size_t count);
  void help();
  void work_off(std::unique_lock<std::mutex>& lock);

  const std::size_t helpers_max_;
  std::mutex mutex_;  // guards everything below but the threads
  std::condition_variable work_came_;
  std::condition_variable work_ended_;
  const std::function<void(std::size_t)>* task_ = nullptr;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::size_t unfinished_ = 0;
  bool is_closing_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace haul::eventlog
