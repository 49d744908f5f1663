#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// A file on its way into a topic.
struct TopicLoad {
  std::string source;  ///< Also the topic's name.
  FormatOptions format;
  std::vector<std::string> key;  ///< Columns that decide the partition.
  Path path;
  std::string shown_name;  ///< How the file is called in bronze and quarantine.
  /// Called after each group commit with the bytes read so far; false ends the load (it can be resumed). May
  /// be empty.
  std::function<bool(std::uint64_t bytes)> progress;
};

struct TopicLoadReport {
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;           ///< Appended now.
  std::uint64_t rows_repeated = 0;  ///< In the log since an earlier, interrupted load.
  bool already_loaded = false;      ///< The whole file was loaded before: nothing was done.
};

/// The log's own topic that remembers which files were loaded whole. Retention never forgets it.
inline constexpr std::string_view kFilesTopic = "haul.files";

/// Sends every row of a file to the topic of its source, once: (source, SHA-256) is the producer, a row's
/// line its position, so that an interrupted load goes on where it stopped and a repeated one is a no-op.
/// Rows are durable when it returns. The topic exists. kInvalidInput: an empty CSV, or a header without a key
/// column.  kNotFound: no such file.  kCancelled: `progress` said so.  kUnavailable: the log; load again. One
/// thread. Memory: two chunks of 8 MiB.
Result<TopicLoadReport> load_into_topic(const TopicLoad& load, FileSystem& files, eventlog::EventLog& log);

/// The SHA-256 of a file, read once.
Result<std::string> file_sha256(FileSystem& files, const Path& path);

}  // namespace haul::ingest
