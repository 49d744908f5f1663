#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/lake/table_log.h"
#include "haul/query/lineage.h"
#include "haul/query/sql_engine.h"

namespace haul::query {

/// Which state of the datasets a query sees: the newest, a version, or the last one at or before a time.
struct AsOf {
  std::optional<lake::Version> version = {};
  std::optional<IngestTime> time = {};

  /// "" (newest), "12", or a time as parse_utc() reads it. kInvalidInput otherwise.
  static Result<AsOf> parse(std::string_view text);
};

/// The datasets of a lake folder, <folder>/<layer>/<name>, and their pinned snapshots. One thread.
class Catalog {
 public:
  /// `verified_files` is where it remembers which data files matched their checksum (rebuilt when lost).
  Catalog(FileSystem& files, lake::TableLogs& tables, Path lake_folder, Path verified_files);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// All of them, sorted. Empty where the lake folder is missing.
  Result<std::vector<DatasetName>> datasets();

  /// kNotFound: no such dataset (with the nearest), or no such version or time of it.
  Result<lake::Snapshot> snapshot(const DatasetName& name, const AsOf& as_of);

  /// Snapshots of the named datasets as scans, each data file checked against its checksum once as long as
  /// the file stays what it is (path, size, time of change, inode). kCorrupt names the file.  kInvalidInput:
  /// a version for several datasets, which count theirs apart. Else as snapshot().
  Result<std::vector<Scan>> pin(const std::vector<DatasetName>& names, const AsOf& as_of);

  [[nodiscard]] Path folder_of(const DatasetName& name) const;

 private:
  class VerifiedFiles;

  FileSystem& files_;
  lake::TableLogs& tables_;
  Path lake_folder_;
  std::unique_ptr<VerifiedFiles> verified_;
};

}  // namespace haul::query
