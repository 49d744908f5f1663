#include "quality_worker.h"

#include <chrono>

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kLandedEvery = 2s;
constexpr std::chrono::nanoseconds kEverythingEvery = 60s;

}  // namespace

QualityWorker::QualityWorker(Service& service)
    : service_(service), keeper_(service.platform(), service.project()) {}

QualityWorker::~QualityWorker() { stop(); }

Result<void> QualityWorker::start() {
  thread_ = std::thread([this] { run(); });
  return {};
}

void QualityWorker::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

WorkerReport QualityWorker::report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

void QualityWorker::run() {
  const Clock& clock = service_.platform().clock();
  auto everything_at = clock.steady();
  auto landed_at = clock.steady();
  while (!stopping_) {
    const auto now = clock.steady();
    if (now >= everything_at) {
      note(work(Depth::kEverything));
      everything_at = now + kEverythingEvery;
    } else if (now >= landed_at) {
      note(work(Depth::kLanded));
      landed_at = now + kLandedEvery;
    }
    std::this_thread::sleep_for(20ms);
  }
  note(work(Depth::kLanded));  // what the flows before us drained last
  const std::scoped_lock lock(mutex_);
  report_.state = WorkerState::kStopped;
}

Result<void> QualityWorker::work(Depth depth) {
  HAUL_TRY_VOID(keeper_.raise_blocked());
  if (depth == Depth::kEverything) {
    HAUL_TRY_VOID(keeper_.check_all());
  } else {
    for (const auto& [name, source] : service_.project().sources) HAUL_TRY_VOID(keeper_.record(source));
  }
  return keeper_.tell();
}

void QualityWorker::note(const Result<void>& worked) {
  const std::scoped_lock lock(mutex_);
  report_.state = worked ? WorkerState::kRunning : WorkerState::kTrouble;
  report_.detail = worked ? "" : worked.error().message;
  if (!worked) {
    service_.log_lines().write(
        {LogLevel::kError,
         "quality_failed",
         {{"error_code", std::string(to_string(worked.error().code))}, {"message", worked.error().message}}});
  }
}

}  // namespace haul::app
