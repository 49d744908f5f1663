#pragma once

#include <functional>
#include <string>

#include "haul/base/clock.h"
#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/landing.h"

namespace haul::ingest {

/// A file on its way straight to bronze and silver, around the log (architecture section 5.11).
struct TableLoad {
  Path lake_folder;
  std::string source;
  contract::Contract contract;  ///< Its primary key is what silver is deduplicated by.
  FormatOptions format;
  Path path;
  std::string shown_name;
  std::function<bool(std::uint64_t bytes)> progress;  ///< As TopicLoad.
  std::uint64_t commit_bytes = 256U << 20U;           ///< Raw bytes a commit takes at most, about.
  /// As LandingSpec::supersedes: they make way in the one commit of silver that the whole file then is.
  std::vector<std::string> supersedes = {};
};

struct TableLoadReport {
  std::string sha256;
  std::uint64_t bytes = 0;
  bool resumed = false;         ///< An earlier load was interrupted: `counts` are of the rest.
  bool already_loaded = false;  ///< The whole file was loaded before: nothing was done.
  LandingCounts counts;
};

/// Lands every row of a file, once: the tables remember (source, SHA-256) and the row they have reached in
/// the same commit as the rows, so that an interrupted load goes on where it stopped and a repeated one is a
/// no-op. Errors as Landing and load_into_topic(). One thread.
Result<TableLoadReport> load_into_table(const TableLoad& load, const LandingContext& context);

}  // namespace haul::ingest
