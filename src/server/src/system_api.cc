#include "haul/server/system_api.h"

#include <fmt/format.h>

#include <memory>

#include "haul/base/json.h"

namespace haul::server {
namespace {

Response readiness(const std::vector<std::string>& troubles) {
  std::string reasons;
  for (const std::string& trouble : troubles) {
    if (!reasons.empty()) reasons += ',';
    reasons += json_string(trouble);
  }
  Response response{.body = fmt::format(R"({{"status":"{}","troubles":[{}]}})",
                                        troubles.empty() ? "ready" : "not_ready", reasons)};
  if (!troubles.empty()) {
    response.status = 503;
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

}  // namespace

std::vector<Route> system_routes(const SystemContext& context) {
  Route health{.method = "GET",
               .pattern = "/healthz",
               .scope = "",
               .handle = [](const std::shared_ptr<Request>&,
                            const Respond& respond) { respond({.body = R"({"status":"ok"})"}); },
               .summary = "The process answers."};
  health.responses = {{200, "It does."}};
  Route ready{
      .method = "GET",
      .pattern = "/readyz",
      .scope = "",
      .handle = [troubles = context.troubles](const std::shared_ptr<Request>&,
                                              const Respond& respond) { respond(readiness(troubles())); },
      .summary = "Log, flows and sources work."};
  ready.responses = {{200, "They do."}, {503, "Some do not; the body says which and why."}};
  Route metrics{.method = "GET",
                .pattern = "/metrics",
                .scope = "metrics",
                .handle =
                    [context](const std::shared_ptr<Request>&, const Respond& respond) {
                      if (context.refresh) context.refresh();
                      respond({.body = context.metrics.render(),
                               .content_type = "text/plain; version=0.0.4; charset=utf-8"});
                    },
                .summary = "Metrics in the Prometheus text format."};
  metrics.responses = {{200, "All metrics of the process."}};
  return {std::move(health), std::move(ready), std::move(metrics)};
}

RouteTable with_description(std::vector<Route> routes, std::string_view version) {
  const auto text = std::make_shared<std::string>();
  Route description{
      .method = "GET",
      .pattern = "/openapi.json",
      .scope = "",
      .handle = [text](const std::shared_ptr<Request>&, const Respond& respond) { respond({.body = *text}); },
      .summary = "This description (OpenAPI 3.1)."};
  description.responses = {{200, "The routes of this server."}};
  routes.push_back(std::move(description));
  RouteTable table(std::move(routes));
  *text = openapi(table, version);
  return table;
}

}  // namespace haul::server
