#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/base/rng.h"
#include "haul/columnar/parquet_writer.h"
#include "haul/lake/table_log.h"

namespace haul::lake {

/// What a table needs from outside. The references must outlive every table.
struct LakeContext {
  FileSystem& files;
  TableLogs& logs;
  const Clock& clock;
  Rng& rng;
};

/// A data file being written into a table's folder; invisible until committed. Destroyed unfinished, it leaves a
/// temporary file that vacuum removes. One thread.
class StagedWriter {
 public:
  virtual ~StagedWriter() = default;
  virtual Result<void> write(const arrow::RecordBatch& batch) = 0;
  /// Bytes encoded so far, about.
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
  /// Footer, fsync, rename to its name with the CRC32C of its content, fsync of the folder.
  virtual Result<DataFile> finish() = 0;
};

/// What commit() ended with after its retries.
struct CommitReport {
  Version version = 0;
  int attempts = 1;
  bool resolved_unknown = false;  ///< The outcome was unknown and our commit id was found in the log.
};

/// One Delta table of ours: staged files and commits by the rules of correctness.md 10-14.
/// One thread at a time; one committer per table and process (rule 10).
class Table {
 public:
  /// kNotFound: no table there.
  static Result<std::unique_ptr<Table>> open(const LakeContext& context, Path folder);
  /// Opens it, or creates it with `spec` first (safe against a racing creator). Where the table lacks columns of
  /// `spec`, they are added as nullable ones in a commit of their own; other differences are kInvalidInput, with the
  /// column named.
  static Result<std::unique_ptr<Table>> open_or_create(const LakeContext& context, Path folder, const TableSpec& spec);
  virtual ~Table() = default;

  [[nodiscard]] virtual const Path& folder() const = 0;
  virtual Result<Snapshot> snapshot() = 0;
  virtual Result<Snapshot> snapshot_at(Version version) = 0;
  virtual Result<Snapshot> snapshot_as_of(IngestTime at) = 0;
  virtual Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& app_ids) = 0;
  virtual Result<std::vector<HistoryEntry>> history(std::size_t limit) = 0;

  /// A new data file with the table's schema (columns may be in another order; missing nullable ones become null).
  virtual Result<std::unique_ptr<StagedWriter>> stage() = 0;

  /// Commits with retries on Lost, looks for our commit id on Unknown; a checkpoint is written every 10 versions.
  /// `request.commit_id` may be empty: one is made. kConflict: StaleOffset or InputChanged (the message says which
  /// and what is stored), or lost ten times in a row.  kUnavailable: unknown and not resolvable now: nothing may be
  /// deleted; open again and ask offsets().
  virtual Result<CommitReport> commit(CommitRequest request) = 0;
};

/// Checks a data file against the CRC32C in its name (files of other writers have none and pass).
/// kCorrupt names the file.  kNotFound: the file is gone.
Result<void> verify_data_file(FileSystem& files, const Path& file);

}  // namespace haul::lake
