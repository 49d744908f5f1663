#include "haul/server/server_config.h"

#include <fmt/format.h>

#include "haul/base/units.h"

namespace haul::server {
namespace {

Result<std::uint64_t> bytes_of(const YamlNode& node) {
  auto bytes = parse_bytes(node.text());
  if (!bytes || *bytes == 0) return fail(node.error("needs a size above 0 such as 64MB"));
  return bytes;
}

Result<std::uint64_t> count_of(const YamlNode& node) {
  HAUL_TRY(count, node.as_integer());
  if (count <= 0) return fail(node.error("needs a number above 0"));
  return static_cast<std::uint64_t>(count);
}

Result<RateLimits> read_limits(const YamlNode& node) {
  HAUL_TRY_VOID(node.allow_only({"rows_per_second", "bytes_per_second"}));
  RateLimits limits;
  if (const auto rows = node.find("rows_per_second")) {
    HAUL_TRY(count, count_of(*rows));
    limits.rows_per_second = static_cast<double>(count);
  }
  if (const auto bytes = node.find("bytes_per_second")) {
    HAUL_TRY(size, bytes_of(*bytes));
    limits.bytes_per_second = static_cast<double>(size);
  }
  return limits;
}

}  // namespace

Result<ServerConfig> read_server_config(const YamlNode& node) {
  HAUL_TRY_VOID(node.allow_only(
      {"listen", "connections_max", "body_bytes_max", "limits", "waiting_rows_max", "free_disk_bytes_min"}));
  ServerConfig config;
  if (const auto listen = node.find("listen")) {
    HAUL_TRY(text, listen->as_string());
    config.listen = text;
  }
  if (const auto connections = node.find("connections_max")) {
    HAUL_TRY(count, count_of(*connections));
    if (count > 100'000) return fail(connections->error("can be 100000 at most"));
    config.connections_max = static_cast<std::uint32_t>(count);
  }
  if (const auto body = node.find("body_bytes_max")) {
    HAUL_TRY(size, bytes_of(*body));
    config.body_bytes_max = size;
  }
  if (const auto limits = node.find("limits")) {
    HAUL_TRY(read, read_limits(*limits));
    config.limits = read;
  }
  if (const auto rows = node.find("waiting_rows_max")) {
    HAUL_TRY(count, count_of(*rows));
    config.waiting_rows_max = count;
  }
  if (const auto disk = node.find("free_disk_bytes_min")) {
    HAUL_TRY(size, bytes_of(*disk));
    config.free_disk_bytes_min = size;
  }
  return config;
}

}  // namespace haul::server
