#include "checkpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <type_traits>

#include "haul/base/hash.h"

namespace haul::eventlog {
namespace {

constexpr std::string_view kMagic = "HAULCKP1";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kCrcAt = 8;
constexpr std::size_t kVersionAt = 12;  // the checksum covers everything from here on
constexpr std::uint32_t kSealed = 1;
constexpr std::size_t kOffsetDigits = 20;
constexpr std::string_view kSegmentSuffix = ".log";
constexpr std::string_view kCheckpointSuffix = ".checkpoint";

template <class T>
void put(std::string& out, T value) {
  static_assert(std::is_integral_v<T>);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

/// Takes values off the front; once the bytes run out every further value is zero and `is_short` is true.
struct Reader {
  std::span<const std::byte> rest;
  bool is_short = false;

  template <class T>
  T take() {
    T value{};
    const auto bytes = take_bytes(sizeof(T));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::span<const std::byte> take_bytes(std::size_t size) {
    if (rest.size() < size) {
      is_short = true;
      rest = {};
      return {};
    }
    const auto taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
  }
};

tl::unexpected<Error> corrupt(std::string message) { return fail(ErrorCode::kCorrupt, std::move(message)); }

IngestTime time_from(std::int64_t micros) { return IngestTime{Micros{micros}}; }

Path path_of(const Path& directory, Offset offset, std::string_view suffix) {
  return directory / fmt::format("{:0{}}{}", offset.raw(), kOffsetDigits, suffix);
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  std::string out(kMagic);
  put(out, std::uint32_t{0});
  put(out, kVersion);
  put(out, checkpoint.stream);
  put(out, checkpoint.offset.raw());
  put(out, checkpoint.segment.raw());
  put(out, checkpoint.covered);
  put(out, checkpoint.last_at.time_since_epoch().count());
  put(out, checkpoint.is_sealed ? kSealed : std::uint32_t{0});
  put(out, static_cast<std::uint32_t>(checkpoint.index.size()));
  put(out, static_cast<std::uint64_t>(checkpoint.producers.size()));
  for (const auto& entry : checkpoint.index) {
    put(out, entry.first.raw());
    put(out, entry.at.time_since_epoch().count());
    put(out, entry.position);
  }
  for (const auto& [name, state] : checkpoint.producers) {
    put(out, state.last_position);
    put(out, state.last_offset.raw());
    put(out, state.last_at.time_since_epoch().count());
    put(out, static_cast<std::uint32_t>(name.size()));
    out += name;
  }
  const std::uint32_t crc = crc32c(as_bytes(out).subspan(kVersionAt));
  std::memcpy(out.data() + kCrcAt, &crc, sizeof(crc));
  return out;
}

Result<Checkpoint> parse_checkpoint(std::span<const std::byte> bytes) {
  Reader reader{bytes};
  const auto magic = reader.take_bytes(kMagic.size());
  if (magic.empty() || std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
    return corrupt("not a checkpoint");
  }
  const auto crc = reader.take<std::uint32_t>();
  if (reader.is_short || crc != crc32c(reader.rest)) return corrupt("the checkpoint fails its checksum");
  const auto version = reader.take<std::uint32_t>();
  if (version != kVersion) return corrupt(fmt::format("a checkpoint of format {} is unknown", version));

  Checkpoint checkpoint;
  checkpoint.stream = reader.take<std::uint64_t>();
  checkpoint.offset = Offset{reader.take<std::uint64_t>()};
  checkpoint.segment = Offset{reader.take<std::uint64_t>()};
  checkpoint.covered = reader.take<std::uint64_t>();
  checkpoint.last_at = time_from(reader.take<std::int64_t>());
  checkpoint.is_sealed = reader.take<std::uint32_t>() == kSealed;
  const auto entries = reader.take<std::uint32_t>();
  const auto producers = reader.take<std::uint64_t>();
  for (std::uint32_t i = 0; i < entries && !reader.is_short; ++i) {
    const Offset first{reader.take<std::uint64_t>()};
    const auto at = time_from(reader.take<std::int64_t>());
    checkpoint.index.push_back({first, at, reader.take<std::uint64_t>()});
  }
  for (std::uint64_t i = 0; i < producers && !reader.is_short; ++i) {
    ProducerState state;
    state.last_position = reader.take<std::uint64_t>();
    state.last_offset = Offset{reader.take<std::uint64_t>()};
    state.last_at = time_from(reader.take<std::int64_t>());
    const auto name = reader.take_bytes(reader.take<std::uint32_t>());
    checkpoint.producers.emplace(std::string(reinterpret_cast<const char*>(name.data()), name.size()), state);
  }
  if (reader.is_short || !reader.rest.empty())
    return corrupt("the checkpoint has another length than it says");
  return checkpoint;
}

Path segment_path(const Path& directory, Offset first) { return path_of(directory, first, kSegmentSuffix); }

Path checkpoint_path(const Path& directory, Offset offset) {
  return path_of(directory, offset, kCheckpointSuffix);
}

PartitionFile classify(std::string_view file_name) {
  if (file_name.size() <= kOffsetDigits) return {};
  const auto suffix = file_name.substr(kOffsetDigits);
  const char* const digits_end = file_name.data() + kOffsetDigits;
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(file_name.data(), digits_end, offset);
  if (error != std::errc() || end != digits_end) return {};
  if (suffix == kSegmentSuffix) return {PartitionFile::Kind::kSegment, Offset{offset}};
  if (suffix == kCheckpointSuffix) return {PartitionFile::Kind::kCheckpoint, Offset{offset}};
  return {};
}

}  // namespace haul::eventlog
