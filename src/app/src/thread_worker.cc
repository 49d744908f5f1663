#include "thread_worker.h"

#include <fmt/format.h>

#include <utility>

namespace haul::app {

ThreadWorker::ThreadWorker(Service& service, std::string name)
    : service_(service), report_{.name = std::move(name)} {}

Result<void> ThreadWorker::start() {
  HAUL_TRY_VOID(prepare());
  thread_ = std::thread([this] {
    run();
    note(WorkerState::kStopped, {});
  });
  return {};
}

void ThreadWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

WorkerReport ThreadWorker::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

void ThreadWorker::note_running() { note(WorkerState::kRunning, {}); }

void ThreadWorker::note_trouble(std::string event, const Error& error, std::chrono::nanoseconds retry_after) {
  note(WorkerState::kTrouble, error.message);
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(retry_after);
  service_.log_lines().write({LogLevel::kError,
                              std::move(event),
                              {{"worker", report_.name},
                               {"error_code", std::string(to_string(error.code))},
                               {"message", error.message},
                               {"retry_after_ms", fmt::to_string(wait.count())}}});
}

void ThreadWorker::wait(std::chrono::nanoseconds span) const {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, span, [this] { return stopping_.load(); });
}

void ThreadWorker::note(WorkerState state, std::string detail) {
  const std::lock_guard lock(mutex_);
  report_.state = state;
  report_.detail = std::move(detail);
}

}  // namespace haul::app
