#include "platform.h"

#include <fmt/format.h>
#include <unistd.h>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/adapters/http/curl_client.h"
#include "haul/adapters/posix/posix.h"

namespace haul::app {

Platform::Platform(const Path& state)
    : files_(adapters::make_posix_file_system()),
      clock_(adapters::make_system_clock()),
      rng_(adapters::make_system_rng()),
      engine_(adapters::duckdb::make_duckdb_engine({.spill_directory = state / "spill"})),
      parser_(adapters::duckdb::make_duckdb_sql_parser()),
      tables_(adapters::make_delta_table_logs(*rng_)),
      http_(adapters::make_curl_client()) {}

Platform::~Platform() = default;

Result<eventlog::OpenedLog> Platform::open_log(const Project& project) {
  return open_log(project, fmt::format("process {}", ::getpid()));
}

Result<eventlog::OpenedLog> Platform::open_log(const Project& project, std::string_view owner) {
  return eventlog::open_embedded_log({.directory = project.log, .owner = std::string(owner)}, *files_,
                                     *clock_, *rng_, metrics_);
}

}  // namespace haul::app
