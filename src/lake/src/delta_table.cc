#include <fmt/format.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

#include "attempt.h"
#include "haul/base/check.h"
#include "haul/lake/data_file.h"
#include "haul/lake/table.h"
#include "rewrite.h"
#include "schema_match.h"
#include "staged_file.h"

namespace haul::lake {
namespace {

constexpr int kAttempts = 10;
constexpr std::uint64_t kPauseMsMax = 64;
/// A checkpoint costs time in proportion to the live files, its absence costs every reader a file per commit.
/// So they come further apart as a table grows: their share of a commit's cost stays what it is in a small
/// one.
constexpr Version kCheckpointGapMin = 50;
constexpr Version kCheckpointGapMax = 1000;
constexpr Version kActionsPerVersion = 4;

bool is_due(Version version, const std::optional<Checkpoint>& last) {
  if (!last || last->version > version) return true;
  const Version gap = std::clamp(last->actions / kActionsPerVersion, kCheckpointGapMin, kCheckpointGapMax);
  return version - last->version >= gap;
}

tl::unexpected<Error> stale_offset(const CommitRequest& request, const StaleOffset& stale) {
  std::optional<std::int64_t> expected;
  for (const auto& move : request.offsets) {
    if (move.app_id == stale.app_id) expected = move.expected;
  }
  const auto text = [](std::optional<std::int64_t> offset) {
    return offset ? fmt::format("{}", *offset) : std::string("nothing");
  };
  return fail(ErrorCode::kConflict,
              fmt::format("{} starts at offset {} but the table stores {}: read its offsets again",
                          stale.app_id, text(expected), text(stale.stored)));
}

tl::unexpected<Error> in_doubt(const CommitRequest& request, const std::string& doubt,
                               const Result<std::optional<Version>>& found) {
  const std::string search = found ? "it is not in the log" : found.error().message;
  return fail(ErrorCode::kUnavailable,
              fmt::format("commit {} is in doubt ({}); {}: open the table again and read its "
                          "offsets before you repeat the batch",
                          request.commit_id, doubt, search));
}

tl::unexpected<Error> stale_files(const SchemaChanged& change, const Path& folder) {
  return fail(ErrorCode::kConflict,
              fmt::format("column {} of {} has another type than the files to add: open "
                          "the table again and write them anew",
                          change.column, folder.string()));
}

/// Waits 0 to 2^attempt ms: writers that collided come back apart. Nothing ends the pause early.
void pause_before_retry(Rng& rng, int attempt) {
  const auto limit = std::min(kPauseMsMax, std::uint64_t{1} << static_cast<unsigned>(attempt)) * 1000;
  const Micros pause{static_cast<std::int64_t>(below(rng, limit))};
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable().wait_for(lock, pause);
}

class DeltaTable final : public Table {
 public:
  DeltaTable(const LakeContext& context, Path folder, std::unique_ptr<TableLog> log, Snapshot newest)
      : context_(context), folder_(std::move(folder)), log_(std::move(log)) {
    adopt(newest);
  }

  [[nodiscard]] const Path& folder() const override { return folder_; }

  Result<Snapshot> snapshot() override {
    auto newest = log_->snapshot(std::nullopt, std::nullopt);
    // With other types than files have that were staged here, their commit would not be refused.
    const auto change = newest ? change_between(schema_, newest->schema) : SchemaChange();
    if (newest && change && change->retype.empty()) adopt(*newest);
    return newest;
  }
  Result<Snapshot> snapshot_at(Version version) override { return log_->snapshot(version, std::nullopt); }
  Result<Snapshot> snapshot_as_of(IngestTime at) override { return log_->snapshot(std::nullopt, at); }
  Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& app_ids) override {
    return log_->offsets(app_ids);
  }
  Result<std::vector<HistoryEntry>> history(std::size_t limit) override { return log_->history(limit); }

  Result<std::unique_ptr<StagedWriter>> stage() override {
    if (is_partitioned_) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{} has partition columns: it can be read, not written", folder_.string()));
    }
    return stage_file(context_, folder_, schema_, staged_);
  }

