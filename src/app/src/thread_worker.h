#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "service.h"

namespace haul::app {

/// A worker with one thread, which works in rounds until it is told to stop. Subclasses call stop() in their
/// destructor: the thread runs their code.
class ThreadWorker : public Worker {
 public:
  Result<void> start() final;
  void stop() final;
  [[nodiscard]] WorkerReport report() const final;

 protected:
  ThreadWorker(Service& service, std::string name);

  /// Before the thread begins. An error ends the start of the service.
  virtual Result<void> prepare() { return {}; }
  /// The thread: works until stopping() and returns. Afterwards the report says "stopped".
  virtual void run() = 0;

  [[nodiscard]] Service& service() const { return service_; }
  [[nodiscard]] const std::atomic<bool>& stopping() const { return stopping_; }
  /// What report() says from now on.
  void note_running();
  /// Also a line of the log: `event` with this worker's name, the error, and when it is tried again.
  void note_trouble(std::string event, const Error& error, std::chrono::nanoseconds retry_after);
  /// Sleeps, at most until stop() is called.
  void wait(std::chrono::nanoseconds span) const;

 private:
  void note(WorkerState state, std::string detail);

  Service& service_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  mutable std::mutex mutex_;  // guards report_, and stopping_ for who waits
  mutable std::condition_variable stopped_;
  WorkerReport report_;
};

}  // namespace haul::app
