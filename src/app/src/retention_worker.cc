#include "retention_worker.h"

#include <chrono>

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr auto kEvery = 5s;
constexpr auto kFilesEvery = 1h;

}  // namespace

Result<void> drop_old_records(eventlog::EventLog& log, const TopicReaders& readers) {
  for (const std::string& topic : log.topics()) {
    const auto found = readers.find(topic);
    if (found == readers.end()) continue;
    const std::vector<Offset> needed = found->second();
    if (!needed.empty()) HAUL_TRY_VOID(log.apply_retention(topic, needed));
  }
  return {};
}

void RetentionWorker::run() {
  note_running();
  const Clock& clock = service().platform().clock();
  std::chrono::nanoseconds files_due = clock.steady();
  for (wait(kEvery); !stopping(); wait(kEvery)) {
    Result<void> dropped = drop_old_records(service().log(), readers_);
    if (dropped && clock.steady() >= files_due) {
      dropped = forget_files_();
      if (dropped) files_due = clock.steady() + kFilesEvery;
    }
    dropped ? note_running() : note_trouble("retention_failed", dropped.error(), kEvery);
  }
}

}  // namespace haul::app
