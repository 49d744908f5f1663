#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/columnar/schema.h"
#include "haul/lake/snapshot.h"

namespace haul::lake {

/// An offset of a source partition that a commit moves (Delta `txn`). `expected` is what the table must hold
/// before: nothing = the app id was never written.
struct OffsetMove {
  std::string app_id;
  std::optional<std::int64_t> expected;
  std::int64_t version = 0;
};

/// One change of a table, all or nothing.
struct CommitRequest {
  std::string operation = "WRITE";  ///< "WRITE", "STREAMING UPDATE", "MERGE", "OPTIMIZE", ...
  std::string commit_id;            ///< Ours, unique (a UUID): how an unknown outcome is resolved.
  std::map<std::string, std::string> parameters;  ///< Shown as operationParameters in the history.
  std::vector<OffsetMove> offsets;
  std::vector<DataFile> adds;
  std::vector<std::string> removes;  ///< Paths that must be live in the version the commit builds on.
  /// Rows to delete, by the path of their file: positions in the file, ascending, each part of the version
  /// the commit builds on. Stored as deletion vectors, which add to those that the file has; a file that
  /// loses its last row is removed. The first such commit of a table is preceded by a version that turns them
  /// on.
  std::map<std::string, std::vector<std::uint64_t>> deletes;
  std::map<std::string, std::string> domains;
  std::vector<columnar::Column> add_columns;  ///< Nullable columns appended to the schema.
  /// Columns of the table that get another type, and keep all else. The files of the old type must go with
  /// it: each live file is among the removes, or it is InputChanged.
  std::vector<columnar::Column> retype_columns;
  /// What the files to add hold: where the table has another type for one of these columns by now, the commit
  /// is SchemaChanged. Empty: not compared.
  std::vector<columnar::Column> file_columns;
  bool data_change = true;
  std::optional<Version> read_version;  ///< Given: the commit follows exactly this version, or is Lost.
};

/// How one attempt ended (architecture section 5.7). Errors that are none of these come as Error.
struct Done {
  Version version;
};
/// Another writer took the version; read again and decide.
struct Lost {
  Version winner;
};
/// The stored offset is not the expected one: this batch (or its successor) is in the table already, or the
/// writer was replaced.
struct StaleOffset {
  std::string app_id;
  std::optional<std::int64_t> stored;
};
/// The store did not say whether the commit landed: look for commit_id in the log.
struct Unknown {
  std::string reason;
};
/// A file to remove or to delete from is not live any more, or a row of it is deleted already: another writer
/// changed what this commit was computed from.
struct InputChanged {
  std::string path;
};
/// Another writer gave this column another type: files that were written before do not fit the table.
struct SchemaChanged {
  std::string column;
};
using Attempt = std::variant<Done, Lost, StaleOffset, Unknown, InputChanged, SchemaChanged>;

struct TableSpec {
  columnar::Schema schema;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> properties;
};

/// Port: the log of one Delta table. Implemented over delta_kernel in adapters/delta; every implementation
/// passes the contract in testing/. One thread at a time per object; any number of objects and processes
/// per table. Common errors: kNotFound: no table there.  kCorrupt: a log file or a deletion vector fails its
/// checksum (named). kInvalidInput: the table uses a feature we do not write or has transaction retention
/// set.  kUnavailable: storage.
class TableLog {
 public:
  virtual ~TableLog() = default;
  [[nodiscard]] virtual bool exists() = 0;
  /// kConflict: a table is there already.
  virtual Result<void> create(const TableSpec& spec) = 0;
  /// The newest version, a given one, or the last one at or before a time (at most one of the two is given).
  virtual Result<Snapshot> snapshot(std::optional<Version> version, std::optional<IngestTime> as_of) = 0;
  /// The newest version's number alone: cheap.
  virtual Result<Version> latest_version() = 0;
  /// Stored offsets of the newest version, in order; nothing where the app id was never written.
  virtual Result<std::vector<std::optional<std::int64_t>>> offsets(
      const std::vector<std::string>& app_ids) = 0;
  /// One attempt on the newest version. Data files must be durable before. kInvalidInput: deletes that are
  /// none, not ascending or beyond the file's rows, or of a file that is removed as well; a column to retype
  /// that the table lacks or is partitioned by, or a table feature of another writer that may depend on it.
  /// kCorrupt: a deletion vector that the deletes add to is damaged (the data file is named).
  virtual Result<Attempt> try_commit(const CommitRequest& request) = 0;
  /// Writes one of the newest version. Costs time in proportion to the live files.
  virtual Result<void> checkpoint() = 0;
  /// The newest one that is recorded, whoever wrote it; nothing where none is, or its record is damaged.
  virtual Result<std::optional<Checkpoint>> last_checkpoint() = 0;
  /// Newest first.
  virtual Result<std::vector<HistoryEntry>> history(std::size_t limit) = 0;
};

/// Port: finds the log of the table in a folder.
class TableLogs {
 public:
  virtual ~TableLogs() = default;
  virtual Result<std::unique_ptr<TableLog>> at(const Path& table_folder) = 0;
};

}  // namespace haul::lake
