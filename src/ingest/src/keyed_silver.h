#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table_log.h"
#include "haul/query/sql_engine.h"
#include "key_index.h"

namespace haul::ingest {

/// The data files of a snapshot of the table in `folder` as a query's scan, each checked against its
/// checksum. Errors as lake::verify_data_file().
Result<query::Scan> scan_of(const LandingContext& context, std::string schema, std::string name,
                            const Path& folder, const lake::Snapshot& snapshot);

/// What a row is beside the rows of its key that came before.
enum class KeyVerdict : std::uint8_t {
  kKept,        ///< New, or newer than the row silver has: that one goes.
  kDuplicate,   ///< The same key and the same content.
  kSuperseded,  ///< Older than the row silver has.
  kConflict,    ///< The same key, other content, and neither is the newer.
};

struct JudgedRows {
  std::vector<KeyVerdict> verdicts;  ///< One per row.
  std::vector<std::uint32_t> kept;   ///< The rows that are, ascending.
  std::vector<RejectedRow> conflicts;
  std::uint64_t replaced = 0;  ///< Rows that made way for newer ones.
};

/// Silver as a set of keys: which rows join it, and which of its rows make way for them. Rows of objects with
/// a version column wait in memory until the commit, as a newer one of their key may still come. One thread.
/// Memory: KeyIndex, the waiting rows. The first repeat after read() reads silver whole, once.
class KeyedSilver {
 public:
  using Write = std::function<Result<void>(const arrow::RecordBatch& rows)>;

  /// Without key columns every row is new. `object` must outlive it.
  KeyedSilver(const LandingContext& context, const contract::Object& object,
              std::vector<std::string> key_columns);

  /// Learns the rows of a snapshot of silver (the table `name` in `folder`). Errors as
  /// query::SqlEngine::run(); kCorrupt: a file has other rows than the log says.
  Result<void> read(const std::string& name, const Path& folder, const lake::Snapshot& snapshot);

  /// Judges rows in order of arrival; `sources` says where each comes from (SourcePlace). What is kept must
  /// be given to stage() next. kInvalidInput: a key column is missing.
  Result<JudgedRows> judge(const arrow::RecordBatch& rows, std::span<const std::uint64_t> sources);

  /// The rows that judge() kept, with all columns of silver: written now, or when they can no longer be
  /// replaced.
  Result<void> stage(const std::shared_ptr<arrow::RecordBatch>& rows, const Write& write);

  /// Writes what still waits. Rows of silver that must go with the same commit: deletes().
  Result<void> flush(const Write& write);
  [[nodiscard]] const std::map<std::string, std::vector<std::uint64_t>>& deletes() const { return deletes_; }

  /// What was flushed is in the data file `path` now, and deletes() are gone.
  void committed(const std::string& path);

 private:
  class KeyReader;
  class ContentReader;

  [[nodiscard]] bool versioned() const { return !object_.version_column.empty(); }
  [[nodiscard]] std::string key_list() const;
  Result<void> read_file(const query::Scan& scan, std::size_t file);
  Result<void> read_contents();
  Result<KeyVerdict> verdict_of(std::uint32_t row, std::uint64_t source, JudgedRows& judged);
  void keep(KeyIndex::Found found, std::uint32_t row, std::uint64_t source);
  void give_way(std::uint64_t place);

  LandingContext context_;
  const contract::Object& object_;
  std::vector<std::string> key_columns_;
  KeyIndex index_;
  query::Scan scan_;                // of the snapshot that was read
  std::uint64_t rows_read_ = 0;     // of the last file
  std::vector<std::string> files_;  // paths as the log has them, by number
  std::map<std::string, std::vector<std::uint64_t>> deletes_;

  // Of the batch that is judged:
  std::vector<Hash128> identities_;
  std::vector<std::uint64_t> contents_;
  std::vector<std::int64_t> row_versions_;

  // Rows that wait for the commit, by number in order of arrival:
  std::vector<std::shared_ptr<arrow::RecordBatch>> waiting_;
  std::vector<Hash128> waiting_keys_;
  std::vector<std::uint8_t> waiting_live_;
};

}  // namespace haul::ingest
