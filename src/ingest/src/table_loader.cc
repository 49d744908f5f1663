#include "haul/ingest/table_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "haul/ingest/row_batches.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/topic_loader.h"

namespace haul::ingest {
namespace {

/// True where silver remembers the whole file.
Result<bool> was_loaded(const TableLoad& load, const LandingContext& context,
                        const std::string& complete_id) {
  const Path folder = load.lake_folder / "silver" / load.source;
  auto table = lake::Table::open(context.lake, folder);
  if (!table && table.error().code == ErrorCode::kNotFound) return false;
  if (!table) return fail(std::move(table).error());
  HAUL_TRY(marks, (*table)->offsets({complete_id}));
  return marks.front().has_value();
}

/// Feeds a file to a landing: rows are numbered densely in file order, too long ones included.
class Feeder {
 public:
  /// `producer`: "source/<SHA-256 of the file>".
  Feeder(const TableLoad& load, std::string producer, Landing& landing, const RowSplitter& splitter,
         IngestTime at)
      : load_(load), producer_(std::move(producer)), landing_(landing), splitter_(splitter), at_(at) {}

  Result<void> feed(const SplitRows& rows) {
    std::size_t from = 0;
    for (const SplitRows::TooLong& too_long : rows.too_long) {
      std::size_t to = from;
      while (to < rows.lines.size() && rows.lines[to] < too_long.line) ++to;
      HAUL_TRY_VOID(take(rows, from, to));
      HAUL_TRY_VOID(take_too_long(too_long));
      from = to;
    }
    return take(rows, from, rows.lines.size());
  }

 private:
  /// Rows of about this number become one columnar batch.
  static constexpr std::size_t kBatchRows = 32'768;

  Result<void> take(const SplitRows& rows, std::size_t from, std::size_t to) {
    for (; from < to; from += std::min(kBatchRows, to - from)) {
      const std::size_t count = std::min(kBatchRows, to - from);
      LandingBatch batch = empty_batch();
      batch.rows = {std::span(rows.ends).subspan(from, count + 1), rows.bytes};
      batch.lines = std::span(rows.lines).subspan(from, count);
      HAUL_TRY_VOID(land(batch));
    }
    return {};
  }

  Result<void> take_too_long(const SplitRows::TooLong& row) {
    const std::string reason = too_long_reason(row);
    const std::array<std::int32_t, 2> ends{0, static_cast<std::int32_t>(row.head.size())};
    LandingBatch batch = empty_batch();
    batch.reject_reason = reason;
    batch.reject_rule = row.rule;
    batch.rows = {ends, as_bytes(row.head)};
    batch.lines = std::span(&row.line, 1);
    return land(batch);
  }

  LandingBatch empty_batch() const {
    LandingBatch batch;
    batch.first = Offset{next_};
    batch.at = at_;
    batch.format = splitter_.row_format();
    batch.header = splitter_.header();
    batch.file = load_.shown_name;
    batch.producer = producer_;
    return batch;
  }

  /// The splitter uses its memory again for its next rows, and a landing keeps what it stages.
  Result<void> land(LandingBatch batch) {
    const auto owned = std::make_shared<RowBatch>();
    const std::int32_t first = batch.rows.ends.front();
    for (const std::int32_t end : batch.rows.ends.subspan(1)) owned->ends.push_back(end - first);
    const auto bytes = batch.rows.bytes.subspan(static_cast<std::size_t>(first),
                                                static_cast<std::size_t>(owned->ends.back()));
    owned->bytes.assign(bytes.begin(), bytes.end());
    batch.rows = {owned->ends, owned->bytes};
    batch.storage = owned;
    next_ += batch.rows.size();
    return landing_.take(batch);
  }

  const TableLoad& load_;
  std::string producer_;
  Landing& landing_;
  const RowSplitter& splitter_;
  IngestTime at_;
  std::uint64_t next_ = 0;
};

Result<TableLoadReport> load_file(const TableLoad& load, const LandingContext& context) {
  TableLoadReport report;
  HAUL_TRY(sha256, file_sha256(context.lake.files, load.path));
  report.sha256 = sha256;
  const std::string app_id = fmt::format("{}/{}", load.source, report.sha256);
  const std::string complete_id = app_id + "/complete";
  HAUL_TRY(loaded, was_loaded(load, context, complete_id));
  report.already_loaded = loaded;
  if (loaded) return report;

  HAUL_TRY(object, contract::single_object(load.contract));
  HAUL_TRY(landing, Landing::open(context, {.lake_folder = load.lake_folder,
                                            .source = load.source,
                                            .silver = load.source,
                                            .contract = load.contract,
                                            .dedupe_by = object->primary_key,
                                            .app_ids = {app_id},
                                            .supersedes = load.supersedes}));
  report.resumed = landing->resume().front() > Offset{0};
  HAUL_TRY(file, context.lake.files.open_for_read(load.path));
  HAUL_TRY(splitter, RowSplitter::open(*file, load.format, {}));
  Feeder feeder(load, app_id, *landing, *splitter, context.lake.clock.now());
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    last = rows.last;
    report.bytes = rows.read_bytes;
    HAUL_TRY_VOID(feeder.feed(rows));
    const bool is_due = landing->pending_bytes() >= load.commit_bytes && load.supersedes.empty();
    if (is_due) HAUL_TRY_VOID(landing->commit());
    if (load.progress && !load.progress(report.bytes)) {
      return fail(ErrorCode::kCancelled,
                  fmt::format("stopped after {} bytes; load it again to go on", report.bytes));
    }
  }
  landing->also_mark(complete_id, 1);
  HAUL_TRY_VOID(landing->commit());
  report.counts = landing->counts();
  return report;
}

}  // namespace

Result<TableLoadReport> load_into_table(const TableLoad& load, const LandingContext& context) {
  auto report = load_file(load, context);
  if (!report) return fail(with_context(std::move(report).error(), load.shown_name));
  return report;
}

}  // namespace haul::ingest
