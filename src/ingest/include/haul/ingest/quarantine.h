#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/columnar/schema.h"

namespace haul::ingest {

/// How far a quarantined row has come.
enum class QuarantineStatus : std::uint8_t {
  kPending,   ///< It waits: never replayed, or still bad when it was.
  kReplayed,  ///< It is in silver, or silver has its key with the same or newer content.
  kDropped,   ///< A command gave it up. Its bytes stay.
};

/// Which quarantined rows are meant. What is empty does not narrow. Rules, reason and contract version of a
/// row are those of the last time it was judged.
struct QuarantineFilter {
  std::string rule;
  std::string file;
  std::string contract_version;
  std::optional<IngestTime> since;                                      ///< First seen then or later.
  std::optional<IngestTime> until;                                      ///< First seen before.
  std::optional<QuarantineStatus> status = QuarantineStatus::kPending;  ///< Nothing: whatever its status.
};

/// "pending", "replayed", "dropped".
[[nodiscard]] std::string_view to_text(QuarantineStatus status);
/// kInvalidInput names the three.
Result<QuarantineStatus> parse_quarantine_status(std::string_view text);

/// system.replays: what became of quarantined rows, one row each time a row was replayed or dropped.
inline constexpr std::string_view kReplaysTable = "replays";
/// source, _partition, _offset, _ingest_time (with source, the identity of the quarantined row), outcome
/// (landed, duplicate, superseded, still_bad, dropped), rules, reason, contract_id, contract_version, replay
/// (its id), judged_at, judged_by, payload (the corrected bytes, where a row was replayed with others than
/// its own).
[[nodiscard]] columnar::Schema replays_schema();

/// SQL for quarantine.SOURCE with its outcomes: payload, _header, _source, _file, _line, _partition, _offset,
/// _ingest_time, rules, reason, contract_id, contract_version, decoded, run, status. It reads the tables
/// quarantine."SOURCE" and system.replays.
[[nodiscard]] std::string quarantined_rows_sql(std::string_view source, const QuarantineFilter& filter);

}  // namespace haul::ingest
