#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/ingest/key_identities.h"
#include "haul/ingest/key_ledger.h"
#include "haul/ingest/row_set.h"
#include "haul/inspection/file_check.h"

namespace haul::inspection {

/// One unique or referential rule, and what is known of it.
struct KeyCheck {
  const contract::SetRule* rule;
  std::vector<std::string> beside = {};  ///< Columns in which rows of one key may differ: its version.
  std::string why_not_run = {};          ///< Not empty: there is no index.
  std::unique_ptr<ingest::KeyLedger> index = nullptr;
  std::uint64_t checked = 0;  ///< Rows that were looked at, those without a key included.
  ingest::RowSet broken = {};
};

/// Row `row` of a decoded batch breaks rule number `check`.
struct KeyBreak {
  std::size_t check = 0;
  std::uint32_t row = 0;
};

/// The unique and referential rules of an object over one file. One thread, but for identities().
class KeyChecks {
 public:
  /// Reads the references. A rule without one is kept as not run. kInvalidInput: a reference cannot be read.
  static Result<KeyChecks> open(const CheckContext& context, const FileCheck& check,
                                const contract::Object& object);

  /// Whether a set rule is one of these: it says which rows break it, not only how many.
  [[nodiscard]] static bool takes(const contract::SetRule& rule);

  /// The keys of a batch, for every rule in order. Thread-safe; independent of all other batches.
  Result<void> identities(const arrow::RecordBatch& rows, std::vector<ingest::GivenKeys>& keys) const;

  /// Batches come in the order of the file; row i of this one has the number `first_row + row_of[i]` there.
  /// Before finish(): what is known now. After it, in a second pass over the same rows: all.
  Result<void> check(std::uint64_t first_row, const std::vector<std::uint32_t>& row_of,
                     const std::vector<ingest::GivenKeys>& keys, std::vector<KeyBreak>& breaks);

  /// What only the disk knows; after every pass. True where check() did not give all rows: a second pass
  /// will.
  Result<bool> finish();

  [[nodiscard]] const std::vector<KeyCheck>& checks() const { return checks_; }
  [[nodiscard]] std::uint64_t spilled_bytes() const { return spilled_bytes_; }

 private:
  Result<void> open_references(const CheckContext& context, const FileCheck& check,
                               const contract::Object& object);
  void open_unique(const CheckContext& context, const FileCheck& check);

  std::vector<KeyCheck> checks_;
  bool finished_ = false;
  std::uint64_t spilled_bytes_ = 0;
  std::vector<std::uint64_t> row_numbers_;  // of check(), kept for its memory
  std::vector<std::uint64_t> broken_;
};

}  // namespace haul::inspection
