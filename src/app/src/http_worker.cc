#include "http_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "haul/ingest/table_loader.h"
#include "haul/server/system_api.h"
#include "version.h"

namespace haul::app {
namespace {

Result<ingest::TableLoadReport> load_table(Service& service, const ingest::Source& source,
                                           const ingest::FormatOptions& format, const Path& file,
                                           const std::string& shown_name) {
  const std::lock_guard lock(service.table_mutex(source.name));
  return ingest::load_into_table({.lake_folder = service.project().lake,
                                  .source = source.name,
                                  .contract = service.project().contracts.at(source.contract),
                                  .format = format,
                                  .path = file,
                                  .shown_name = shown_name,
                                  .progress = {}},
                                 service.platform().landing());
}

std::uint64_t free_bytes(const Path& folder) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return error ? 0 : space.available;
}

}  // namespace

Result<std::unique_ptr<server::HttpServer>> bind_http(Platform& platform, const Project& project,
                                                      Log& log_lines, const std::string& listen) {
  HAUL_TRY_VOID(platform.files().create_directories(project.state));
  server::HttpServerOptions options;
  options.listen = listen.empty() ? project.server.listen : listen;
  options.admin_socket = project.state / server::kAdminSocket;
  options.spool = project.state / "spool";
  options.limits.connections_max = project.server.connections_max;
  return server::HttpServer::bind(std::move(options),
                                  {platform.files(), platform.clock(), log_lines, platform.metrics()});
}

Result<std::unique_ptr<HttpWorker>> HttpWorker::open(Service& service,
                                                     std::unique_ptr<server::HttpServer> http,
                                                     server::LandedRows& landed) {
  std::unique_ptr<HttpWorker> worker(new HttpWorker(service, std::move(http)));
  HAUL_TRY_VOID(worker->open_parts(landed));
  return worker;
}

HttpWorker::~HttpWorker() { stop(); }

Result<void> HttpWorker::open_parts(server::LandedRows& landed) {
  Platform& platform = service_.platform();
  const Project& project = service_.project();
  HAUL_TRY(keys, server::KeyRing::open(service_.log(), platform.clock(), platform.rng()));
  keys_ = std::move(keys);
  key_api_ = server::make_key_api(*keys_, platform.metrics());
  HAUL_TRY(
      ingest,
      server::IngestApi::open(
          {.log = service_.log(),
           .files = platform.files(),
           .clock = platform.clock(),
           .metrics = platform.metrics(),
           .log_lines = service_.log_lines(),
           .landed = landed,
           .sources = project.sources,
           .spool = project.state / "spool",
           .load_table =
               [this](const ingest::Source& source, const ingest::FormatOptions& format, const Path& file,
                      const std::string& name) { return load_table(service_, source, format, file, name); },
           .free_disk_bytes = [folder = project.log] { return free_bytes(folder); },
           .interchanges = &service_.interchanges()},
          project.server));
  ingest_ = std::move(ingest);
  authenticator_ = std::make_unique<server::KeyAuthenticator>(*keys_, http_->is_loopback());
  std::vector<server::Route> routes = ingest_->routes();
  for (auto more : {key_api_->routes(),
                    server::system_routes({platform.metrics(), [this, &landed] { show_waiting(landed); },
                                           [this] { return troubles(); }})}) {
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  routes_ = std::make_unique<server::RouteTable>(server::with_description(std::move(routes), kVersion));
  return {};
}

Result<void> HttpWorker::start() {
  if (!keys_->is_used() && !http_->is_loopback()) {
    service_.log_lines().write(
        {LogLevel::kWarning,
         "no_keys",
         {{"note",
           "others can reach this address, so every request needs a key: make one with haul key create"}}});
  }
  http_->start(*routes_, *authenticator_);
  state_ = WorkerState::kRunning;
  return {};
}

void HttpWorker::stop() {
  if (state_.exchange(WorkerState::kStopped) == WorkerState::kStopped) return;
  http_->stop();
  ingest_->stop();
}

WorkerReport HttpWorker::report() const {
  return {.name = fmt::format("http {}", http_->address()), .state = state_, .detail = {}};
}

TopicReaders HttpWorker::readers() const {
  return {
      {std::string(server::kReceiptsTopic), [this] { return std::vector{ingest_->receipts_needed_from()}; }}};
}

void HttpWorker::show_waiting(const server::LandedRows& landed) {
  for (const auto& [name, flow] : service_.project().flows) {
    const std::vector<Offset> offsets = landed.landed(flow.source);
    std::uint64_t waiting = 0;
    for (std::uint32_t p = 0; p < offsets.size(); ++p) {
      const auto range = service_.log().range(flow.source, PartitionId{p});
      if (range) waiting += range->end.raw() - std::min(range->end, offsets[p]).raw();
    }
    service_.platform()
        .metrics()
        .gauge("haul_flow_waiting_rows", "Rows in the log that have not landed.", {{"flow", name}})
        .set(static_cast<double>(waiting));
  }
}

std::vector<std::string> HttpWorker::troubles() const {
  std::vector<std::string> troubles;
  if (std::string why = ingest_->trouble(); !why.empty()) troubles.push_back(std::move(why));
  for (const WorkerReport& report : service_.reports()) {
    if (report.state == WorkerState::kRunning) continue;
    const std::string_view state = state_name(report.state);
    troubles.push_back(report.detail.empty() ? fmt::format("{}: {}", report.name, state)
                                             : fmt::format("{}: {}: {}", report.name, state, report.detail));
  }
  return troubles;
}

}  // namespace haul::app
