#include "drop_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "drop_files.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kLookEvery = 500ms;
constexpr std::chrono::nanoseconds kRetryWaitMax = 30s;

}  // namespace

DropWorker::DropWorker(Service& service, const ingest::Source& source)
    : ThreadWorker(service, fmt::format("drop {}", source.name)),
      source_(source),
      ledger_(ingest::make_file_table(service.platform().lake(), service.platform().engine(),
                                      service.project().lake)),
      alerts_(service.platform(), service.project(), source, *ledger_) {}

DropWorker::~DropWorker() { stop(); }

Result<void> DropWorker::prepare() {
  HAUL_TRY_VOID(
      service().platform().files().create_directories(service().project().root / source_.drop->folder));
  if (source_.delivery != ingest::Delivery::kTopic) return {};
  return service().log().create_topic(ingest::topic_of(source_));
}

void DropWorker::run() {
  std::chrono::nanoseconds pause = kLookEvery;
  for (; !stopping(); wait(pause)) {
    const auto looked = look();
    if (looked || looked.error().code == ErrorCode::kCancelled) {
      pause = kLookEvery;
      note_running();
    } else {
      pause = std::min(2 * pause, kRetryWaitMax);
      note_trouble("drop_failed", looked.error(), pause);
    }
  }
}

Result<void> DropWorker::look() {
  const auto is_stopping = [this] { return stopping().load(); };
  Platform& platform = service().platform();
  const Project& project = service().project();
  const bool is_table = source_.delivery == ingest::Delivery::kTable;
  std::unique_lock tables(service().table_mutex(source_.name), std::defer_lock);
  if (is_table) tables.lock();
  DropSteps steps;
  steps.load = is_table ? load_into_tables(platform, project, source_, is_stopping)
                        : load_into_log(platform, source_, service().log(), is_stopping);
  steps.answer = answer_interchanges(service().interchanges(), source_, [this](const auto& interchanges) {
    write_lines(service().log_lines(), source_, interchanges);
  });
  HAUL_TRY(report, take_in_drop(platform, project, source_, *ledger_, steps));
  if (is_table) tables.unlock();
  for (const ingest::FileRecord& file : report.settled) {
    service().log_lines().write({LogLevel::kInfo,
                                 "file_settled",
                                 {{"source", file.source},
                                  {"file", file.file},
                                  {"state", std::string(to_string(file.state))},
                                  {"reason", file.reason}}});
  }
  return alerts_.after_look(report);
}

}  // namespace haul::app
