#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/log.h"
#include "haul/base/result.h"
#include "haul/eventlog/embedded_log.h"
#include "haul/ingest/interchange_log.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

enum class WorkerState : std::uint8_t {
  kStarting,
  kRunning,
  kTrouble,  ///< It failed and tries again by itself; `detail` says why.
  kStopped,
};

/// How a worker is, for /readyz, the metrics and the log.
struct WorkerReport {
  std::string name;
  WorkerState state = WorkerState::kStarting;
  std::string detail = {};
};

/// Port: something that runs for as long as `haul serve` does, on threads of its own: a flow, a directory
/// that is watched, a pull source, the HTTP server. start() and stop() are called once each, by one thread;
/// report() by any, at any time.
class Worker {
 public:
  virtual ~Worker() = default;
  /// Begins to work and returns at once. An error ends the start of the whole service; trouble that may pass
  /// is none: it is reported and tried again.
  virtual Result<void> start() = 0;
  /// Takes nothing new, finishes what was begun, and returns when its threads have ended.
  virtual void stop() = 0;
  [[nodiscard]] virtual WorkerReport report() const = 0;
};

/// A running project: owns the event log and the workers. Workers are started in the order they were added
/// and stopped in the reverse one, so flows, which come first, drain what sources sent last.
class Service {
 public:
  /// Takes the project's log; `address` tells others how to reach this process. Errors as
  /// Platform::open_log(). The references must outlive the service.
  static Result<std::unique_ptr<Service>> open(Platform& platform, const Project& project, Log& log_lines,
                                               std::string_view address);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] Platform& platform() { return platform_; }
  [[nodiscard]] const Project& project() const { return project_; }
  [[nodiscard]] eventlog::EventLog& log() { return *log_; }
  [[nodiscard]] Log& log_lines() { return log_lines_; }
  [[nodiscard]] ingest::InterchangeLog& interchanges() { return *interchanges_; }

  /// Held while anything but a flow commits to the tables of a source: a table has one committer per process
  /// (correctness rule 10).
  [[nodiscard]] std::mutex& table_mutex(const std::string& source);

  /// Before start().
  void add(std::unique_ptr<Worker> worker);
  /// The first worker that cannot start stops those before it.
  Result<void> start();
  /// Stops every worker; a second call does nothing.
  void stop();
  [[nodiscard]] std::vector<WorkerReport> reports() const;

 private:
  Service(Platform& platform, const Project& project, Log& log_lines)
      : platform_(platform), project_(project), log_lines_(log_lines) {}

  Platform& platform_;
  const Project& project_;
  Log& log_lines_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<ingest::InterchangeLog> interchanges_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t running_ = 0;
  std::map<std::string, std::mutex> table_mutexes_;  // one per source, made at once: never changes
};

std::string_view state_name(WorkerState state);

}  // namespace haul::app
