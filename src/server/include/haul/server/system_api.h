#pragma once

#include <functional>
#include <string>
#include <vector>

#include "haul/base/metrics.h"
#include "haul/server/route.h"

namespace haul::server {

/// What a server says of itself. The functions are thread-safe and quick.
struct SystemContext {
  MetricsRegistry& metrics;
  /// Sets the gauges that nothing else sets, before they are shown; may be empty.
  std::function<void()> refresh;
  /// Why the project is not ready, one sentence each; empty: it is.
  std::function<std::vector<std::string>()> troubles;
};

/// /healthz (the process answers), /readyz (all its parts work), /metrics (Prometheus text).
[[nodiscard]] std::vector<Route> system_routes(const SystemContext& context);

/// A table of these routes and of /openapi.json, which describes them.
[[nodiscard]] RouteTable with_description(std::vector<Route> routes, std::string_view version);

}  // namespace haul::server
