#include "pull_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "secret.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr Micros kRetryWaitMax = 1h;

void wait_unless(const std::function<bool()>& stopping, Micros span) {
  for (Micros waited = 0us; waited < span && !stopping(); waited += 20ms) std::this_thread::sleep_for(20ms);
}

}  // namespace

Result<ingest::PullReport> pull_once(Platform& platform, const Project& project, const ingest::Source& source,
                                     eventlog::EventLog& log, const std::function<bool()>& stopping) {
  std::string authorization;
  if (!source.pull->authorization.empty()) {
    HAUL_TRY(secret, resolve_secret(platform.files(), project.root, source.pull->authorization));
    authorization = secret;
  }
  HAUL_TRY_VOID(
      log.create_topic({source.name, source.partitions, {source.retention_age, source.retention_bytes}}));
  HAUL_TRY(pull, ingest::Pull::open(source.name, source.format, source.key, *source.pull,
                                    {.http = platform.http(),
                                     .log = log,
                                     .clock = platform.clock(),
                                     .authorization = authorization,
                                     .stopping = stopping,
                                     .pause = [&stopping](Micros span) { wait_unless(stopping, span); }}));
  return pull->run();
}

PullWorker::PullWorker(Service& service, const ingest::Source& source)
    : service_(service), source_(source), report_{.name = fmt::format("pull {}", source.name)} {}

PullWorker::~PullWorker() { stop(); }

Result<void> PullWorker::start() {
  thread_ = std::thread([this] { run(); });
  return {};
}

void PullWorker::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

WorkerReport PullWorker::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

void PullWorker::run() {
  const std::function<bool()> stopping = [this] { return stopping_.load(); };
  Micros wait = source_.pull->every;
  note(WorkerState::kRunning, {});
  while (!stopping_) {
    auto pulled = pull_once(service_.platform(), service_.project(), source_, service_.log(), stopping);
    if (pulled) {
      wait = source_.pull->every;
      note(WorkerState::kRunning, {});
      if (pulled->rows > 0) {
        service_.log_lines().write({LogLevel::kInfo,
                                    "pulled",
                                    {{"source", source_.name},
                                     {"pages", fmt::to_string(pulled->pages)},
                                     {"rows", fmt::to_string(pulled->rows)}}});
      }
    } else {
      note(WorkerState::kTrouble, pulled.error().message);
      service_.log_lines().write({LogLevel::kError,
                                  "pull_failed",
                                  {{"source", source_.name},
                                   {"error_code", std::string(to_string(pulled.error().code))},
                                   {"message", pulled.error().message},
                                   {"retry_after_s", fmt::to_string(wait / 1s)}}});
    }
    wait_unless(stopping, wait);
    if (!pulled) wait = std::min(2 * wait, std::max(kRetryWaitMax, source_.pull->every));
  }
  note(WorkerState::kStopped, {});
}

void PullWorker::note(WorkerState state, std::string detail) {
  const std::lock_guard lock(mutex_);
  report_.state = state;
  report_.detail = std::move(detail);
}

}  // namespace haul::app
