#include "haul/ingest/topic_loader.h"

#include <fmt/format.h>

#include <optional>

#include "haul/ingest/batch_attributes.h"
#include "haul/ingest/row_batches.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {
namespace {

constexpr std::uint32_t kChunkBytes = 8U << 20U;

class Loader {
 public:
  Loader(const TopicLoad& load, FileSystem& files, eventlog::EventLog& log)
      : load_(load), files_(files), log_(log) {}

  Result<TopicLoadReport> run();

 private:
  Result<bool> was_loaded();
  Result<void> send_rows(const SplitRows& rows);
  Result<void> remember();

  const TopicLoad& load_;
  FileSystem& files_;
  eventlog::EventLog& log_;
  TopicLoadReport report_;
  std::string producer_;
  std::string header_;
  FormatOptions row_format_;  ///< Of each row: that of the file, but for formats of whole files.
  std::optional<RowBatcher> batcher_;
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
  std::vector<std::optional<std::uint64_t>> stored;  // per partition: the last line the log has of this file
  for (std::uint32_t p = 0; p < topic.partitions; ++p) {
    HAUL_TRY(position, log_.last_position(load_.source, PartitionId{p}, producer_));
    stored.push_back(position);
  }
  HAUL_TRY(file, files_.open_for_read(load_.path));
  HAUL_TRY(splitter, RowSplitter::open(*file, load_.format, {.chunk_bytes = kChunkBytes}));
  header_ = splitter->header();
  row_format_ = splitter->row_format();
  HAUL_TRY(batcher, RowBatcher::make(row_format_, header_, load_.key, std::move(stored)));
  batcher_ = std::move(batcher);
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
  const RowBatches taken = batcher_->take(rows);
  report_.rows += taken.rows;
  report_.rows_repeated += taken.rows_repeated;
  BatchAttributes shared;
  shared.format = row_format_;
  shared.header = header_;
  shared.file = load_.shown_name;
  return append_rows(log_, load_.source, producer_, std::move(shared), taken.batches);
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
