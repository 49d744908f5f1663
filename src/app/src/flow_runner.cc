#include "flow_runner.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// An idle flow looks for rows every millisecond at first, every ten when none came for a while.
constexpr auto kIdleWaitMin = 1ms;
constexpr auto kIdleWaitMax = 10ms;

}  // namespace

Result<std::unique_ptr<stream::Flow>> open_flow(Platform& platform, const Project& project,
                                                const ingest::Source& source, eventlog::EventLog& log) {
  const stream::FlowConfig* config = project.flow_of(source.name);
  if (config == nullptr) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("no flow reads the topic of the source {}: add flows/{}.yaml with `source: {}`",
                            source.name, source.name, source.name));
  }
  HAUL_TRY_VOID(log.create_topic(ingest::topic_of(source)));
  return stream::Flow::open({log, platform.landing(), project.lake}, *config,
                            project.contracts.at(source.contract));
}

Result<void> drive_flow(stream::Flow& flow, const std::atomic<bool>& no_more,
                        const std::function<void(stream::Flow&)>& after_step) {
  auto idle_wait = kIdleWaitMin;
  while (true) {
    const bool is_last_look = no_more;  // read before step(): what came until now is seen by it
    HAUL_TRY(progressed, flow.step());
    if (!progressed && is_last_look) break;
    if (after_step) after_step(flow);
    if (progressed) {
      idle_wait = kIdleWaitMin;
      continue;
    }
    std::this_thread::sleep_for(idle_wait);
    idle_wait = std::min(2 * idle_wait, kIdleWaitMax);
  }
  HAUL_TRY_VOID(flow.commit());
  if (after_step) after_step(flow);
  return {};
}

FlowRunner::FlowRunner(stream::Flow& flow)
    : flow_(flow), thread_([this] {
        outcome_ = drive_flow(flow_, no_more_, {});
        failed_ = !outcome_;
      }) {}

FlowRunner::~FlowRunner() {
  if (thread_.joinable()) static_cast<void>(finish().has_value());
}

Result<void> FlowRunner::finish() {
  no_more_ = true;
  thread_.join();
  return std::move(outcome_);
}

std::vector<std::string> cut_notes(const std::vector<eventlog::Cut>& cuts) {
  std::vector<std::string> notes;
  for (const eventlog::Cut& cut : cuts) {
    notes.push_back(
        fmt::format("recovery cut {} bytes that were never acknowledged from the end of {} (topic {}, "
                    "partition {}, now ends at offset {})",
                    cut.bytes, cut.file, cut.topic, cut.partition.raw(), cut.end.raw()));
  }
  return notes;
}

}  // namespace haul::app
