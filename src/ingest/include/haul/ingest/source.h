#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/drop.h"
#include "haul/ingest/pull.h"

namespace haul::ingest {

enum class Delivery : std::uint8_t {
  kTopic,  ///< Events: through the log and a flow.
  kTable,  ///< A batch: validated and committed straight to bronze and silver.
};
enum class SourceKind : std::uint8_t { kFiles, kStdin, kDrop, kPull };

/// sources/NAME.yaml: where events of one contract come from.
struct Source {
  std::string name;
  std::string contract;
  Delivery delivery = Delivery::kTopic;
  SourceKind kind = SourceKind::kFiles;
  std::string path;                      ///< Default file of `haul demo --data DIR`; may be empty.
  std::optional<DropOptions> drop = {};  ///< kDrop alone.
  std::optional<PullOptions> pull = {};  ///< kPull alone.
  FormatOptions format;
  std::vector<std::string> key;  ///< Columns that decide the partition.
  std::string event_time;        ///< Column; may be empty.
  std::string acknowledge_dir;  ///< X12 and EDIFACT: folder of the answers, within the project; may be empty.
  std::uint32_t partitions = 4;
  Micros retention_age = std::chrono::days{7};
  std::uint64_t retention_bytes = 10'000'000'000;
  std::string file;
};

/// The topic of its events.
[[nodiscard]] eventlog::TopicConfig topic_of(const Source& source);

/// Reads a source file. kInvalidInput names file, line, what is wrong and what to write instead.
Result<Source> parse_source(std::string_view yaml, std::string file);

}  // namespace haul::ingest
