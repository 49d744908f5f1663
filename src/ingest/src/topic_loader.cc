#include "haul/ingest/topic_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "haul/ingest/batch_attributes.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {
namespace {

constexpr std::uint32_t kChunkBytes = 8U << 20U;

/// Rows of one partition on their way into one log batch.
struct Outgoing {
  PartitionId partition{0};
  std::vector<std::int32_t> ends{0};
  std::vector<std::byte> bytes;
  BatchAttributes attributes;
  std::string encoded;

  void add(std::span<const std::byte> row, std::uint64_t line) {
    bytes.insert(bytes.end(), row.begin(), row.end());
    ends.push_back(static_cast<std::int32_t>(bytes.size()));
    attributes.lines.push_back(line);
  }
};

class Loader {
 public:
  Loader(const TopicLoad& load, FileSystem& files, eventlog::EventLog& log)
      : load_(load), files_(files), log_(log) {}

  Result<TopicLoadReport> run();

 private:
  Result<bool> was_loaded();
  Result<void> send_rows(const SplitRows& rows);
  void send_too_long(const SplitRows& rows);
  Outgoing& batch_for(PartitionId partition);
  [[nodiscard]] bool is_repeated(PartitionId partition, std::uint64_t line) const {
    return stored_[partition.raw()].has_value() && line <= *stored_[partition.raw()];
  }
  Result<void> append();
  Result<void> remember();

  const TopicLoad& load_;
  FileSystem& files_;
  eventlog::EventLog& log_;
  TopicLoadReport report_;
  std::string producer_;
  std::string header_;
  std::uint32_t partitions_ = 0;
  std::vector<std::optional<std::uint64_t>>
      stored_;  ///< Per partition: the last line the log has of this file.
  std::unique_ptr<KeyReader> keys_;
  std::vector<std::uint64_t> hashes_;
  std::vector<Outgoing> outgoing_;
  std::vector<std::size_t> open_;  ///< Per partition: its batch in outgoing_, or kNone.
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

Result<bool> Loader::was_loaded() {
  HAUL_TRY_VOID(log_.create_topic({std::string(kFilesTopic), 1, {std::chrono::days{36'500}, UINT64_MAX}}));
  HAUL_TRY(mark, log_.last_position(kFilesTopic, PartitionId{0}, producer_));
  return mark.has_value();
}

Result<TopicLoadReport> Loader::run() {
  HAUL_TRY(sha256, file_sha256(files_, load_.path));
  report_.sha256 = sha256;
  producer_ = fmt::format("{}/{}", load_.source, report_.sha256);
  HAUL_TRY(loaded, was_loaded());
  if (loaded) {
    report_.already_loaded = true;
    return report_;
  }
  HAUL_TRY(topic, log_.topic(load_.source));
  partitions_ = topic.partitions;
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(stored, log_.last_position(load_.source, PartitionId{p}, producer_));
    stored_.push_back(stored);
  }
  HAUL_TRY(file, files_.open_for_read(load_.path));
  HAUL_TRY(splitter, RowSplitter::open(*file, load_.format, {.chunk_bytes = kChunkBytes}));
  header_ = splitter->header();
  HAUL_TRY(keys, KeyReader::make(load_.format, header_, load_.key));
  keys_ = std::move(keys);
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    last = rows.last;
    report_.bytes = rows.read_bytes;
    HAUL_TRY_VOID(send_rows(rows));
    if (load_.progress && !load_.progress(report_.bytes)) {
      return fail(ErrorCode::kCancelled, fmt::format("{}: stopped after {} bytes; load it again to go on",
                                                     load_.shown_name, report_.bytes));
    }
  }
  HAUL_TRY_VOID(remember());
  return report_;
}

Result<void> Loader::send_rows(const SplitRows& rows) {
  outgoing_.clear();
  open_.assign(partitions_, kNone);
  const RawRows raw = rows.view();
  keys_->hashes(raw, hashes_);
  std::size_t next_too_long = 0;
  for (std::size_t row = 0; row < raw.size(); ++row) {
    // A too long row is a batch of its own: the positions of a partition must grow from batch to batch.
    for (; next_too_long < rows.too_long.size() && rows.too_long[next_too_long].line < rows.lines[row];
         ++next_too_long) {
      open_.assign(partitions_, kNone);
    }
    const PartitionId partition{hashes_[row] % partitions_};
    if (is_repeated(partition, rows.lines[row])) {
      ++report_.rows_repeated;
      continue;
    }
    const auto begin = static_cast<std::size_t>(raw.ends[row]);
    const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
    batch_for(partition).add(raw.bytes.subspan(begin, end - begin), rows.lines[row]);
    ++report_.rows;
  }
  send_too_long(rows);
  return append();
}

void Loader::send_too_long(const SplitRows& rows) {
  const PartitionId partition{0};
  for (const SplitRows::TooLong& row : rows.too_long) {
    if (is_repeated(partition, row.line)) {
      ++report_.rows_repeated;
      continue;
    }
    Outgoing batch;
    batch.partition = partition;
    batch.attributes.reject_reason = too_long_reason(row);
    batch.add(as_bytes(row.head), row.line);
    outgoing_.push_back(std::move(batch));
    ++report_.rows;
  }
  std::stable_sort(outgoing_.begin(), outgoing_.end(), [](const Outgoing& a, const Outgoing& b) {
    return a.attributes.lines.front() < b.attributes.lines.front();
  });
}

Outgoing& Loader::batch_for(PartitionId partition) {
  std::size_t& place = open_[partition.raw()];
  if (place == kNone || outgoing_[place].attributes.lines.size() >= kBatchRecordsMax) {
    place = outgoing_.size();
    outgoing_.emplace_back();
    outgoing_.back().partition = partition;
  }
  return outgoing_[place];
}

Result<void> Loader::append() {
  if (outgoing_.empty()) return {};
  std::vector<eventlog::AppendRequest> requests;
  for (Outgoing& batch : outgoing_) {
    batch.attributes.format = load_.format;
    batch.attributes.header = header_;
    batch.attributes.file = load_.shown_name;
    batch.encoded = encode_attributes(batch.attributes);
    requests.push_back({.partition = batch.partition,
                        .producer = producer_,
                        .first_position = batch.attributes.lines.front(),
                        .last_position = batch.attributes.lines.back(),
                        .attributes = batch.encoded,
                        .records = {batch.ends, batch.bytes}});
  }
  HAUL_TRY_VOID(log_.append(load_.source, requests));
  return {};
}

Result<void> Loader::remember() {
  const std::string record = fmt::format("{{\"source\":\"{}\",\"sha256\":\"{}\",\"bytes\":{}}}", load_.source,
                                         report_.sha256, report_.bytes);
  const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(record.size())};
  const eventlog::AppendRequest request{.partition = PartitionId{0},
                                        .producer = producer_,
                                        .first_position = 1,
                                        .last_position = 1,
                                        .attributes = {},
                                        .records = {ends, as_bytes(record)}};
  HAUL_TRY_VOID(log_.append(kFilesTopic, std::span(&request, 1)));
  return {};
}

}  // namespace

Result<TopicLoadReport> load_into_topic(const TopicLoad& load, FileSystem& files, eventlog::EventLog& log) {
  auto report = Loader(load, files, log).run();
  if (!report) return fail(with_context(std::move(report).error(), load.shown_name));
  return report;
}

}  // namespace haul::ingest
