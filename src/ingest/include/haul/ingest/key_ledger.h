#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/hash.h"
#include "haul/base/result.h"
#include "haul/ingest/row_set.h"

namespace haul::ingest {

/// What a key must be.
enum class KeyRule : std::uint8_t {
  kUnique,      ///< No earlier row and no known key equals it: every occurrence behind the first breaks it.
  kReferenced,  ///< A known key equals it.
};

struct KeyLedgerOptions {
  Path folder;                               ///< Where keys go that memory does not hold; must exist.
  std::string name;                          ///< Begins the names of its files there; no other ledger has it.
  std::uint64_t memory_bytes = 256'000'000;  ///< For keys and buffers together; a floor of 64 KiB holds.
};

/// Finds the rows whose key breaks a rule, in memory that is bounded however many keys there are.
///
/// Keys are cut into 64 partitions by their hash. A partition that would outgrow the memory goes to a file of
/// (identity, row) in the order of arrival and is answered by finish(), cut again where it is still too
/// large (a hybrid hash join, after DeWitt et al., SIGMOD 1984). So the same rows are found whatever the
/// memory is; only when they are found differs.
///
/// One thread. Memory: 16 bytes a key at a fill of 7/16 to 7/8, and one bit a row in the result. Cost: one
/// cache miss a key, hidden by prefetching. The files are this process's alone, and gone with the ledger.
class KeyLedger {
 public:
  /// `files` must outlive it.
  KeyLedger(FileSystem& files, KeyRule rule, KeyLedgerOptions options);
  ~KeyLedger();
  KeyLedger(const KeyLedger&) = delete;
  KeyLedger& operator=(const KeyLedger&) = delete;

  /// Keys that are there without any row: those of the referenced table, or of rows that were stored before.
  /// kReferenced: all of them come before the first check(). kUnavailable: a file cannot be written; the
  /// ledger is of no use any more.
  Result<void> add_known(std::span<const Hash128> keys);

  /// `rows[i]` has the key `keys[i]`; rows ascend over all calls. Appends the rows that break the rule as far
  /// as memory can tell; the others follow from finish(). Errors as add_known().
  Result<void> check(std::span<const Hash128> keys, std::span<const std::uint64_t> rows,
                     std::vector<std::uint64_t>& broken);

  /// Adds the rows that only the files can tell. Nothing may be added afterwards. kUnavailable: a file cannot
  /// be written or read.
  Result<void> finish(RowSet& broken);

  /// Bytes written to files so far; 0: memory held everything.
  [[nodiscard]] std::uint64_t spilled_bytes() const { return spilled_bytes_; }
  /// Bytes of keys in memory now.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Partition;
  class Run;

  Result<void> make_room(Partition& partition);
  Result<void> resolve(Run& run, int level, RowSet& broken);
  Result<bool> resolve_in_memory(const Run& run, bool must_fit, RowSet& broken);
  Result<void> resolve_in_parts(Run& run, int level, RowSet& broken);
  std::unique_ptr<Run> new_run();

  FileSystem& files_;
  const KeyRule rule_;
  const KeyLedgerOptions options_;
  std::uint64_t table_bytes_max_;
  std::size_t buffer_records_;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t spilled_bytes_ = 0;
  std::uint64_t next_run_ = 0;
  std::vector<std::unique_ptr<Partition>> partitions_;
};

}  // namespace haul::ingest
