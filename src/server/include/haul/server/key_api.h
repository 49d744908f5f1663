#pragma once

#include <memory>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/metrics.h"
#include "haul/server/api_keys.h"
#include "haul/server/route.h"

namespace haul::server {

/// Name of the admin socket in the state folder.
inline constexpr std::string_view kAdminSocket = "serve.sock";

/// Keys over the admin socket: how `haul key` reaches the process that owns the log.
class KeyApi {
 public:
  virtual ~KeyApi() = default;
  [[nodiscard]] virtual std::vector<Route> routes() = 0;
};
std::unique_ptr<KeyApi> make_key_api(KeyAdmin& keys, MetricsRegistry& metrics);

/// The other end. Every call opens the socket. kUnavailable: nobody answers there. Else as KeyAdmin.
std::unique_ptr<KeyAdmin> make_remote_keys(Path admin_socket);

}  // namespace haul::server
