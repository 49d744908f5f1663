#include "retention_worker.h"

#include <chrono>

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr auto kEvery = 5s;

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
  for (wait(kEvery); !stopping(); wait(kEvery)) {
    const Result<void> dropped = drop_old_records(service().log(), readers_);
    dropped ? note_running() : note_trouble("retention_failed", dropped.error(), kEvery);
  }
}

}  // namespace haul::app
