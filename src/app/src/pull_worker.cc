#include "pull_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "secret.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kRetryWaitMax = 1h;

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
  HAUL_TRY_VOID(log.create_topic(ingest::topic_of(source)));
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
    : ThreadWorker(service, fmt::format("pull {}", source.name)), source_(source) {}

PullWorker::~PullWorker() { stop(); }

void PullWorker::run() {
  const std::function<bool()> is_stopping = [this] { return stopping().load(); };
  const std::chrono::nanoseconds every = source_.pull->every;
  note_running();
  std::chrono::nanoseconds retry_after = every;
  for (std::chrono::nanoseconds pause{0}; !stopping(); wait(pause)) {
    const auto pulled =
        pull_once(service().platform(), service().project(), source_, service().log(), is_stopping);
    if (!pulled) {
      note_trouble("pull_failed", pulled.error(), retry_after);
      pause = retry_after;
      retry_after = std::min(2 * retry_after, std::max(kRetryWaitMax, every));
      continue;
    }
    pause = every;
    retry_after = every;
    note_running();
    if (pulled->rows == 0) continue;
    service().log_lines().write({LogLevel::kInfo,
                                 "pulled",
                                 {{"source", source_.name},
                                  {"pages", fmt::to_string(pulled->pages)},
                                  {"rows", fmt::to_string(pulled->rows)}}});
  }
}

}  // namespace haul::app
