#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "thread_worker.h"

namespace haul::app {

/// Per partition of a topic: the first record that someone may still read. Empty: not known yet. Thread-safe.
using NeededFrom = std::function<std::vector<Offset>()>;

/// By topic. What is not in it is kept whole: keys and the names of loaded files are never dropped.
using TopicReaders = std::map<std::string, NeededFrom>;

/// Drops what the retention of each topic no longer covers and no reader needs (correctness rule 9). The only
/// place that drops records. Topics that are not made yet, or whose readers are not known yet, are left
/// alone. Errors as EventLog::apply_retention(); the topics before stay done.
Result<void> drop_old_records(eventlog::EventLog& log, const TopicReaders& readers);

/// Does so every five seconds for as long as the service runs, and every hour removes files that nothing
/// remembers any more. Trouble is reported and tried again.
class RetentionWorker final : public ThreadWorker {
 public:
  /// `forget_files` outlives it.
  RetentionWorker(Service& service, TopicReaders readers, std::function<Result<void>()> forget_files)
      : ThreadWorker(service, "retention"),
        readers_(std::move(readers)),
        forget_files_(std::move(forget_files)) {}
  ~RetentionWorker() override { stop(); }

 private:
  void run() override;

  const TopicReaders readers_;
  const std::function<Result<void>()> forget_files_;
};

}  // namespace haul::app
