#include "service.h"

#include "flow_runner.h"
#include "haul/base/check.h"

namespace haul::app {

Result<std::unique_ptr<Service>> Service::open(Platform& platform, const Project& project, Log& log_lines,
                                               std::string_view address) {
  std::unique_ptr<Service> service(new Service(platform, project, log_lines));
  HAUL_TRY(opened, platform.open_log(project, address));
  for (const std::string& note : cut_notes(opened.cuts)) {
    log_lines.write({LogLevel::kWarning, "log_recovered", {{"note", note}}});
  }
  service->log_ = std::move(opened.log);
  service->interchanges_ = std::make_unique<ingest::InterchangeLog>(platform.files(), platform.clock(),
                                                                    *service->log_, project.root);
  for (const auto& [name, source] : project.sources) service->table_mutexes_[name];
  return service;
}

Service::~Service() { stop(); }

std::mutex& Service::table_mutex(const std::string& source) {
  const auto found = table_mutexes_.find(source);
  HAUL_CHECK(found != table_mutexes_.end(), "a service knows the sources of its project");
  return found->second;
}

void Service::add(std::unique_ptr<Worker> worker) {
  HAUL_CHECK(running_ == 0, "workers are added before the start");
  workers_.push_back(std::move(worker));
}

Result<void> Service::start() {
  for (const auto& worker : workers_) {
    ++running_;
    auto started = worker->start();
    if (started) continue;
    Error error = with_context(std::move(started).error(), worker->report().name);
    stop();
    return fail(std::move(error));
  }
  return {};
}

void Service::stop() {
  for (; running_ > 0; --running_) workers_[running_ - 1]->stop();
}

std::vector<WorkerReport> Service::reports() const {
  std::vector<WorkerReport> reports;
  reports.reserve(workers_.size());
  for (const auto& worker : workers_) reports.push_back(worker->report());
  return reports;
}

std::string_view state_name(WorkerState state) {
  switch (state) {
    case WorkerState::kStarting:
      return "starting";
    case WorkerState::kRunning:
      return "running";
    case WorkerState::kTrouble:
      return "trouble";
    case WorkerState::kStopped:
      return "stopped";
  }
  return "stopped";
}

}  // namespace haul::app
