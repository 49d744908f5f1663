#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/landing.h"
#include "haul/ingest/quarantine.h"

namespace haul::ingest {

/// Quarantined rows of one source, to be judged again.
struct ReplayRequest {
  Path lake_folder;
  std::string source;
  std::string silver;           ///< Name in the silver layer.
  contract::Contract contract;  ///< The one that holds now.
  std::vector<std::string> dedupe_by;
  FormatOptions format;  ///< How the source's bytes are read now; rows without a CSV header are NDJSON.
  QuarantineFilter filter;
  std::string by;  ///< Who asks.
  /// A file of corrected rows in the source's format, each with its place: the columns _partition and
  /// _offset, or _line and, where several files have that line, _file. Only those rows are replayed, with
  /// these bytes.
  std::optional<Path> corrections = {};
};

/// What became of the rows. rows = landed + duplicates + superseded + still_bad, or dropped.
struct ReplayReport {
  std::string id;  ///< system.replays.replay
  std::uint64_t rows = 0;
  std::uint64_t landed = 0;
  std::uint64_t duplicates = 0;  ///< Silver had their key with the same content.
  std::uint64_t superseded = 0;  ///< Silver had a newer row of their key.
  std::uint64_t still_bad = 0;
  std::uint64_t dropped = 0;
  std::map<std::string, std::uint64_t> still_bad_by_rule;
};

/// Runs the contract over the rows that the filter names. Good ones join silver with the place and ingest
/// time they were accepted with; each row's outcome joins system.replays. Two commits: silver, then the
/// outcomes. After a crash between them the next replay finds the rows in silver by (_partition, _offset,
/// _ingest_time) and only records them, so that each lands once. The caller holds the project's log, so that
/// no flow knows fewer keys than silver has. kNotFound: the source has no quarantine.  kInvalidInput: the
/// contract's rules are refused; corrections that no row waits for, or more than one does (nothing is done
/// then).  kConflict: other writers won five times.  kUnavailable: storage; replay again. One thread. Memory:
/// the keys of silver (as Landing), one batch of rows, and the file of corrections.
Result<ReplayReport> replay_quarantine(const ReplayRequest& request, const LandingContext& context);

/// Gives up the rows that the filter names: they are pending no more. Their bytes stay in quarantine, and a
/// replay with status dropped still reaches them. Errors as replay_quarantine().
Result<ReplayReport> drop_quarantined(const ReplayRequest& request, const LandingContext& context);

}  // namespace haul::ingest
