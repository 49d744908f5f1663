#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/batch_attributes.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// Rows of one partition on their way into one log batch.
struct RowBatch {
  PartitionId partition{0};
  std::vector<std::int32_t> ends{0};
  std::vector<std::byte> bytes;
  std::vector<std::uint64_t> lines;  ///< Of each row in what was sent, ascending.
  std::string reject_reason = {};    ///< As BatchAttributes.
  std::string reject_rule = {};      ///< Likewise.

  void add(std::span<const std::byte> row, std::uint64_t line) {
    bytes.insert(bytes.end(), row.begin(), row.end());
    ends.push_back(static_cast<std::int32_t>(bytes.size()));
    lines.push_back(line);
  }
  [[nodiscard]] eventlog::Records records() const { return {ends, bytes}; }
};

/// What became of the rows of one read.
struct RowBatches {
  std::vector<RowBatch> batches;    ///< In the order of their first lines within a partition.
  std::uint64_t rows = 0;           ///< In the batches.
  std::uint64_t rows_too_long = 0;  ///< Of them, rows that were cut and go to quarantine.
  std::uint64_t rows_repeated = 0;  ///< Left out: the log has them.
};

/// Sorts rows into log batches by the partition of their key. One thread.
class RowBatcher {
 public:
  /// `stored`: one entry per partition, the last line of this sender that the log has; rows up to it are left
  /// out. kInvalidInput: a key column is not in the CSV header.
  static Result<RowBatcher> make(const FormatOptions& format, std::string_view header,
                                 const std::vector<std::string>& key_columns,
                                 std::vector<std::optional<std::uint64_t>> stored);

  [[nodiscard]] RowBatches take(const SplitRows& rows);

 private:
  RowBatcher(std::unique_ptr<KeyReader> keys, std::vector<std::optional<std::uint64_t>> stored)
      : keys_(std::move(keys)), stored_(std::move(stored)) {}

  RowBatch& batch_for(PartitionId partition, RowBatches& taken);
  void take_too_long(const SplitRows& rows, RowBatches& taken) const;
  [[nodiscard]] bool is_stored(PartitionId partition, std::uint64_t line) const {
    return stored_[partition.raw()].has_value() && line <= *stored_[partition.raw()];
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::unique_ptr<KeyReader> keys_;
  std::vector<std::optional<std::uint64_t>> stored_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::size_t> open_;  ///< Per partition: its batch that takes more rows, or kNone.
};

/// Appends batches to a topic in one append; does nothing where there are none. `shared`: what they have in
/// common; their lines and reasons are put in. Positions are lines. Errors as EventLog::append().
Result<void> append_rows(eventlog::EventLog& log, std::string_view topic, std::string_view producer,
                         BatchAttributes shared, std::span<const RowBatch> batches);

}  // namespace haul::ingest
