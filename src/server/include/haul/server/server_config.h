#pragma once

#include <cstdint>
#include <string>

#include "haul/base/result.h"
#include "haul/base/yaml.h"

namespace haul::server {

/// What one producer may send on average; 0: as much as the machine takes.
struct RateLimits {
  double rows_per_second = 0;
  double bytes_per_second = 0;  ///< Of bodies as they came over the wire.
};

/// The section `server` of haul.yaml.
struct ServerConfig {
  std::string listen = "127.0.0.1:7070";
  std::uint32_t connections_max = 1'024;
  std::uint64_t body_bytes_max = 1'000'000'000;     ///< Before and after decompression.
  RateLimits limits = {};                           ///< Of each API key.
  std::uint64_t waiting_rows_max = 50'000'000;      ///< A source whose flow is further behind gets 503.
  std::uint64_t free_disk_bytes_min = 256'000'000;  ///< With less than this free, nothing is accepted: 503.
};

/// Reads the section. kInvalidInput with file, line and what to write.
Result<ServerConfig> read_server_config(const YamlNode& node);

}  // namespace haul::server
