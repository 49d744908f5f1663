#include "drop_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "drop_files.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::milliseconds kLookEvery = 500ms;
constexpr std::chrono::milliseconds kRetryWaitMax = 30s;

}  // namespace

DropWorker::DropWorker(Service& service, const ingest::Source& source)
    : service_(service),
      source_(source),
      alerts_(service.platform(), service.project(), source),
      report_{.name = fmt::format("drop {}", source.name)} {}

DropWorker::~DropWorker() { stop(); }

Result<void> DropWorker::start() {
  HAUL_TRY_VOID(
      service_.platform().files().create_directories(service_.project().root / source_.drop->folder));
  if (source_.delivery == ingest::Delivery::kTopic) {
    HAUL_TRY_VOID(service_.log().create_topic(
        {source_.name, source_.partitions, {source_.retention_age, source_.retention_bytes}}));
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void DropWorker::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

WorkerReport DropWorker::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

void DropWorker::run() {
  std::chrono::milliseconds pause = kLookEvery;
  note(WorkerState::kRunning, {});
  while (!stopping_) {
    auto looked = look();
    if (looked || looked.error().code == ErrorCode::kCancelled) {
      pause = kLookEvery;
      note(WorkerState::kRunning, {});
    } else {
      pause = std::min(2 * pause, kRetryWaitMax);
      note(WorkerState::kTrouble, looked.error().message);
      service_.log_lines().write({LogLevel::kError,
                                  "drop_failed",
                                  {{"source", source_.name},
                                   {"error_code", std::string(to_string(looked.error().code))},
                                   {"message", looked.error().message},
                                   {"retry_after_ms", fmt::to_string(pause.count())}}});
    }
    wait(pause);
  }
  note(WorkerState::kStopped, {});
}

Result<void> DropWorker::look() {
  const auto stopping = [this] { return stopping_.load(); };
  Platform& platform = service_.platform();
  const bool is_table = source_.delivery == ingest::Delivery::kTable;
  std::unique_lock tables(service_.table_mutex(source_.name), std::defer_lock);
  if (is_table) tables.lock();
  HAUL_TRY(report, take_in_drop(platform, service_.project(), source_,
                                is_table ? load_into_tables(platform, service_.project(), source_, stopping)
                                         : load_into_log(platform, source_, service_.log(), stopping)));
  if (is_table) tables.unlock();
  for (const ingest::FileRecord& file : report.settled) {
    service_.log_lines().write({LogLevel::kInfo,
                                "file_settled",
                                {{"source", file.source},
                                 {"file", file.file},
                                 {"state", std::string(to_string(file.state))},
                                 {"reason", file.reason}}});
  }
  return alerts_.after_look(report);
}

void DropWorker::note(WorkerState state, std::string detail) {
  const std::lock_guard lock(mutex_);
  report_.state = state;
  report_.detail = std::move(detail);
}

void DropWorker::wait(std::chrono::milliseconds span) const {
  for (auto waited = 0ms; waited < span && !stopping_; waited += 20ms) std::this_thread::sleep_for(20ms);
}

}  // namespace haul::app
