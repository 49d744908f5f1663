#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/eventlog/event_log.h"

// The bytes of one batch: docs/formats/eventlog.md, section "Batch". A batch is a head (fixed fields,
// producer, attributes) and a body (ends, record bytes); both begin and end at multiples of 64, so that a
// batch read into aligned memory is an Arrow column as it lies there. Pure functions, thread-safe.
namespace haul::eventlog {

inline constexpr std::size_t kBatchAlignment = 64;
inline constexpr std::size_t kFixedHeadBytes = 96;
inline constexpr std::uint64_t kBatchBytesMax = 64ULL << 20;
inline constexpr std::size_t kProducerBytesMax = 1024;
inline constexpr std::size_t kAttributesBytesMax = 64ULL << 10;
inline constexpr std::size_t kHeadBytesMax = kFixedHeadBytes + kProducerBytesMax + kAttributesBytesMax + 32;

/// The next multiple of 64.
[[nodiscard]] constexpr std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kBatchAlignment - 1) / kBatchAlignment * kBatchAlignment;
}

/// Everything a batch says of itself. The views borrow from what was parsed or is to be encoded.
struct BatchHead {
  std::uint64_t stream = 0;  ///< Which log, topic and partition: stream_of().
  Offset first{0};
  std::uint32_t records = 0;
  std::uint32_t data_bytes = 0;  ///< Of all records, without ends and padding.
  IngestTime at;
  /// A position in the file: all bytes before it were on the device when this batch was written. What lies
  /// from here on may be torn by a power cut; damage before it is none that a power cut can explain.
  std::uint64_t commit_start = 0;
  std::uint64_t first_position = 0;
  std::uint64_t last_position = 0;
  std::string_view producer;
  std::string_view attributes;
  std::uint32_t body_crc = 0;

  [[nodiscard]] std::uint64_t head_bytes() const {
    return aligned(kFixedHeadBytes + producer.size() + attributes.size());
  }
  [[nodiscard]] std::uint64_t ends_bytes() const {
    return (std::uint64_t{records} + 1) * sizeof(std::int32_t);
  }
  [[nodiscard]] std::uint64_t body_bytes() const { return aligned(ends_bytes()) + aligned(data_bytes); }
  [[nodiscard]] std::uint64_t batch_bytes() const { return head_bytes() + body_bytes(); }
  [[nodiscard]] Offset end() const { return Offset{first.raw() + records}; }
};

/// The identity that ties a batch to its place: XXH3 of "<log id>/<topic>/<partition>".
[[nodiscard]] std::uint64_t stream_of(std::string_view log_id, std::string_view topic, PartitionId partition);

/// The body of a batch as the pieces of one gathered write; padding included. Borrows from the records.
struct BodyPieces {
  std::span<const std::byte> ends;
  std::span<const std::byte> ends_padding;
  std::span<const std::byte> data;
  std::span<const std::byte> data_padding;
};
/// `ends` must begin at 0 and end at `data.size()`.
[[nodiscard]] BodyPieces pieces_of(std::span<const std::int32_t> ends, std::span<const std::byte> data);
[[nodiscard]] std::uint32_t crc_of(const BodyPieces& body);

/// Writes the head with its padding and checksum into the first head_bytes() of `into`.
void encode_head(const BatchHead& head, std::span<std::byte> into);

/// What the first kFixedHeadBytes of a batch say of its size; plausible, not yet proved by a checksum.
struct BatchExtent {
  std::uint32_t head_bytes = 0;
  std::uint32_t batch_bytes = 0;
};
/// kCorrupt: no magic or impossible lengths; the message says which.
Result<BatchExtent> parse_extent(std::span<const std::byte> fixed_head);

/// True where `head`, exactly head_bytes long, was written whole, by whatever version and for whatever
/// stream.
[[nodiscard]] bool is_head_intact(std::span<const std::byte> head);

/// `head` is exactly head_bytes long. kCorrupt: checksum, version or fields are wrong; the message says
/// which.
Result<BatchHead> parse_head(std::span<const std::byte> head);

/// Verifies the checksum and the ends of a whole body that begins at a multiple of 4 in memory. kCorrupt
/// otherwise.
Result<Records> parse_body(const BatchHead& head, std::span<const std::byte> body);

/// True where `bytes` begins with the magic of a batch.
[[nodiscard]] bool begins_a_batch(std::span<const std::byte> bytes);

}  // namespace haul::eventlog
