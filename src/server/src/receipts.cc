#include "receipts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "haul/base/check.h"
#include "haul/base/json.h"

namespace haul::server {
namespace {

constexpr std::uint64_t kReadBytes = 4U << 20U;
constexpr std::string_view kProducer = "receipts";
/// Receipts that nobody remembers go once the topic is larger than this.
constexpr eventlog::Retention kRetention{std::chrono::days{36'500}, 256U << 20U};

using Element = simdjson::dom::element;

std::string_view text_of(const Element& from, const char* name) {
  std::string_view value;
  return from[name].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

std::uint64_t count_of(const Element& from, const char* name) {
  std::uint64_t value = 0;
  return from[name].get(value) == simdjson::SUCCESS ? value : 0;
}

/// Calls `take(element)` for each of a list; a missing list is empty.
template <class Take>
void for_each(const Element& from, const char* name, Take take) {
  simdjson::dom::array list;
  if (from[name].get(list) != simdjson::SUCCESS) return;
  for (const auto element : list) take(element);
}

std::string landed_json(const LandedCounts& landed) {
  std::string rules;
  for (const auto& [rule, rows] : landed.quarantined_by_rule) {
    if (!rules.empty()) rules += ',';
    rules += fmt::format("{}:{}", json_string(rule), rows);
  }
  return fmt::format(R"({{"valid":{},"quarantined":{},"rules":{{{}}}}})", landed.valid, landed.quarantined,
                     rules);
}

std::optional<LandedCounts> landed_of(const Element& root) {
  Element found;
  if (root["landed"].get(found) != simdjson::SUCCESS) return std::nullopt;
  LandedCounts landed{.valid = count_of(found, "valid"),
                      .quarantined = count_of(found, "quarantined"),
                      .quarantined_by_rule = {}};
  simdjson::dom::object rules;
  if (found["rules"].get(rules) == simdjson::SUCCESS) {
    for (const auto [rule, rows] : rules) {
      std::uint64_t count = 0;
      if (rows.get(count) == simdjson::SUCCESS) landed.quarantined_by_rule.emplace(rule, count);
    }
  }
  return landed;
}

std::string_view record_text(const eventlog::StoredBatch& batch, std::size_t record) {
  const auto begin = static_cast<std::size_t>(batch.records.ends[record]);
  const auto end = static_cast<std::size_t>(batch.records.ends[record + 1]);
  return {reinterpret_cast<const char*>(batch.records.bytes.data()) + begin, end - begin};
}

Hash128 place_of_id(std::string_view id) { return hash128(fmt::format("id\n{}", id)); }

Hash128 place_of_key(std::string_view source, std::string_view producer, std::string_view key) {
  return hash128(fmt::format("key\n{}\n{}\n{}", source, producer, key));
}

}  // namespace

std::string receipt_id(std::string_view source, std::string_view producer, std::string_view idempotency_key,
                       std::string_view sha256) {
  Sha256 hash;
  for (const std::string_view part : {source, producer, idempotency_key, sha256}) {
    hash.update(as_bytes(fmt::format("{}:", part.size())));
    hash.update(as_bytes(part));
  }
  return "r_" + hash.finish().substr(0, 32);
}

std::string encode_receipt(const Receipt& receipt) {
  std::string ranges;
  for (const OffsetRange& range : receipt.ranges) {
    if (!ranges.empty()) ranges += ',';
    ranges += fmt::format("[{},{},{}]", range.partition.raw(), range.first.raw(), range.end.raw());
  }
  std::vector<std::string> lines;
  for (const auto& line : receipt.lines) lines.push_back(line ? fmt::to_string(*line) : "null");
  std::vector<std::uint64_t> ends;
  for (const Offset end : receipt.ends) ends.push_back(end.raw());
  std::string text = fmt::format(
      R"({{"id":"{}","source":{},"producer":{},"sha256":"{}","key":{},"at_us":{},"complete":{},"accepted":{},)"
      R"("undecodable":{},"ranges":[{}],"lines":[{}],"position":{},"ends":[{}])",
      receipt.id, json_string(receipt.source), json_string(receipt.producer), receipt.sha256,
      json_string(receipt.idempotency_key), receipt.at.time_since_epoch().count(), receipt.is_complete,
      receipt.accepted, receipt.undecodable, ranges, fmt::join(lines, ","), receipt.position,
      fmt::join(ends, ","));
  if (receipt.landed) text += fmt::format(R"(,"landed":{})", landed_json(*receipt.landed));
  return text + "}";
}

Result<Receipt> decode_receipt(std::string_view json) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(simdjson::padded_string(json)).get(root) != simdjson::SUCCESS ||
      text_of(root, "id").empty()) {
    return fail(ErrorCode::kCorrupt, fmt::format("topic {}: not a receipt: {}", kReceiptsTopic, json));
  }
  Receipt receipt;
  receipt.id = text_of(root, "id");
  receipt.source = text_of(root, "source");
  receipt.producer = text_of(root, "producer");
  receipt.sha256 = text_of(root, "sha256");
  receipt.idempotency_key = text_of(root, "key");
  receipt.at = IngestTime{Micros{static_cast<std::int64_t>(count_of(root, "at_us"))}};
  bool complete = false;
  receipt.is_complete = root["complete"].get(complete) == simdjson::SUCCESS && complete;
  receipt.accepted = count_of(root, "accepted");
  receipt.undecodable = count_of(root, "undecodable");
  receipt.position = count_of(root, "position");
  for_each(root, "ranges", [&](const Element& range) {
    std::array<std::uint64_t, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (range.at(i).get(numbers[i]) != simdjson::SUCCESS) return;
    }
    receipt.ranges.push_back({PartitionId{numbers[0]}, Offset{numbers[1]}, Offset{numbers[2]}});
  });
  for_each(root, "lines", [&](const Element& line) {
    std::uint64_t number = 0;
    const bool is_known = line.get(number) == simdjson::SUCCESS;
    receipt.lines.push_back(is_known ? std::optional(number) : std::nullopt);
  });
  for_each(root, "ends", [&](const Element& end) {
    std::uint64_t number = 0;
    if (end.get(number) == simdjson::SUCCESS) receipt.ends.emplace_back(number);
  });
  receipt.landed = landed_of(root);
  return receipt;
}

Result<std::unique_ptr<ReceiptBook>> ReceiptBook::open(eventlog::EventLog& log, std::size_t receipts_max) {
  HAUL_TRY_VOID(log.create_topic({std::string(kReceiptsTopic), 1, kRetention}));
  std::unique_ptr<ReceiptBook> book(new ReceiptBook(log, receipts_max));
  HAUL_TRY_VOID(book->read());
  return book;
}

Result<void> ReceiptBook::read() {
  HAUL_TRY(range, log_.range(kReceiptsTopic, PartitionId{0}));
  HAUL_TRY(position, log_.last_position(kReceiptsTopic, PartitionId{0}, kProducer));
  position_ = position.value_or(0);
  Offset next = range.start;
  if (range.end.raw() - range.start.raw() > receipts_max_) next = Offset{range.end.raw() - receipts_max_};
  while (next < range.end) {
    HAUL_TRY(batches, log_.read(kReceiptsTopic, PartitionId{0}, next, kReadBytes));
    for (const eventlog::StoredBatch& batch : batches) {
      for (std::size_t i = 0; i < batch.records.size(); ++i) {
        HAUL_TRY(receipt, decode_receipt(record_text(batch, i)));
        remember(receipt, Offset{batch.first.raw() + i});
      }
      next = batch.end();
    }
  }
  return {};
}

void ReceiptBook::remember(const Receipt& receipt, Offset at) {
  const auto keep = [&](const Hash128& place) {
    places_.insert_or_assign(place, at);
    order_.emplace_back(place, at);
  };
  keep(place_of_id(receipt.id));
  if (!receipt.idempotency_key.empty()) {
    keep(place_of_key(receipt.source, receipt.producer, receipt.idempotency_key));
  }
  newest_.insert_or_assign(receipt.source, at);
  end_ = Offset{at.raw() + 1};
  while (order_.front().second.raw() + receipts_max_ < end_.raw()) {
    const auto& [place, offset] = order_.front();
    const auto found = places_.find(place);
    if (found != places_.end() && found->second == offset) places_.erase(found);
    order_.pop_front();
  }
}

Result<std::optional<Receipt>> ReceiptBook::find(std::string_view id) const {
  return read_at(place_of_id(id));
}

bool ReceiptBook::remembers(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  return places_.contains(place_of_id(id));
}

Result<std::optional<Receipt>> ReceiptBook::find_by_key(std::string_view source, std::string_view producer,
                                                        std::string_view idempotency_key) const {
  return read_at(place_of_key(source, producer, idempotency_key));
}

Result<std::optional<Receipt>> ReceiptBook::newest_of(const std::string& source) const {
  std::optional<Offset> at;
  {
    const std::lock_guard lock(mutex_);
    const auto found = newest_.find(source);
    if (found != newest_.end()) at = found->second;
  }
  return at ? record(*at) : std::optional<Receipt>();
}

Result<std::optional<Receipt>> ReceiptBook::read_at(const Hash128& place) const {
  std::optional<Offset> at;
  {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(place);
    if (found != places_.end()) at = found->second;
  }
  return at ? record(*at) : std::optional<Receipt>();
}

Result<std::optional<Receipt>> ReceiptBook::record(Offset at) const {
  const auto batches = log_.read(kReceiptsTopic, PartitionId{0}, at, 1);
  if (!batches && batches.error().code == ErrorCode::kNotFound) return std::optional<Receipt>();
  if (!batches) return fail(batches.error());
  HAUL_CHECK(!batches->empty() && batches->front().first <= at && at < batches->front().end(),
             "a read begins with the batch of its offset");
  HAUL_TRY(receipt, decode_receipt(record_text(batches->front(), at.raw() - batches->front().first.raw())));
  return std::optional<Receipt>(std::move(receipt));
}

Offset ReceiptBook::needed_from() const {
  const std::lock_guard lock(mutex_);
  return order_.empty() ? end_ : order_.front().second;
}

/// The newest receipts of sources that nothing came for while half of what is remembered was written.
Result<std::vector<Receipt>> ReceiptBook::fading() const {
  std::vector<Offset> places;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [source, at] : newest_) {
      if (at.raw() + receipts_max_ / 2 < end_.raw()) places.push_back(at);
    }
  }
  std::vector<Receipt> receipts;
  for (const Offset at : places) {
    HAUL_TRY(receipt, record(at));
    if (receipt) receipts.push_back(*std::move(receipt));
  }
  return receipts;
}

Result<void> ReceiptBook::append(std::span<const Receipt> receipts) {
  if (receipts.empty()) return {};
  const std::lock_guard appending(append_mutex_);
  HAUL_TRY(again, fading());
  std::vector<const Receipt*> all;  // a newer one of the same source comes behind
  for (const Receipt& receipt : again) all.push_back(&receipt);
  for (const Receipt& receipt : receipts) all.push_back(&receipt);
  std::string bytes;
  std::vector<std::int32_t> ends{0};
  for (const Receipt* receipt : all) {
    bytes += encode_receipt(*receipt);
    ends.push_back(static_cast<std::int32_t>(bytes.size()));
  }
  const eventlog::AppendRequest request{.partition = PartitionId{0},
                                        .producer = kProducer,
                                        .first_position = position_ + 1,
                                        .last_position = position_ + all.size(),
                                        .attributes = {},
                                        .records = {ends, as_bytes(bytes)}};
  HAUL_TRY(appended, log_.append(kReceiptsTopic, std::span(&request, 1)));
  const std::lock_guard lock(mutex_);
  position_ += all.size();
  for (std::size_t i = 0; i < all.size(); ++i) remember(*all[i], Offset{appended.front().first.raw() + i});
  return {};
}

}  // namespace haul::server
