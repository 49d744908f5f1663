#include "ingest_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/ingest/batch_attributes.h"

namespace haul::server {
namespace {

constexpr std::string_view kProducer = "http";
constexpr std::uint64_t kWaitingBytesMax = 64U << 20U;
constexpr std::uint64_t kGroupBytesMax = 16U << 20U;
constexpr std::uint64_t kReadBytes = 4U << 20U;
constexpr std::chrono::milliseconds kRestMin{100};
constexpr std::chrono::milliseconds kRestMax{5'000};

std::uint64_t bytes_of(const UploadPart& part) {
  std::uint64_t bytes = 0;
  for (const ingest::RowBatch& batch : part.batches) bytes += batch.bytes.size();
  return bytes;
}

void add_range(Receipt& receipt, const OffsetRange& range) {
  for (OffsetRange& known : receipt.ranges) {
    if (known.partition == range.partition && known.end == range.first) {
      known.end = range.end;
      return;
    }
  }
  receipt.ranges.push_back(range);
}

void add_batch(Receipt& receipt, const OffsetRange& range, std::uint64_t last_line) {
  add_range(receipt, range);
  receipt.accepted += range.end.raw() - range.first.raw();
  receipt.lines[range.partition.raw()] = last_line;
}

/// The receipt of a batch that recovery found, from its name in bronze; null where the batch is none of HTTP.
Receipt* receipt_of(std::string_view file, std::size_t partitions, std::vector<Receipt>& found) {
  const std::size_t slash = file.rfind('/');
  if (!file.starts_with("http/") || slash < 5) return nullptr;
  const std::string_view id = file.substr(slash + 1);
  for (Receipt& receipt : found) {
    if (receipt.id == id) return &receipt;
  }
  Receipt receipt;
  receipt.id = id;
  receipt.producer = file.substr(5, slash - 5);
  receipt.lines.resize(partitions);
  return &found.emplace_back(std::move(receipt));
}

}  // namespace

std::string shown_name(const Receipt& receipt) {
  return fmt::format("http/{}/{}", receipt.producer, receipt.id);
}

Result<std::unique_ptr<IngestWriter>> IngestWriter::open(eventlog::EventLog& log, ReceiptBook& receipts,
                                                         std::string source, Counter& rows,
                                                         StageTimes& stages) {
  std::unique_ptr<IngestWriter> writer(new IngestWriter(log, receipts, std::move(source), rows, stages));
  HAUL_TRY_VOID(writer->recover());
  writer->thread_ = std::thread([raw = writer.get()] { raw->run(); });
  return writer;
}

IngestWriter::~IngestWriter() { stop(); }

Result<void> IngestWriter::recover() {
  HAUL_TRY(topic, log_.topic(source_));
  HAUL_TRY(newest, receipts_.newest_of(source_));
  const std::uint64_t known = newest ? newest->position : 0;
  std::vector<Receipt> found;
  position_ = 0;
  ends_.clear();
  for (std::uint32_t p = 0; p < topic.partitions; ++p) {
    const PartitionId partition{p};
    HAUL_TRY(range, log_.range(source_, partition));
    HAUL_TRY(position, log_.last_position(source_, partition, kProducer));
    position_ = std::max(position_, position.value_or(0));
    ends_.push_back(range.end);
    if (position.value_or(0) <= known) continue;
    const Offset end = newest && p < newest->ends.size() ? newest->ends[p] : Offset{0};
    HAUL_TRY_VOID(collect(partition, std::max(end, range.start), found));
  }
  position_ = std::max(position_, known);
  for (Receipt& receipt : found) {
    // An upload in several parts has a receipt of its earlier ones.
    HAUL_TRY(earlier, receipts_.find(receipt.id));
    if (earlier) {
      Receipt whole = *std::move(earlier);
      whole.lines.resize(topic.partitions);
      whole.undecodable += receipt.undecodable;
      for (const OffsetRange& range : receipt.ranges) {
        add_batch(whole, range, receipt.lines[range.partition.raw()].value_or(0));
      }
      receipt = std::move(whole);
    }
    receipt.source = source_;
    receipt.position = position_;
    receipt.ends = ends_;
  }
  return receipts_.append(found);
}

Result<void> IngestWriter::collect(PartitionId partition, Offset from, std::vector<Receipt>& found) const {
  HAUL_TRY(topic, log_.topic(source_));
  for (Offset next = from;;) {
    HAUL_TRY(batches, log_.read(source_, partition, next, kReadBytes));
    if (batches.empty()) return {};
    for (const eventlog::StoredBatch& batch : batches) {
      next = batch.end();
      if (batch.producer != kProducer || batch.first < from) continue;
      HAUL_TRY(attributes, ingest::decode_attributes(batch.attributes));
      Receipt* receipt = receipt_of(attributes.file, topic.partitions, found);
      if (receipt == nullptr || attributes.lines.empty()) continue;
      receipt->at = batch.at;
      if (!attributes.reject_reason.empty()) receipt->undecodable += attributes.lines.size();
      add_batch(*receipt, {partition, batch.first, batch.end()}, attributes.lines.back());
    }
  }
}

bool IngestWriter::is_full() const {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_ >= kWaitingBytesMax;
}

std::string IngestWriter::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

bool IngestWriter::is_refusing() const {
  const std::lock_guard lock(mutex_);
  return refusing_;
}

std::uint64_t IngestWriter::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

void IngestWriter::submit(UploadPart part) {
  std::string why;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) why = "the server is stopping";
    if (refusing_ || part.failures != failures_) why = trouble_.empty() ? "send it again" : trouble_;
    if (why.empty()) {
      waiting_bytes_ += bytes_of(part);
      waiting_.push_back(std::move(part));
    }
  }
  if (why.empty()) return changed_.notify_one();
  part.done(fail(ErrorCode::kUnavailable, why));
}

void IngestWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void IngestWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || refusing_ || !waiting_.empty(); });
    if (refusing_ && !try_until_recovered(lock)) return;
    if (waiting_.empty()) {
      if (stopping_) return;
      continue;
    }
    std::vector<UploadPart> group;
    for (std::uint64_t bytes = 0; !waiting_.empty() && bytes < kGroupBytesMax;) {
      const std::uint64_t more = bytes_of(waiting_.front());
      bytes += more;
      waiting_bytes_ -= more;
      group.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    lock.unlock();
    write(group);
    lock.lock();
  }
}

bool IngestWriter::try_until_recovered(std::unique_lock<std::mutex>& lock) {
  while (refusing_) {
    if (changed_.wait_for(lock, rest_, [this] { return stopping_; })) return false;
    lock.unlock();
    const Result<void> recovered = recover();
    lock.lock();
    refusing_ = !recovered;
    if (!recovered) rest_ = std::min(2 * rest_, kRestMax);
  }
  return true;
}

void IngestWriter::write(std::vector<UploadPart>& group) {
  Result<void> written = append(group);
  std::deque<UploadPart> behind;
  {
    const std::lock_guard lock(mutex_);
    if (written) {
      trouble_.clear();
      rest_ = kRestMin;
    } else {
      // Rows of this group may be in the log; what waits behind it may be the rest of the same uploads.
      refusing_ = true;
      ++failures_;
      rest_ = trouble_.empty() ? kRestMin : std::min(2 * rest_, kRestMax);
      trouble_ = fmt::format("{} takes no rows at present: {}", source_, written.error().message);
      written = fail(ErrorCode::kUnavailable, trouble_);
      behind = std::exchange(waiting_, {});
      waiting_bytes_ = 0;
    }
  }
  for (const UploadPart& part : group) part.done(written);
  for (const UploadPart& part : behind) part.done(written);
}

Result<void> IngestWriter::append(std::vector<UploadPart>& group) {
  const auto began = stages_.now();
  for (const UploadPart& part : group) stages_.note(Stage::kQueue, began - part.queued_at);
  std::vector<std::string> attributes;
  std::vector<eventlog::AppendRequest> requests;
  std::size_t batches = 0;
  for (const UploadPart& part : group) batches += part.batches.size();
  attributes.reserve(batches);  // requests keep views of them
  for (const UploadPart& part : group) {
    for (const ingest::RowBatch& batch : part.batches) {
      attributes.push_back(ingest::encode_attributes({part.format, part.header, shown_name(*part.receipt),
                                                      batch.reject_reason, batch.lines, batch.reject_rule}));
      requests.push_back({.partition = batch.partition,
                          .producer = kProducer,
                          .first_position = position_ + 1,
                          .last_position = position_ + batch.lines.size(),
                          .attributes = attributes.back(),
                          .records = batch.records()});
      position_ += batch.lines.size();
    }
  }
  std::vector<eventlog::Appended> appended;
  if (!requests.empty()) {
    HAUL_TRY(done, log_.append(source_, requests));
    appended = std::move(done);
  }
  const auto durable = stages_.now();
  std::vector<Receipt> records;
  std::size_t next = 0;
  for (UploadPart& part : group) {
    Receipt& receipt = *part.receipt;
    for (const ingest::RowBatch& batch : part.batches) {
      const eventlog::Appended& place = appended[next++];
      add_batch(receipt, {batch.partition, place.first, place.end}, batch.lines.back());
      receipt.at = place.at;
      ends_[batch.partition.raw()] = std::max(ends_[batch.partition.raw()], place.end);
      rows_.add(batch.lines.size());
    }
    receipt.undecodable += part.rows_too_long;
    receipt.is_complete = part.is_last;
    receipt.position = position_;
  }
  for (UploadPart& part : group) {
    part.receipt->ends = ends_;
    records.push_back(*part.receipt);
  }
  HAUL_TRY_VOID(receipts_.append(records));
  const auto answered = stages_.now();
  for (std::size_t i = 0; i < group.size(); ++i) {
    stages_.note(Stage::kAppend, durable - began);
    stages_.note(Stage::kReceipt, answered - durable);
  }
  return {};
}

}  // namespace haul::server
