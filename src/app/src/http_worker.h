#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "haul/server/api_keys.h"
#include "haul/server/http_server.h"
#include "haul/server/ingest_api.h"
#include "haul/server/key_api.h"
#include "retention_worker.h"
#include "service.h"

namespace haul::app {

/// Binds the project's HTTP server; nothing is accepted before a worker starts it. `listen` overrides
/// haul.yaml; it may be empty. Errors as server::HttpServer::bind().
Result<std::unique_ptr<server::HttpServer>> bind_http(Platform& platform, const Project& project,
                                                      Log& log_lines, const std::string& listen);

/// The HTTP server as a part of the service: ingest, receipts, keys, health, metrics.
class HttpWorker final : public Worker {
 public:
  /// Opens keys and receipts. Errors as server::KeyRing::open(), server::IngestApi::open().
  static Result<std::unique_ptr<HttpWorker>> open(Service& service, std::unique_ptr<server::HttpServer> http,
                                                  server::LandedRows& landed);
  ~HttpWorker() override;
  HttpWorker(const HttpWorker&) = delete;
  HttpWorker& operator=(const HttpWorker&) = delete;

  Result<void> start() override;
  void stop() override;
  [[nodiscard]] WorkerReport report() const override;

  /// What it still reads of its own topics.
  [[nodiscard]] TopicReaders readers() const;
  /// As server::IngestApi::forget_answers().
  Result<void> forget_answers() { return ingest_->forget_answers(); }

 private:
  HttpWorker(Service& service, std::unique_ptr<server::HttpServer> http)
      : service_(service), http_(std::move(http)) {}
  Result<void> open_parts(server::LandedRows& landed);
  [[nodiscard]] std::vector<std::string> troubles() const;
  void show_waiting(const server::LandedRows& landed);

  Service& service_;
  std::unique_ptr<server::HttpServer> http_;
  std::unique_ptr<server::KeyRing> keys_;
  std::unique_ptr<server::KeyApi> key_api_;
  std::unique_ptr<server::IngestApi> ingest_;
  std::unique_ptr<server::KeyAuthenticator> authenticator_;
  std::unique_ptr<server::RouteTable> routes_;
  std::atomic<WorkerState> state_{WorkerState::kStarting};
};

}  // namespace haul::app
