#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"

namespace haul::stream {

/// flows/NAME.yaml: the continuous job over one topic.
struct FlowConfig {
  std::string flow;                    ///< Also the silver dataset it writes.
  std::string source;                  ///< The topic it reads.
  std::vector<std::string> key;        ///< Columns: what order is kept for.
  std::string event_time;              ///< Column.
  std::vector<std::string> dedupe_by;  ///< Columns; a contract's primary key where the file says nothing.
  Micros commit_every = std::chrono::seconds{1};
  std::uint64_t commit_bytes = 64'000'000;
  std::string file;
};

/// Reads a flow file. kInvalidInput names file, line and what is wrong; clauses of a flow that this version
/// does not run (tracking, enrichment, lateness, a deduplication window) are refused by name, never ignored.
Result<FlowConfig> parse_flow(std::string_view yaml, std::string file);

}  // namespace haul::stream
