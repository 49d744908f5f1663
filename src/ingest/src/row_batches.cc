#include "haul/ingest/row_batches.h"

#include <algorithm>

namespace haul::ingest {

Result<RowBatcher> RowBatcher::make(const FormatOptions& format, std::string_view header,
                                    const std::vector<std::string>& key_columns,
                                    std::vector<std::optional<std::uint64_t>> stored) {
  HAUL_TRY(keys, KeyReader::make(format, header, key_columns));
  return RowBatcher(std::move(keys), std::move(stored));
}

RowBatches RowBatcher::take(const SplitRows& rows) {
  RowBatches taken;
  open_.assign(stored_.size(), kNone);
  const RawRows raw = rows.view();
  keys_->hashes(raw, hashes_);
  std::size_t next_too_long = 0;
  for (std::size_t row = 0; row < raw.size(); ++row) {
    // A too long row is a batch of its own: the lines of a partition must grow from batch to batch.
    for (; next_too_long < rows.too_long.size() && rows.too_long[next_too_long].line < rows.lines[row];
         ++next_too_long) {
      open_.assign(stored_.size(), kNone);
    }
    const PartitionId partition{hashes_[row] % stored_.size()};
    if (is_stored(partition, rows.lines[row])) {
      ++taken.rows_repeated;
      continue;
    }
    const auto begin = static_cast<std::size_t>(raw.ends[row]);
    const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
    batch_for(partition, taken).add(raw.bytes.subspan(begin, end - begin), rows.lines[row]);
    ++taken.rows;
  }
  take_too_long(rows, taken);
  return taken;
}

void RowBatcher::take_too_long(const SplitRows& rows, RowBatches& taken) const {
  if (rows.too_long.empty()) return;
  const PartitionId partition{0};
  for (const SplitRows::TooLong& row : rows.too_long) {
    if (is_stored(partition, row.line)) {
      ++taken.rows_repeated;
      continue;
    }
    RowBatch batch;
    batch.partition = partition;
    batch.reject_reason = too_long_reason(row);
    batch.reject_rule = row.rule;
    batch.add(as_bytes(row.head), row.line);
    taken.batches.push_back(std::move(batch));
    ++taken.rows;
    ++taken.rows_too_long;
  }
  std::stable_sort(taken.batches.begin(), taken.batches.end(),
                   [](const RowBatch& a, const RowBatch& b) { return a.lines.front() < b.lines.front(); });
}

RowBatch& RowBatcher::batch_for(PartitionId partition, RowBatches& taken) {
  std::size_t& place = open_[partition.raw()];
  if (place == kNone || taken.batches[place].lines.size() >= kBatchRecordsMax) {
    place = taken.batches.size();
    taken.batches.emplace_back();
    taken.batches.back().partition = partition;
  }
  return taken.batches[place];
}

Result<void> append_rows(eventlog::EventLog& log, std::string_view topic, std::string_view producer,
                         BatchAttributes shared, std::span<const RowBatch> batches) {
  if (batches.empty()) return {};
  std::vector<std::string> attributes;
  attributes.reserve(batches.size());  // requests keep views of them
  std::vector<eventlog::AppendRequest> requests;
  for (const RowBatch& batch : batches) {
    shared.reject_reason = batch.reject_reason;
    shared.reject_rule = batch.reject_rule;
    shared.lines = batch.lines;
    attributes.push_back(encode_attributes(shared));
    requests.push_back({.partition = batch.partition,
                        .producer = producer,
                        .first_position = batch.lines.front(),
                        .last_position = batch.lines.back(),
                        .attributes = attributes.back(),
                        .records = batch.records()});
  }
  HAUL_TRY_VOID(log.append(topic, requests));
  return {};
}

}  // namespace haul::ingest