  Result<CommitReport> commit(CommitRequest request) override;

  /// Makes room for rows of `spec`, in a commit of its own where something is missing.
  Result<void> evolve(const TableSpec& spec, Widening widening);

 private:
  void adopt(const Snapshot& newest) {
    schema_ = newest.schema;
    is_partitioned_ = !newest.partition_columns.empty();
  }

  Result<CommitRequest> change_request(const Snapshot& newest, const SchemaChange& change,
                                       Rewriter& rewriter);
  Result<void> check_adds(const CommitRequest& request);
  Result<CommitReport> commit_with_retries(const CommitRequest& request);
  /// The version that carries `commit_id`, searched above `after`.
  Result<std::optional<Version>> find_commit(const std::string& commit_id, Version after);
  Result<CommitReport> settle(const CommitRequest& request, CommitReport report);

  LakeContext context_;
  Path folder_;
  std::unique_ptr<TableLog> log_;
  columnar::Schema schema_;
  bool is_partitioned_ = false;
  StagedNames staged_ = std::make_shared<std::set<std::string>>();
  DataFileVerifier verifier_{context_.files};
};

Result<CommitReport> DeltaTable::commit(CommitRequest request) {
  if (request.commit_id.empty()) request.commit_id = new_uuid(context_.rng);
  HAUL_TRY_VOID(check_adds(request));
  if (!request.adds.empty() && request.retype_columns.empty()) request.file_columns = schema_.columns;
  HAUL_TRY(report, commit_with_retries(request));
  return settle(request, report);
}

Result<void> DeltaTable::check_adds(const CommitRequest& request) {
  for (const auto& add : request.adds) {
    const Path path = folder_ / add.path;
    HAUL_TRY(info, context_.files.info(path));
    if (static_cast<std::int64_t>(info.bytes) != add.bytes) {
      return fail(ErrorCode::kCorrupt, fmt::format("{} has {} bytes, staged were {}: stage it again",
                                                   path.string(), info.bytes, add.bytes));
    }
    if (!staged_->contains(add.path)) HAUL_TRY_VOID(verifier_.verify(path));
  }
  return {};
}

Result<CommitReport> DeltaTable::commit_with_retries(const CommitRequest& request) {
  HAUL_TRY(base, log_->latest_version());
  std::optional<std::string> doubt;  // why an earlier attempt may have landed all the same
  for (int number = 1; number <= kAttempts; ++number) {
    HAUL_TRY(attempt, attempt_commit(*log_, request));
    if (const auto* done = std::get_if<Done>(&attempt)) return CommitReport{done->version, number, false};
    if (const auto* unknown = std::get_if<Unknown>(&attempt)) doubt = unknown->reason;
    if (doubt) {
      auto found = find_commit(request.commit_id, base);
      if (!found || (!*found && number == kAttempts)) return in_doubt(request, *doubt, found);
      if (*found) return CommitReport{**found, number, true};
    }
    if (const auto* stale = std::get_if<StaleOffset>(&attempt)) return stale_offset(request, *stale);
    if (const auto* change = std::get_if<SchemaChanged>(&attempt)) return stale_files(*change, folder_);
    if (const auto* changed = std::get_if<InputChanged>(&attempt)) {
      return fail(
          ErrorCode::kConflict,
          fmt::format("{} in {} was replaced by another writer: compute again from the newest version",
                      changed->path, folder_.string()));
    }
    if (const auto* lost = std::get_if<Lost>(&attempt); lost != nullptr && request.read_version) {
      return fail(ErrorCode::kConflict, fmt::format("{} has version {}, the commit was made for version {}",
                                                    folder_.string(), lost->winner, *request.read_version));
    }
    pause_before_retry(context_.rng, number);
  }
  return fail(ErrorCode::kConflict, fmt::format("{} attempts to commit to {} were lost to other writers",
                                                kAttempts, folder_.string()));
}

Result<std::optional<Version>> DeltaTable::find_commit(const std::string& commit_id, Version after) {
  HAUL_TRY(newest, log_->latest_version());
  HAUL_TRY(entries, log_->history(static_cast<std::size_t>(newest - after)));
  for (const auto& entry : entries) {
    if (entry.commit_id == commit_id) return entry.version;
  }
  return std::optional<Version>();
}

