#pragma once

#include <string>
#include <string_view>

#include "haul/base/file_system.h"
#include "haul/base/rng.h"
#include "haul/eventlog/event_log.h"

// The small text files of a log: its id and the configuration of each topic. docs/formats/eventlog.md,
// sections "log.id" and "topic.conf". Each ends with a checksum, since a wrong id would make every sink start
// anew.
namespace haul::eventlog {

[[nodiscard]] Path id_path(const Path& log);
[[nodiscard]] Path topics_path(const Path& log);
[[nodiscard]] Path topic_path(const Path& log, std::string_view topic);
[[nodiscard]] Path config_path(const Path& log, std::string_view topic);
[[nodiscard]] Path partition_path(const Path& log, std::string_view topic, PartitionId partition);

/// The log's id; made and written where the directory is new.
/// kCorrupt: the file is damaged, or missing beside topics.  kUnavailable: I/O.
Result<std::string> open_log_id(FileSystem& files, const Path& log, Rng& rng);

/// kInvalidInput: a name, number of partitions or retention that no topic may have.
Result<void> check_topic(const TopicConfig& config);

[[nodiscard]] std::string encode_topic(const TopicConfig& config);
/// kCorrupt: the checksum or a line is wrong.
Result<TopicConfig> parse_topic(std::string_view name, std::string_view text);

}  // namespace haul::eventlog
