#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/base/rng.h"
#include "haul/columnar/parquet_writer.h"
#include "haul/lake/data_file.h"
#include "haul/lake/table_log.h"

namespace haul::lake {

/// What a table needs from outside. The references must outlive every table.
struct LakeContext {
  FileSystem& files;
  TableLogs& logs;
  const Clock& clock;
  Rng& rng;
};

/// A data file being written into a table's folder; invisible until committed. Destroyed unfinished, it
/// leaves a temporary file that vacuum removes. One thread.
class StagedWriter {
 public:
  virtual ~StagedWriter() = default;
  /// kInvalidInput: a column the table lacks, a missing required one, another type, a null where none may be;
  /// nothing of the batch was written.  kUnavailable: storage; the file is unusable.
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

/// What becomes of a column that is narrower in the table than in the schema it is opened with.
enum class Widening : std::uint8_t {
  kRewrite,  ///< Its rows are written again with the wider type.
  kRefuse,   ///< As any other type: for who has planned to replace files that would be gone then.
};

/// One Delta table of ours: staged files and commits by the rules of correctness.md 10-14.
/// One thread at a time; one committer per table and process (rule 10).
class Table {
 public:
  /// kNotFound: no table there.
  static Result<std::unique_ptr<Table>> open(const LakeContext& context, Path folder);
  /// Opens it, or creates it with `spec` first (safe against a racing creator). Where the table lacks columns
  /// of `spec`, they are added as nullable ones. Where it has a narrower type (columnar::can_widen()), its
  /// live rows are written again with the wider one: the new schema, the old files' removal and the new files
  /// are one commit that moves no offset and changes no row; older versions keep their types. Costs the time
  /// to read and write the table. Other differences are kInvalidInput, with the column named.
  /// kConflict: lost to other writers ten times.  kCorrupt: a data file to write again fails its checksum.
  static Result<std::unique_ptr<Table>> open_or_create(const LakeContext& context, Path folder,
                                                       const TableSpec& spec,
                                                       Widening widening = Widening::kRewrite);
  virtual ~Table() = default;

  [[nodiscard]] virtual const Path& folder() const = 0;
  /// The newest version. Another writer may have widened a column since this object was opened: it goes on to
  /// write the type it knows, and commit() refuses that.
  virtual Result<Snapshot> snapshot() = 0;
  virtual Result<Snapshot> snapshot_at(Version version) = 0;
  virtual Result<Snapshot> snapshot_as_of(IngestTime at) = 0;
  virtual Result<std::vector<std::optional<std::int64_t>>> offsets(
      const std::vector<std::string>& app_ids) = 0;
  virtual Result<std::vector<HistoryEntry>> history(std::size_t limit) = 0;

  /// A new data file with the table's schema (columns may be in another order; missing nullable ones become
  /// null). kInvalidInput: the table has partition columns, which tables that this module writes to never
  /// have.
  virtual Result<std::unique_ptr<StagedWriter>> stage() = 0;

  /// Commits with retries on Lost, looks for our commit id on Unknown; checkpoints are written now and then.
  /// Files to add must be in the folder with their size, and with their checksum where this object did not
  /// stage them. `request.commit_id` may be empty: one is made. kConflict: StaleOffset, InputChanged or
  /// SchemaChanged (the message says which and what is stored), lost with a `read_version`, or lost ten times
  /// in a row.
  /// kNotFound, kCorrupt: a file to add is gone or changed.  kUnavailable: unknown and not resolvable now:
  /// nothing may be deleted; open again and ask offsets().
  virtual Result<CommitReport> commit(CommitRequest request) = 0;
};

}  // namespace haul::lake
