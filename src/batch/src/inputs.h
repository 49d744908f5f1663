#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/batch/interval.h"
#include "haul/lake/data_file.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// The days of the rows of one file, both ends included.
struct DaySpan {
  Day first;
  Day last;

  [[nodiscard]] bool overlaps(const DayRange& range) const { return first < range.to && range.from <= last; }
};

/// A version of a dataset that a run reads, with what places its files in time.
struct PinnedDataset {
  std::string name;
  Path folder;
  std::string event_time;  ///< Empty: reference data, whose every file concerns every interval.
  lake::Snapshot snapshot;
  std::vector<std::uint64_t> identities;      ///< Per file: hash of its path and deleted rows.
  std::vector<std::optional<DaySpan>> spans;  ///< Per file, with an event time; nothing: no row has one.
};

/// The engine and the tables that a run works with.
struct RunPlaces {
  const lake::LakeContext& lake;
  query::SqlEngine& engine;
  const Path& lake_folder;
};

/// Where the table of "silver.legs" stands: lake_folder/silver/legs.
[[nodiscard]] Path table_folder(const Path& lake_folder, const std::string& dataset);

/// Reads the newest version. A file's days come from its statistics, or from the file where it has none.
/// kNotFound: there is no such table yet.
Result<PinnedDataset> pin_dataset(const RunPlaces& places, std::string name, std::string event_time);

/// The days that have rows in the files of the dataset, both ends included; nothing: none.
[[nodiscard]] std::optional<DaySpan> extent(const PinnedDataset& dataset);

/// The dataset as a query names it, all of it.
[[nodiscard]] query::Scan scan_of(const PinnedDataset& dataset);

/// Only the rows of `window` where the dataset has an event time; files without such rows are left out.
[[nodiscard]] query::Scan scan_of(const PinnedDataset& dataset, const DayRange& window);

/// Checks every file of the scans against its checksum, each once as long as the file stays what it is.
/// kCorrupt names the file.
Result<void> verify_files(lake::DataFileVerifier& verifier, const std::vector<query::Scan>& scans);

}  // namespace haul::batch
