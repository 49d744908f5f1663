#include "haul/eventlog/embedded_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "group_commit.h"
#include "haul/base/check.h"
#include "haul/base/hash.h"
#include "log_metrics.h"
#include "topic.h"
#include "topic_files.h"

namespace haul::eventlog {
namespace {

/// The port's implementation: finds the topic, prepares, and leaves the rest to GroupCommit, Partition and
/// Topic.
class EmbeddedLog final : public EventLog {
 public:
  EmbeddedLog(EmbeddedLogOptions options, FileSystem& files, const Clock& clock, MetricsRegistry& metrics)
      : files_(files),
        clock_(clock),
        metrics_(metrics),
        place_{options.directory, {}, options.segment_bytes},
        group_(clock, metrics_, {options.group_wait, options.sync_helpers}) {}
  ~EmbeddedLog() override;
  EmbeddedLog(const EmbeddedLog&) = delete;
  EmbeddedLog& operator=(const EmbeddedLog&) = delete;

  Result<void> open(std::string_view owner, Rng& rng, std::vector<Cut>& cuts);

  [[nodiscard]] std::string id() const override { return place_.id; }
  Result<void> create_topic(const TopicConfig& config) override;
  Result<TopicConfig> topic(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> topics() const override;
  Result<std::vector<Appended>> append(std::string_view topic,
                                       std::span<const AppendRequest> requests) override;
  Result<std::vector<StoredBatch>> read(std::string_view topic, PartitionId partition, Offset from,
                                        std::uint64_t bytes_max) const override;
  Result<Range> range(std::string_view topic, PartitionId partition) const override;
  Result<Offset> offset_at(std::string_view topic, PartitionId partition, IngestTime at) const override;
  Result<std::optional<std::uint64_t>> last_position(std::string_view topic, PartitionId partition,
                                                     std::string_view producer) const override;
  Result<std::uint64_t> apply_retention(std::string_view topic, std::span<const Offset> keep_from) override;

 private:
  struct Entry {
    TopicConfig config;
    std::unique_ptr<Topic> topic;
  };

  Result<void> open_topic(const std::string& name, std::vector<Cut>& cuts);
  Result<void> keep_config(Entry& entry, const TopicConfig& config);
  [[nodiscard]] Result<const Entry*> locked_find(std::string_view name) const;
  [[nodiscard]] Result<Topic*> find(std::string_view name) const;
  [[nodiscard]] Result<Partition*> find(std::string_view topic, PartitionId partition) const;

  FileSystem& files_;
  const Clock& clock_;
  LogMetrics metrics_;
  LogPlace place_;
  std::unique_ptr<FileLock> lock_;  // released last of all that touches files

  mutable std::shared_mutex topics_mutex_;  // guards the map and the configurations; topics never leave it
  std::map<std::string, Entry, std::less<>> topics_;
  std::mutex retention_mutex_;
  GroupCommit group_;
};

tl::unexpected<Error> no_such_partition(const Topic& topic, std::string_view name, PartitionId partition) {
  return fail(ErrorCode::kNotFound, fmt::format("topic {} has partitions 0 to {}, not {}", name,
                                                topic.partitions() - 1, partition.raw()));
}

Result<void> EmbeddedLog::open(std::string_view owner, Rng& rng, std::vector<Cut>& cuts) {
  HAUL_TRY_VOID(files_.create_directories(topics_path(place_.directory)));
  HAUL_TRY(lock, files_.lock(place_.directory / "lock", owner));
  lock_ = std::move(lock);
  HAUL_TRY(id, open_log_id(files_, place_.directory, rng));
  place_.id = id;
  HAUL_TRY(entries, files_.list(topics_path(place_.directory)));
  for (const auto& entry : entries) {
    if (entry.is_directory) HAUL_TRY_VOID(open_topic(entry.name, cuts));
  }
  for (const auto& cut : cuts) metrics_.cut_bytes.add(cut.bytes);
  return {};
}

Result<void> EmbeddedLog::open_topic(const std::string& name, std::vector<Cut>& cuts) {
  const Path path = config_path(place_.directory, name);
  const auto text = read_file(files_, path);
  // The configuration is written last: without one the topic was never made, and its directories are empty.
  if (!text && text.error().code == ErrorCode::kNotFound) return {};
  if (!text) return fail(text.error());
  auto config = parse_topic(name, *text);
  if (!config) return fail(with_context(config.error(), path.string()));
  HAUL_TRY(topic, Topic::open(files_, place_, *config, cuts));
  topics_.emplace(name, Entry{*std::move(config), std::move(topic)});
  return {};
}

EmbeddedLog::~EmbeddedLog() {
  for (auto& [name, entry] : topics_) {
    for (std::size_t i = 0; i < entry.topic->partitions(); ++i) {
      // A checkpoint only saves the next open some reading: without it the batches themselves are read.
      static_cast<void>(entry.topic->writer(i).close());
    }
  }
}

Result<void> EmbeddedLog::create_topic(const TopicConfig& config) {
  HAUL_TRY_VOID(check_topic(config));
  const std::unique_lock lock(topics_mutex_);
  if (const auto known = topics_.find(config.name); known != topics_.end())
    return keep_config(known->second, config);
  for (std::uint32_t i = 0; i < config.partitions; ++i) {
    HAUL_TRY_VOID(files_.create_directories(partition_path(place_.directory, config.name, PartitionId{i})));
  }
  std::vector<Cut> cuts;
  HAUL_TRY(topic, Topic::open(files_, place_, config, cuts));
  HAUL_TRY_VOID(
      write_file_atomically(files_, config_path(place_.directory, config.name), encode_topic(config)));
  topics_.emplace(config.name, Entry{config, std::move(topic)});
  return {};
}

Result<void> EmbeddedLog::keep_config(Entry& entry, const TopicConfig& config) {
  if (entry.config.partitions != config.partitions) {
    return fail(
        ErrorCode::kConflict,
        fmt::format("topic {} has {} partitions, not {}: their number decides where a key lives and never "
                    "changes",
                    config.name, entry.config.partitions, config.partitions));
  }
  const bool is_same = entry.config.retention.age == config.retention.age &&
                       entry.config.retention.bytes == config.retention.bytes;
  if (is_same) return {};
  HAUL_TRY_VOID(
      write_file_atomically(files_, config_path(place_.directory, config.name), encode_topic(config)));
  entry.config = config;
  return {};
}

Result<const EmbeddedLog::Entry*> EmbeddedLog::locked_find(std::string_view name) const {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return &found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, entry] : topics_) names.emplace_back(known);
  return fail(ErrorCode::kNotFound,
              fmt::format("there is no topic '{}'; topics: {}", name,
                          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

Result<Topic*> EmbeddedLog::find(std::string_view name) const {
  const std::shared_lock lock(topics_mutex_);
  HAUL_TRY(entry, locked_find(name));
  return entry->topic.get();
}

Result<Partition*> EmbeddedLog::find(std::string_view name, PartitionId partition) const {
  HAUL_TRY(topic, find(name));
  if (partition.raw() >= topic->partitions()) return no_such_partition(*topic, name, partition);
  return &topic->partition(static_cast<std::size_t>(partition.raw()));
}

Result<TopicConfig> EmbeddedLog::topic(std::string_view name) const {
  const std::shared_lock lock(topics_mutex_);
  HAUL_TRY(entry, locked_find(name));
  return entry->config;
}

std::vector<std::string> EmbeddedLog::topics() const {
  const std::shared_lock lock(topics_mutex_);
  std::vector<std::string> names;
  for (const auto& [name, entry] : topics_) names.push_back(name);
  return names;
}

Result<std::vector<Appended>> EmbeddedLog::append(std::string_view name,
                                                  std::span<const AppendRequest> requests) {
  HAUL_TRY(topic, find(name));
  const GroupCommit::Arrival arrival(group_);
  std::vector<RoutedBatch> batches;
  batches.reserve(requests.size());
  for (const auto& request : requests) {
    if (request.partition.raw() >= topic->partitions())
      return no_such_partition(*topic, name, request.partition);
    auto batch = prepare(request);
    if (!batch) return fail(with_context(batch.error(), fmt::format("append to topic {}", name)));
    batches.push_back({&topic->writer(static_cast<std::size_t>(request.partition.raw())), *std::move(batch)});
  }
  if (batches.empty()) return std::vector<Appended>();
  return group_.commit(batches);
}

Result<std::vector<StoredBatch>> EmbeddedLog::read(std::string_view topic, PartitionId partition, Offset from,
                                                   std::uint64_t bytes_max) const {
  HAUL_TRY(found, find(topic, partition));
  auto batches = found->read(from, bytes_max);
  if (!batches) return batches;
  for (const auto& batch : *batches) metrics_.read_bytes.add(batch.records.bytes.size());
  return batches;
}

Result<EventLog::Range> EmbeddedLog::range(std::string_view topic, PartitionId partition) const {
  HAUL_TRY(found, find(topic, partition));
  return found->range();
}

Result<Offset> EmbeddedLog::offset_at(std::string_view topic, PartitionId partition, IngestTime at) const {
  HAUL_TRY(found, find(topic, partition));
  return found->offset_at(at);
}

Result<std::optional<std::uint64_t>> EmbeddedLog::last_position(std::string_view topic, PartitionId partition,
                                                                std::string_view producer) const {
  HAUL_TRY(found, find(topic, partition));
  return found->last_position(producer);
}

Result<std::uint64_t> EmbeddedLog::apply_retention(std::string_view name, std::span<const Offset> keep_from) {
  HAUL_TRY(config, topic(name));
  HAUL_TRY(found, find(name));
  if (keep_from.size() != found->partitions()) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("topic {} has {} partitions; retention was given {} offsets", name,
                            found->partitions(), keep_from.size()));
  }
  const std::lock_guard lock(retention_mutex_);
  HAUL_TRY(dropped, found->drop_old_segments(config.retention, keep_from, clock_.now()));
  metrics_.retired_bytes.add(dropped);
  return dropped;
}

}  // namespace

Result<OpenedLog> open_embedded_log(EmbeddedLogOptions options, FileSystem& files, const Clock& clock,
                                    Rng& rng, MetricsRegistry& metrics) {
  if (options.segment_bytes == 0 || options.owner.empty()) {
    return fail(ErrorCode::kInvalidInput, fmt::format("log {}: it needs an owner and a segment size above 0",
                                                      options.directory.string()));
  }
  OpenedLog opened;
  const std::string owner = options.owner;
  const Path directory = options.directory;
  auto log = std::make_unique<EmbeddedLog>(std::move(options), files, clock, metrics);
  const auto result = log->open(owner, rng, opened.cuts);
  if (!result) return fail(with_context(result.error(), fmt::format("open log {}", directory.string())));
  opened.log = std::move(log);
  return opened;
}

PartitionId partition_of(std::string_view key, std::uint32_t partitions) {
  HAUL_CHECK(partitions > 0, "a topic has partitions");
  return PartitionId{hash64(key) % partitions};
}

}  // namespace haul::eventlog