Result<CommitReport> DeltaTable::settle(const CommitRequest& request, CommitReport report) {
  schema_ = with_change(std::move(schema_), {request.add_columns, request.retype_columns});
  for (const auto& add : request.adds) staged_->erase(add.path);
  if (report.version > 0 && report.version % kCheckpointGapMin == 0) {
    // The commit stands whatever happens here; the next checkpoint makes up for this one.
    const auto last = log_->last_checkpoint();
    if (last && is_due(report.version, *last)) [[maybe_unused]]
      const auto outcome = log_->checkpoint();
  }
  return report;
}

Result<void> DeltaTable::evolve(const TableSpec& spec, Widening widening) {
  Rewriter rewriter(context_, folder_, staged_, verifier_);
  for (int number = 0; number < kAttempts; ++number) {
    HAUL_TRY(newest, log_->snapshot(std::nullopt, std::nullopt));
    adopt(newest);
    if (newest.partition_columns != spec.partition_columns) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{} has other partition columns; they cannot change", folder_.string()));
    }
    const auto change = change_between(newest.schema, spec.schema);
    if (!change) return fail(with_context(change.error(), folder_.string()));
    if (widening == Widening::kRefuse && !change->retype.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: columns would get another type ({}): give the new type a new column",
                              folder_.string(), retypings(newest.schema, *change)));
    }
    if (change->add.empty() && change->retype.empty()) return {};
    HAUL_TRY(request, change_request(newest, *change, rewriter));
    const auto done = commit(std::move(request));
    if (done || done.error().code != ErrorCode::kConflict) {
      return done ? Result<void>() : fail(done.error());
    }
    pause_before_retry(context_.rng, number);
  }
  return fail(ErrorCode::kConflict,
              fmt::format("changing the columns of {} was lost to other writers", folder_.string()));
}

Result<CommitRequest> DeltaTable::change_request(const Snapshot& newest, const SchemaChange& change,
                                                 Rewriter& rewriter) {
  CommitRequest request;
  request.operation = "ALTER TABLE";
  request.add_columns = change.add;
  request.data_change = false;
  request.read_version = newest.version;
  if (change.retype.empty()) return request;
  if (is_partitioned_) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{} has partition columns: the types of its columns stay", folder_.string()));
  }
  request.operation = "CHANGE COLUMNS";
  request.parameters = {{"columns", retypings(newest.schema, change)}};
  request.retype_columns = change.retype;
  for (const auto& file : newest.files) request.removes.push_back(file.path);
  HAUL_TRY(files, rewriter.rewrite(newest, with_change(newest.schema, change)));
  request.adds = std::move(files);
  return request;
}

Result<std::unique_ptr<DeltaTable>> open_table(const LakeContext& context, Path folder,
                                               std::unique_ptr<TableLog> log) {
  HAUL_TRY(newest, log->snapshot(std::nullopt, std::nullopt));
  return std::make_unique<DeltaTable>(context, std::move(folder), std::move(log), std::move(newest));
}

}  // namespace

Result<std::unique_ptr<Table>> Table::open(const LakeContext& context, Path folder) {
  HAUL_TRY(log, context.logs.at(folder));
  HAUL_TRY(table, open_table(context, std::move(folder), std::move(log)));
  return std::move(table);
}

Result<std::unique_ptr<Table>> Table::open_or_create(const LakeContext& context, Path folder,
                                                     const TableSpec& spec, Widening widening) {
  HAUL_TRY(log, context.logs.at(folder));
  if (!log->exists()) {
    HAUL_TRY_VOID(context.files.create_directories(folder));
    const auto created = log->create(spec);
    if (!created && created.error().code != ErrorCode::kConflict) return fail(created.error());
  }
  HAUL_TRY(table, open_table(context, std::move(folder), std::move(log)));
  HAUL_TRY_VOID(table->evolve(spec, widening));
  return std::move(table);
}

}  // namespace haul::lake
