#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "command.h"
#include "drop_worker.h"
#include "flow_rows.h"
#include "flow_worker.h"
#include "http_worker.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"
#include "pull_worker.h"
#include "quality_worker.h"
#include "retention_worker.h"
#include "service.h"
#include "stderr_log.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// The flows of the project, each on its own thread.
void add_flows(Service& service, FlowRows& rows) {
  for (const auto& [name, flow] : service.project().flows) {
    auto worker = std::make_unique<FlowWorker>(service, flow);
    rows.add(*worker);
    service.add(std::move(worker));
  }
}

/// The drops and pulls of the project, each on its own thread.
void add_sources(Service& service) {
  for (const auto& [name, source] : service.project().sources) {
    if (source.drop) service.add(std::make_unique<DropWorker>(service, source));
    if (source.pull) service.add(std::make_unique<PullWorker>(service, source));
  }
}

}  // namespace

Result<Exit> command_serve(const CommandContext& context, const ServeArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  StderrLog log_lines(platform.clock());
  HAUL_TRY(http, bind_http(platform, project, log_lines, arguments.listen));
  const std::string address = http->address();
  HAUL_TRY(service, Service::open(platform, project, log_lines,
                                  fmt::format("process {}, http://{}", ::getpid(), address)));
  FlowRows rows(*service);
  service->add(std::make_unique<QualityWorker>(*service));
  add_flows(*service, rows);
  add_sources(*service);
  HAUL_TRY(worker, HttpWorker::open(*service, std::move(http), rows));
  TopicReaders readers = rows.readers();
  readers.merge(worker->readers());
  service->add(std::make_unique<RetentionWorker>(*service, std::move(readers),
                                                 [http = worker.get()] { return http->forget_answers(); }));
  service->add(std::move(worker));
  HAUL_TRY_VOID(service->start());
  log_lines.write({LogLevel::kInfo, "serving", {{"project", project.name}, {"address", address}}});
  fmt::print("http://{}\n", address);
  std::fflush(stdout);
  while (!interrupted()) std::this_thread::sleep_for(50ms);
  log_lines.write({LogLevel::kInfo, "stopping", {}});
  service->stop();
  log_lines.write({LogLevel::kInfo, "stopped", {}});
  return Exit::kDone;
}

}  // namespace haul::app
