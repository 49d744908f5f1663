#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "haul/eventlog/embedded_log.h"
#include "haul/stream/flow.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// Opens the flow that reads a source's topic, which is made where it is missing. kInvalidInput: no flow
/// reads it.  Else as EventLog::create_topic(), Flow::open().
Result<std::unique_ptr<stream::Flow>> open_flow(Platform& platform, const Project& project,
                                                const ingest::Source& source, eventlog::EventLog& log);

/// Steps a flow until `no_more` is set and its topic has nothing left, then commits. `after_step` may be
/// empty.
Result<void> drive_flow(stream::Flow& flow, const std::atomic<bool>& no_more,
                        const std::function<void(stream::Flow&)>& after_step);

/// Runs a flow on a thread of its own until it is told that no more rows will come.
class FlowRunner {
 public:
  explicit FlowRunner(stream::Flow& flow);
  ~FlowRunner();
  FlowRunner(const FlowRunner&) = delete;
  FlowRunner& operator=(const FlowRunner&) = delete;

  /// True once the flow has failed: sending more rows is of no use.
  [[nodiscard]] bool failed() const { return failed_; }

  /// No more rows will come: waits until all there are have landed. Errors as Flow.
  Result<void> finish();

 private:
  stream::Flow& flow_;
  std::atomic<bool> no_more_{false};
  std::atomic<bool> failed_{false};
  Result<void> outcome_;
  std::thread thread_;
};

/// What recovery cut from the log, one sentence each.
std::vector<std::string> cut_notes(const std::vector<eventlog::Cut>& cuts);

}  // namespace haul::app
