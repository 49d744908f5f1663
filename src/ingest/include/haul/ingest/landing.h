#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/log.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/contract/contract.h"
#include "haul/expression/sql_parser.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/validator.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::ingest {

class LandingListener;

/// What a landing needs from outside. The references must outlive it.
struct LandingContext {
  lake::LakeContext lake;
  const expression::SqlParser& parser;
  query::SqlEngine& engine;
  LandingListener* listener = nullptr;  ///< Hears of each commit; may be null. Must outlive the landing.
};

/// Where the rows of one source land: bronze.SOURCE, quarantine.SOURCE and a silver dataset.
struct LandingSpec {
  Path lake_folder;  ///< Tables stand at <lake_folder>/<layer>/<name>.
  std::string source;
  std::string silver;                  ///< Name in the silver layer, e.g. "flights".
  contract::Contract contract;         ///< With exactly one object.
  std::vector<std::string> dedupe_by;  ///< Key columns: silver has one row of each key. Empty: all rows.
  /// One txn app id per source partition, e.g. "flights/<log id>/0" (correctness rule 10).
  std::vector<std::string> app_ids;
  /// Files (`_file`) whose rows make way: they leave silver with its first commit, and their keys are free.
  std::vector<std::string> supersedes = {};
};

/// Raw rows of one source partition on their way in. Borrowed during take(), but for `storage`.
struct LandingBatch {
  PartitionId partition{0};
  Offset first{0};  ///< Offset of the first row; offsets are dense.
  IngestTime at;
  FormatOptions format;
  std::string_view header;         ///< CSV header as received; empty for NDJSON.
  std::string_view file;           ///< Where the rows came from, as the user knows it.
  std::string_view producer = {};  ///< Who sent them, e.g. "legs/<SHA-256>"; empty where nobody is known.
  RawRows rows;
  std::span<const std::uint64_t> lines;  ///< Line of each row in `file`; empty where unknown.
  std::string_view reject_reason;        ///< Not empty: every row goes to quarantine for it (e.g. too long).
  std::string_view reject_rule = {};     ///< The rule they break; empty: they are too long.
  std::shared_ptr<const void> storage;   ///< Owns `rows` and is never null: what is staged outlives the call.
};

/// What came from one producer.
struct FileCount {
  std::string name = {};  ///< LandingBatch::file.
  std::uint64_t rows = 0;
  std::uint64_t quarantined = 0;
};

/// What became of the rows. rows = valid + quarantined + duplicates + superseded. Silver gains valid -
/// replaced.
struct LandingCounts {
  std::uint64_t rows = 0;
  std::uint64_t valid = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t duplicates = 0;  ///< The same key and content as a row of before.
  std::uint64_t superseded = 0;  ///< Older than the row of their key that silver has.
  std::uint64_t replaced = 0;    ///< Rows that made way for a newer one of their key.
  std::map<std::string, std::uint64_t> quarantined_by_rule;
  std::map<std::string, std::uint64_t> warned_by_rule;
  /// Every row rule of the contract, of whatever severity. What the decoder itself refuses ("decode.json",
  /// "type.COLUMN") is checked on every row and stands in quarantined_by_rule alone.
  std::map<std::string, RuleCount> rules;
  std::set<std::string> unknown_columns;  ///< Names that the contract lacks;
                                          ///< their values are in _extra.
  /// By producer. Those of one commit beyond the first hundred, and rows without a producer, are not in it.
  std::map<std::string, FileCount> files;
  std::uint64_t commits = 0;

  LandingCounts& operator+=(const LandingCounts& more);
};

/// Port: hears what becomes of rows, e.g. to keep a history of quality or to raise alerts. Called on the
/// landing's thread; it must not throw, and its failures are its own.
class LandingListener {
 public:
  virtual ~LandingListener() = default;
  /// Silver has committed: `window` counts what came since the commit before. A crash between that commit and
  /// this call loses the window, never the rows.
  virtual void committed(const LandingSpec& spec, const LandingCounts& window) = 0;
  /// A row broke a rule of severity block: nothing from its batch on will be published.
  virtual void blocked(const LandingSpec& spec, const RejectedRow& row) = 0;
};

/// Turns raw rows into rows of three tables, and commits each with the source offsets it has reached: bronze,
/// then quarantine, then silver (correctness rules 6, 10 and 14). After a crash each table resumes from its
/// own offset: rows it already has are dropped, so every row is in it exactly once. One thread. Memory: the
/// encoded pages of the open files and 32 bytes per key. Where the contract names a version column: 48 bytes
/// per key, and the rows for silver since the last commit.
class Landing {
 public:
  /// Opens or creates the tables and reads the keys that silver holds. kInvalidInput: the contract's rules
  /// are refused, or a table has other columns.
  static Result<std::unique_ptr<Landing>> open(const LandingContext& context, LandingSpec spec);
  virtual ~Landing() = default;

  /// Per partition: the first offset that some table still lacks. Feed each partition from there, in order.
  [[nodiscard]] virtual const std::vector<Offset>& resume() const = 0;

  /// Decodes, validates, deduplicates and stages. kInvalidInput: offsets that do not go on where the last
  /// batch ended, a header that misses a required column, or a rule of severity block that failed (nothing of
  /// this and the later batches will be published).
  virtual Result<void> take(const LandingBatch& batch) = 0;

  /// Raw bytes taken since the last commit.
  [[nodiscard]] virtual std::uint64_t pending_bytes() const = 0;

  /// Publishes what was taken. Without pending rows it does nothing. kConflict: another writer moved our
  /// offsets; open again.  kUnavailable: storage; open again, nothing is lost.
  virtual Result<void> commit() = 0;

  /// Marks in silver, with its next commit, that `app_id` has reached `version` (e.g. a file that is
  /// complete).
  virtual void also_mark(std::string app_id, std::int64_t version) = 0;

  /// Since it was opened; only what was committed counts.
  [[nodiscard]] virtual const LandingCounts& counts() const = 0;
};

/// The columns that silver has after the contract's own: _partition, _offset, _ingest_time, and _extra: JSON
/// text of the fields that the contract does not name.
[[nodiscard]] columnar::Schema silver_schema(const contract::Object& object);
/// payload, _header, _source, _file, _line, _partition, _offset, _ingest_time.
[[nodiscard]] columnar::Schema bronze_schema();
/// Bronze's columns and rules, reason, contract_id, contract_version, decoded (JSON text of the columns that
/// could be decoded, without personal ones), run (one id per opening of the landing).
[[nodiscard]] columnar::Schema quarantine_schema();

}  // namespace haul::ingest
