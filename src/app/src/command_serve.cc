#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "command.h"
#include "flow_worker.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"
#include "service.h"
#include "stderr_log.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// The flows of the project, each on its own thread.
void add_flows(Service& service) {
  for (const auto& [name, flow] : service.project().flows) {
    service.add(std::make_unique<FlowWorker>(service, flow));
  }
}

}  // namespace

Result<Exit> command_serve(const CommandContext& context) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  StderrLog log_lines(platform.clock());
  HAUL_TRY(service, Service::open(platform, project, log_lines, fmt::format("process {}", ::getpid())));
  add_flows(*service);
  HAUL_TRY_VOID(service->start());
  log_lines.write({LogLevel::kInfo, "serving", {{"project", project.name}}});
  while (!interrupted()) std::this_thread::sleep_for(50ms);
  log_lines.write({LogLevel::kInfo, "stopping", {}});
  service->stop();
  log_lines.write({LogLevel::kInfo, "stopped", {}});
  return Exit::kDone;
}

}  // namespace haul::app
