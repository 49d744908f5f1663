#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// The log's own topic that remembers the control numbers of interchanges. Retention never forgets it.
inline constexpr std::string_view kInterchangesTopic = "haul.interchanges";

/// A file of interchanges whose rows are durable.
struct InterchangeFile {
  std::string source;
  FormatOptions format;  ///< kX12 or kEdifact.
  Path path;
  std::string shown_name;
  std::optional<Path> acknowledge_dir;  ///< Where answers go; none: no answers.
};

/// What became of one interchange.
struct InterchangeOutcome {
  std::string sender;
  std::string control;
  std::uint64_t accepted = 0;  ///< Transactions.
  std::uint64_t rejected = 0;
  bool is_reused = false;       ///< The sender used the control number before, for other content.
  std::string acknowledgement = {};  ///< Path of the answer; empty where there is none.
};

/// Reads a file of interchanges once more, after its rows are durable: writes the answer to each (997, TA1 or
/// CONTRL, as DIR/SENDER-CONTROL-HASH.997 or .contrl, the hash being the first 12 digits of the content's),
/// and finds control numbers that were used before for other content. An answer that is there is left alone;
/// so the call may be repeated, after a crash or for a file that is sent again. kUnavailable: storage; call
/// again. One thread. Memory: one interchange's report, and an outcome for each interchange.
Result<std::vector<InterchangeOutcome>> account_for_interchanges(const InterchangeFile& interchanges,
                                                                 FileSystem& files, const Clock& clock,
                                                                 eventlog::EventLog& log);

}  // namespace haul::ingest
