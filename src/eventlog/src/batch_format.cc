#include "batch_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "haul/base/check.h"
#include "haul/base/file_system.h"
#include "haul/base/hash.h"

namespace haul::eventlog {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian and used in place");

constexpr std::array<std::byte, 4> kMagic = {std::byte{'H'}, std::byte{'L'}, std::byte{'B'}, std::byte{'1'}};
constexpr std::uint16_t kVersion = 1;

// Positions of the fixed fields; docs/formats/eventlog.md has the same table.
constexpr std::size_t kHeadCrcAt = 4;
constexpr std::size_t kVersionAt = 8;  // the head's checksum covers everything from here on
constexpr std::size_t kFlagsAt = 10;
constexpr std::size_t kHeadBytesAt = 12;
constexpr std::size_t kBatchBytesAt = 16;
constexpr std::size_t kBodyCrcAt = 20;
constexpr std::size_t kStreamAt = 24;
constexpr std::size_t kFirstOffsetAt = 32;
constexpr std::size_t kRecordsAt = 40;
constexpr std::size_t kDataBytesAt = 44;
constexpr std::size_t kIngestTimeAt = 48;
constexpr std::size_t kCommitStartAt = 56;
constexpr std::size_t kFirstPositionAt = 64;
constexpr std::size_t kLastPositionAt = 72;
constexpr std::size_t kProducerBytesAt = 80;
constexpr std::size_t kAttributesBytesAt = 84;
constexpr std::size_t kReservedAt = 88;
static_assert(kReservedAt + sizeof(std::uint64_t) == kFixedHeadBytes);

constexpr std::array<std::byte, kBatchAlignment> kZeros{};

template <class T>
T load(std::span<const std::byte> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

template <class T>
void store(std::span<std::byte> bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

std::string_view text_at(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data() + at), size};
}

std::span<const std::byte> padding_after(std::uint64_t bytes) {
  return std::span(kZeros).first(static_cast<std::size_t>(aligned(bytes) - bytes));
}

tl::unexpected<Error> corrupt(std::string message) { return fail(ErrorCode::kCorrupt, std::move(message)); }

}  // namespace

std::uint64_t stream_of(std::string_view log_id, std::string_view topic, PartitionId partition) {
  return hash64(fmt::format("{}/{}/{}", log_id, topic, partition.raw()));
}

BodyPieces pieces_of(std::span<const std::int32_t> ends, std::span<const std::byte> data) {
  HAUL_CHECK(!ends.empty() && ends.front() == 0, "the ends of a stored batch begin at 0");
  HAUL_CHECK(static_cast<std::size_t>(ends.back()) == data.size(), "the last end is the size of the data");
  const auto ends_as_bytes = std::as_bytes(ends);
  return {ends_as_bytes, padding_after(ends_as_bytes.size()), data, padding_after(data.size())};
}

std::uint32_t crc_of(const BodyPieces& body) {
  std::uint32_t crc = crc32c(body.ends);
  crc = extend_crc32c(crc, body.ends_padding);
  crc = extend_crc32c(crc, body.data);
  return extend_crc32c(crc, body.data_padding);
}

void encode_head(const BatchHead& head, std::span<std::byte> into) {
  const auto head_bytes = static_cast<std::size_t>(head.head_bytes());
  HAUL_CHECK(into.size() >= head_bytes, "room for the head");
  HAUL_CHECK(head.batch_bytes() <= kBatchBytesMax, "append() refuses larger batches");
  const auto out = into.first(head_bytes);

  std::fill(out.begin(), out.end(), std::byte{0});
  std::copy(kMagic.begin(), kMagic.end(), out.begin());
  store(out, kVersionAt, kVersion);
  store(out, kHeadBytesAt, static_cast<std::uint32_t>(head_bytes));
  store(out, kBatchBytesAt, static_cast<std::uint32_t>(head.batch_bytes()));
  store(out, kBodyCrcAt, head.body_crc);
  store(out, kStreamAt, head.stream);
  store(out, kFirstOffsetAt, head.first.raw());
  store(out, kRecordsAt, head.records);
  store(out, kDataBytesAt, head.data_bytes);
  store(out, kIngestTimeAt, head.at.time_since_epoch().count());
  store(out, kCommitStartAt, head.commit_start);
  store(out, kFirstPositionAt, head.first_position);
  store(out, kLastPositionAt, head.last_position);
  store(out, kProducerBytesAt, static_cast<std::uint32_t>(head.producer.size()));
  store(out, kAttributesBytesAt, static_cast<std::uint32_t>(head.attributes.size()));
  const auto producer = as_bytes(head.producer);
  const auto attributes = as_bytes(head.attributes);
  const auto after_producer = std::copy(producer.begin(), producer.end(), out.begin() + kFixedHeadBytes);
  std::copy(attributes.begin(), attributes.end(), after_producer);
  store(out, kHeadCrcAt, crc32c(out.subspan(kVersionAt)));
}

