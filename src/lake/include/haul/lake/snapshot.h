#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/time.h"
#include "haul/columnar/schema.h"

// What a table's log says: values, read once, that do not change when the table does.
namespace haul::lake {

using Version = std::int64_t;

/// A data file of a snapshot or of a commit. Paths are relative to the table folder, as in the Delta log.
struct DataFile {
  std::string path;
  std::int64_t bytes = 0;
  std::int64_t rows = 0;  ///< In the file, deleted ones included.
  std::int64_t modified_ms = 0;
  std::string statistics;  ///< Delta's stats JSON (numRecords, minValues, ...); may be empty.
  std::map<std::string, std::optional<std::string>> partition_values;
  std::vector<std::uint64_t> deleted_rows;  ///< From the deletion vector, sorted; empty: none.

  /// Rows that are part of the table.
  [[nodiscard]] std::int64_t live_rows() const { return rows - std::ssize(deleted_rows); }
};

/// One version of a table.
struct Snapshot {
  Version version = 0;
  IngestTime committed_at;
  columnar::Schema schema;
  std::vector<std::string> partition_columns;
  std::vector<DataFile> files;
  std::map<std::string, std::string> domains;  ///< Domain metadata: domain -> configuration text.
  std::vector<Version> unverified;             ///< Commits read without a checksum of ours (other writers).
  std::vector<std::string> fallbacks;          ///< Damaged checkpoints that were gone around, as sentences.
};

/// All that a table's log says up to a version, in one file: readers begin there.
struct Checkpoint {
  Version version = 0;
  std::int64_t actions = 0;  ///< In the file: one for each live file, and a few more.
};

/// One commit.
struct HistoryEntry {
  Version version = 0;
  IngestTime committed_at;
  std::string operation;
  std::map<std::string, std::string> parameters;
  std::string commit_id;  ///< Empty where another writer made it.
  std::string engine;
  bool verified = false;  ///< The commit file matched its checksum.
};

}  // namespace haul::lake
