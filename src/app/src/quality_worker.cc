#include "quality_worker.h"

#include <chrono>

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kLandedEvery = 2s;
constexpr std::chrono::nanoseconds kEverythingEvery = 60s;

}  // namespace

QualityWorker::QualityWorker(Service& service)
    : ThreadWorker(service, "quality"), keeper_(service.platform(), service.project()) {}

QualityWorker::~QualityWorker() { stop(); }

void QualityWorker::run() {
  const Clock& clock = service().platform().clock();
  auto everything_at = clock.steady();
  for (; !stopping(); wait(kLandedEvery)) {
    const auto now = clock.steady();
    const bool is_everything = now >= everything_at;
    round(is_everything ? Depth::kEverything : Depth::kLanded);
    if (is_everything) everything_at = now + kEverythingEvery;
  }
  round(Depth::kLanded);  // what the flows before us drained last
}

void QualityWorker::round(Depth depth) {
  const auto worked = work(depth);
  if (worked) {
    note_running();
  } else {
    note_trouble("quality_failed", worked.error(), kLandedEvery);
  }
}

Result<void> QualityWorker::work(Depth depth) {
  HAUL_TRY_VOID(keeper_.raise_blocked());
  if (depth == Depth::kEverything) {
    HAUL_TRY_VOID(keeper_.check_all());
  } else {
    for (const auto& [name, source] : service().project().sources) HAUL_TRY_VOID(keeper_.record(source));
  }
  return keeper_.tell();
}

}  // namespace haul::app
