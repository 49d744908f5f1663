#include "topic_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "haul/base/hash.h"

namespace haul::eventlog {
namespace {

constexpr std::string_view kIdFile = "log.id";
constexpr std::string_view kConfigFile = "topic.conf";
constexpr std::uint32_t kPartitionsMax = 4096;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kUuidBytes = 36;

/// "<text>crc32c <8 hexadecimal digits>\n"
std::string sealed(std::string text) {
  const std::uint32_t crc = crc32c(as_bytes(text));
  return text + fmt::format("crc32c {:08x}\n", crc);
}

/// The text before the checksum; nothing where it is not what was sealed.
std::optional<std::string_view> unsealed(std::string_view bytes) {
  constexpr std::size_t kSealBytes = std::string_view("crc32c 00000000\n").size();
  if (bytes.size() < kSealBytes) return std::nullopt;
  const auto text = bytes.substr(0, bytes.size() - kSealBytes);
  if (sealed(std::string(text)) != bytes) return std::nullopt;
  return text;
}

/// Takes "<key> <number>\n" off the front of `text`.
template <class Number>
std::optional<Number> take_line(std::string_view& text, std::string_view key) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(key) || text.size() <= key.size() ||
      text[key.size()] != ' ') {
    return std::nullopt;
  }
  const auto value = text.substr(key.size() + 1, end - key.size() - 1);
  Number number{};
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || stop != value.data() + value.size()) return std::nullopt;
  text.remove_prefix(end + 1);
  return number;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

}  // namespace

Path id_path(const Path& log) { return log / kIdFile; }
Path topics_path(const Path& log) { return log / "topics"; }
Path topic_path(const Path& log, std::string_view topic) { return topics_path(log) / topic; }
Path config_path(const Path& log, std::string_view topic) { return topic_path(log, topic) / kConfigFile; }
Path partition_path(const Path& log, std::string_view topic, PartitionId partition) {
  return topic_path(log, topic) / fmt::format("{:05}", partition.raw());
}

Result<std::string> open_log_id(FileSystem& files, const Path& log, Rng& rng) {
  constexpr std::string_view kFirstLine = "haul-log 1 ";
  const Path path = id_path(log);
  const auto text = read_file(files, path);
  if (text) {
    const auto line = unsealed(*text);
    if (!line || !line->starts_with(kFirstLine) || line->size() != kFirstLine.size() + kUuidBytes + 1) {
      return fail(ErrorCode::kCorrupt, fmt::format("{}: the log's id fails its checksum", path.string()));
    }
    return std::string(line->substr(kFirstLine.size(), kUuidBytes));
  }
  if (text.error().code != ErrorCode::kNotFound) return fail(text.error());

  HAUL_TRY(topics, files.list(topics_path(log)));
  if (!topics.empty()) {
    return fail(ErrorCode::kCorrupt, fmt::format("{} is missing, though the log has topics", path.string()));
  }
  std::string id = new_uuid(rng);
  HAUL_TRY_VOID(write_file_atomically(files, path, sealed(fmt::format("{}{}\n", kFirstLine, id))));
  return id;
}

Result<void> check_topic(const TopicConfig& config) {
  const bool is_named = !config.name.empty() && config.name.size() <= kNameBytesMax &&
                        std::all_of(config.name.begin(), config.name.end(), is_name_character) &&
                        config.name != "." && config.name != "..";
  if (!is_named) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("topic '{}': a name has 1 to {} characters of a-z 0-9 _ . -", config.name,
                            kNameBytesMax));
  }
  if (config.partitions == 0 || config.partitions > kPartitionsMax) {
    return fail(ErrorCode::kInvalidInput, fmt::format("topic {} with {} partitions: it may have 1 to {}",
                                                      config.name, config.partitions, kPartitionsMax));
  }
  if (config.retention.age <= Micros::zero() || config.retention.bytes == 0) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("topic {}: a retention of no time or no bytes would keep nothing", config.name));
  }
  return {};
}

std::string encode_topic(const TopicConfig& config) {
  return sealed(fmt::format("haul-topic 1\npartitions {}\nretention_age_us {}\nretention_bytes {}\n",
                            config.partitions, config.retention.age.count(), config.retention.bytes));
}

Result<TopicConfig> parse_topic(std::string_view name, std::string_view text) {
  auto rest = unsealed(text);
  if (!rest) return fail(ErrorCode::kCorrupt, "the topic's configuration fails its checksum");
  const auto version = take_line<int>(*rest, "haul-topic");
  const auto partitions = take_line<std::uint32_t>(*rest, "partitions");
  const auto age = take_line<std::int64_t>(*rest, "retention_age_us");
  const auto bytes = take_line<std::uint64_t>(*rest, "retention_bytes");
  if (version != 1 || !partitions || !age || !bytes || !rest->empty()) {
    return fail(ErrorCode::kCorrupt, "the topic's configuration is of another format");
  }
  return TopicConfig{std::string(name), *partitions, {Micros{*age}, *bytes}};
}

}  // namespace haul::eventlog