bool begins_a_batch(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

Result<BatchExtent> parse_extent(std::span<const std::byte> fixed_head) {
  if (fixed_head.size() < kFixedHeadBytes || !begins_a_batch(fixed_head))
    return corrupt("no batch begins here");
  const auto head_bytes = load<std::uint32_t>(fixed_head, kHeadBytesAt);
  const auto batch_bytes = load<std::uint32_t>(fixed_head, kBatchBytesAt);
  const bool is_aligned = head_bytes % kBatchAlignment == 0 && batch_bytes % kBatchAlignment == 0;
  const bool is_in_bounds = head_bytes >= kFixedHeadBytes && head_bytes <= kHeadBytesMax &&
                            batch_bytes > head_bytes && batch_bytes <= kBatchBytesMax;
  if (!is_aligned || !is_in_bounds) {
    return corrupt(fmt::format("a head of {} bytes in a batch of {} is impossible", head_bytes, batch_bytes));
  }
  return BatchExtent{head_bytes, batch_bytes};
}

bool is_head_intact(std::span<const std::byte> head) {
  return head.size() >= kFixedHeadBytes &&
         load<std::uint32_t>(head, kHeadCrcAt) == crc32c(head.subspan(kVersionAt));
}

Result<BatchHead> parse_head(std::span<const std::byte> bytes) {
  HAUL_TRY(extent, parse_extent(bytes));
  if (bytes.size() != extent.head_bytes) return corrupt("the head is cut short");
  if (!is_head_intact(bytes)) return corrupt("the head fails its checksum");
  const auto version = load<std::uint16_t>(bytes, kVersionAt);
  if (version != kVersion || load<std::uint16_t>(bytes, kFlagsAt) != 0 ||
      load<std::uint64_t>(bytes, kReservedAt) != 0) {
    return corrupt(fmt::format("a batch of format {} is unknown to this program, which reads format {}",
                               version, kVersion));
  }
  const auto producer_bytes = load<std::uint32_t>(bytes, kProducerBytesAt);
  const auto attributes_bytes = load<std::uint32_t>(bytes, kAttributesBytesAt);
  if (producer_bytes > kProducerBytesMax || attributes_bytes > kAttributesBytesMax ||
      aligned(kFixedHeadBytes + producer_bytes + attributes_bytes) != extent.head_bytes) {
    return corrupt("producer and attributes do not fill the head");
  }

  BatchHead head;
  head.stream = load<std::uint64_t>(bytes, kStreamAt);
  head.first = Offset{load<std::uint64_t>(bytes, kFirstOffsetAt)};
  head.records = load<std::uint32_t>(bytes, kRecordsAt);
  head.data_bytes = load<std::uint32_t>(bytes, kDataBytesAt);
  head.at = IngestTime{Micros{load<std::int64_t>(bytes, kIngestTimeAt)}};
  head.commit_start = load<std::uint64_t>(bytes, kCommitStartAt);
  head.first_position = load<std::uint64_t>(bytes, kFirstPositionAt);
  head.last_position = load<std::uint64_t>(bytes, kLastPositionAt);
  head.producer = text_at(bytes, kFixedHeadBytes, producer_bytes);
  head.attributes = text_at(bytes, kFixedHeadBytes + producer_bytes, attributes_bytes);
  head.body_crc = load<std::uint32_t>(bytes, kBodyCrcAt);
  if (head.records == 0 || head.batch_bytes() != extent.batch_bytes) {
    return corrupt(
        fmt::format("{} records of {} bytes do not fill the batch", head.records, head.data_bytes));
  }
  return head;
}

Result<Records> parse_body(const BatchHead& head, std::span<const std::byte> body) {
  HAUL_CHECK(reinterpret_cast<std::uintptr_t>(body.data()) % alignof(std::int32_t) == 0,
             "bodies are read aligned");
  if (body.size() != head.body_bytes()) return corrupt("the body is cut short");
  if (crc32c(body) != head.body_crc) return corrupt("the body fails its checksum");

  const std::span<const std::int32_t> ends(reinterpret_cast<const std::int32_t*>(body.data()),
                                           std::size_t{head.records} + 1);
  if (ends.front() != 0 || ends.back() < 0 || static_cast<std::uint32_t>(ends.back()) != head.data_bytes ||
      !std::is_sorted(ends.begin(), ends.end())) {
    return corrupt("the ends of the records are out of order");
  }
  return Records{ends, body.subspan(static_cast<std::size_t>(aligned(head.ends_bytes())), head.data_bytes)};
}

}  // namespace haul::eventlog
