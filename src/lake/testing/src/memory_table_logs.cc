#include "haul/lake/testing/memory_table_logs.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

namespace haul::lake::testing {

namespace {

using Rows = std::vector<std::uint64_t>;

Rows united(const Rows& some, const Rows& others) {
  Rows all;
  std::set_union(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(all));
  return all;
}

}  // namespace

/// One table: every version whole, offsets beside it.
struct MemoryTableLogs::Shared {
  struct Entry {
    Snapshot snapshot;
    std::map<std::string, std::int64_t> offsets;
    HistoryEntry history;
  };
  const Clock& clock;
  Path folder;
  std::mutex mutex;
  std::vector<Entry> versions;
  std::vector<Checkpoint> checkpoints;
  std::optional<Doubt> doubt;
  int rivals = 0;
  std::optional<Error> failure;
  bool has_deletion_vectors = false;

  Shared(const Clock& clock_in, Path folder_in) : clock(clock_in), folder(std::move(folder_in)) {}

  /// The newest version with the changes of `request`, as the next one.
  void append(const CommitRequest& request, std::string engine) {
    Entry next = versions.back();
    next.snapshot.version += 1;
    next.snapshot.committed_at =
        std::max(clock.now(), next.snapshot.committed_at + std::chrono::milliseconds{1});
    std::erase_if(next.snapshot.files, [&](const DataFile& file) {
      return std::find(request.removes.begin(), request.removes.end(), file.path) != request.removes.end();
    });
    for (DataFile& file : next.snapshot.files) {
      const auto deletes = request.deletes.find(file.path);
      if (deletes != request.deletes.end()) file.deleted_rows = united(file.deleted_rows, deletes->second);
    }
    std::erase_if(next.snapshot.files,
                  [](const DataFile& file) { return !file.deleted_rows.empty() && file.live_rows() == 0; });
    next.snapshot.files.insert(next.snapshot.files.end(), request.adds.begin(), request.adds.end());
    for (const auto& [domain, text] : request.domains) next.snapshot.domains[domain] = text;
    auto& columns = next.snapshot.schema.columns;
    for (const auto& column : request.retype_columns) {
      columns[*next.snapshot.schema.find(column.name)].type = column.type;
    }
    columns.insert(columns.end(), request.add_columns.begin(), request.add_columns.end());
    for (const auto& move : request.offsets) next.offsets[move.app_id] = move.version;
    next.history = {next.snapshot.version,
                    next.snapshot.committed_at,
                    request.operation,
                    request.parameters,
                    request.commit_id,
                    std::move(engine),
                    true};
    versions.push_back(std::move(next));
  }

  void append_own(const CommitRequest& request) {
    if (!request.deletes.empty() && !std::exchange(has_deletion_vectors, true)) append({}, "haul/memory");
    append(request, "haul/memory");
  }
};

namespace {

using Shared = MemoryTableLogs::Shared;

class MemoryTableLog final : public TableLog {
 public:
  explicit MemoryTableLog(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  [[nodiscard]] bool exists() override {
    const std::lock_guard lock(shared_->mutex);
    return !shared_->versions.empty();
  }

  Result<void> create(const TableSpec& spec) override {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->failure) return fail(*shared_->failure);
    if (!shared_->versions.empty())
      return fail(ErrorCode::kConflict, shared_->folder.string() + " is a table already");
    Shared::Entry first;
    first.snapshot.schema = spec.schema;
    first.snapshot.partition_columns = spec.partition_columns;
    first.snapshot.committed_at = shared_->clock.now();
    first.history.committed_at = first.snapshot.committed_at;
    first.history.operation = "CREATE TABLE";
    first.history.verified = true;
    shared_->versions.push_back(std::move(first));
    return {};
  }

  Result<Snapshot> snapshot(std::optional<Version> version, std::optional<IngestTime> as_of) override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    const auto& versions = shared_->versions;
    if (!version && !as_of) return versions.back().snapshot;
    const auto found = std::find_if(versions.rbegin(), versions.rend(), [&](const Shared::Entry& entry) {
      return version ? entry.snapshot.version == *version : entry.snapshot.committed_at <= *as_of;
    });
    if (found == versions.rend())
      return fail(ErrorCode::kNotFound, shared_->folder.string() + ": no such version");
    return found->snapshot;
  }

  Result<Version> latest_version() override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    return shared_->versions.back().snapshot.version;
  }

  Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& app_ids) override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    std::vector<std::optional<std::int64_t>> offsets;
    for (const auto& id : app_ids) offsets.push_back(stored(id));
    return offsets;
  }

  Result<Attempt> try_commit(const CommitRequest& request) override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    if (shared_->rivals > 0) {
      --shared_->rivals;
      shared_->append({}, "rival");
      return Attempt{Lost{shared_->versions.back().snapshot.version}};
    }
    const auto newest = shared_->versions.back().snapshot.version;
    if (request.read_version && *request.read_version != newest) return Attempt{Lost{newest}};
    for (const auto& move : request.offsets) {
      if (stored(move.app_id) != move.expected) return Attempt{StaleOffset{move.app_id, stored(move.app_id)}};
    }
    if (auto retyped = first_retyped(request.file_columns))
      return Attempt{SchemaChanged{*std::move(retyped)}};
    if (auto gone = first_gone(request.removes)) return Attempt{InputChanged{*std::move(gone)}};
    HAUL_TRY(left, first_left(request));
    if (left) return Attempt{InputChanged{*std::move(left)}};
    HAUL_TRY(changed, first_changed(request));
    if (changed) return Attempt{InputChanged{*std::move(changed)}};
    const auto doubt = std::exchange(shared_->doubt, std::nullopt);
    if (doubt != Doubt::kNotStored) shared_->append_own(request);
    if (doubt) return Attempt{Unknown{"armed by the test"}};
    return Attempt{Done{shared_->versions.back().snapshot.version}};
  }

  Result<void> checkpoint() override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    const Snapshot& newest = shared_->versions.back().snapshot;
    shared_->checkpoints.push_back({newest.version, std::ssize(newest.files)});
    return {};
  }

  Result<std::optional<Checkpoint>> last_checkpoint() override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    const auto& all = shared_->checkpoints;
    return all.empty() ? std::nullopt : std::optional(all.back());
  }

  Result<std::vector<HistoryEntry>> history(std::size_t limit) override {
    const std::lock_guard lock(shared_->mutex);
    HAUL_TRY_VOID(check());
    std::vector<HistoryEntry> entries;
    for (auto entry = shared_->versions.rbegin(); entry != shared_->versions.rend() && entries.size() < limit;
         ++entry) {
      entries.push_back(entry->history);
      entries.back().version = entry->snapshot.version;
    }
    return entries;
  }

 private:
  using Doubt = MemoryTableLogs::Doubt;

  Result<void> check() {
    if (shared_->failure) return fail(*shared_->failure);
    if (shared_->versions.empty())
      return fail(ErrorCode::kNotFound, "no table in " + shared_->folder.string());
    return {};
  }

  std::optional<std::int64_t> stored(const std::string& app_id) {
    const auto& offsets = shared_->versions.back().offsets;
    const auto found = offsets.find(app_id);
    return found == offsets.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<std::string> first_gone(const std::vector<std::string>& removes) {
    std::set<std::string> live;
    for (const auto& file : shared_->versions.back().snapshot.files) live.insert(file.path);
    for (const auto& path : removes) {
      if (!live.contains(path)) return path;
    }
    return std::nullopt;
  }

  /// The first column that has another type by now.
  std::optional<std::string> first_retyped(const std::vector<columnar::Column>& columns) {
    const auto& schema = shared_->versions.back().snapshot.schema;
    for (const auto& column : columns) {
      const auto place = schema.find(column.name);
      if (place && !schema.columns[*place].type->Equals(*column.type)) return column.name;
    }
    return std::nullopt;
  }

  /// The first live file that would stay with columns of the old types.
  Result<std::optional<std::string>> first_left(const CommitRequest& request) {
    const auto& newest = shared_->versions.back().snapshot;
    for (const auto& column : request.retype_columns) {
      const auto& partitions = newest.partition_columns;
      if (!newest.schema.find(column.name) ||
          std::find(partitions.begin(), partitions.end(), column.name) != partitions.end()) {
        return fail(ErrorCode::kInvalidInput, "column " + column.name + " cannot have another type");
      }
    }
    const auto& removes = request.removes;
    for (const auto& file : newest.files) {
      const bool goes = std::find(removes.begin(), removes.end(), file.path) != removes.end();
      if (!request.retype_columns.empty() && !goes) return std::optional(file.path);
    }
    return std::optional<std::string>();
  }

  /// The first file that cannot lose the rows it should.
  Result<std::optional<std::string>> first_changed(const CommitRequest& request) {
    const auto& files = shared_->versions.back().snapshot.files;
    for (const auto& [path, rows] : request.deletes) {
      const auto& removes = request.removes;
      const bool ascending =
          std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
      if (rows.empty() || !ascending || std::find(removes.begin(), removes.end(), path) != removes.end()) {
        return fail(ErrorCode::kInvalidInput, "the rows to delete from " + path + " make no sense");
      }
      const auto live = std::find_if(files.begin(), files.end(),
                                     [&path = path](const DataFile& file) { return file.path == path; });
      if (live == files.end()) return std::optional(path);
      if (rows.back() >= static_cast<std::uint64_t>(live->rows)) {
        return fail(ErrorCode::kInvalidInput, "the rows to delete from " + path + " are beyond its end");
      }
      if (united(live->deleted_rows, rows).size() != live->deleted_rows.size() + rows.size()) {
        return std::optional(path);
      }
    }
    return std::optional<std::string>();
  }

  std::shared_ptr<Shared> shared_;
};

}  // namespace

std::shared_ptr<Shared> MemoryTableLogs::shared(const Path& table_folder) {
  const std::lock_guard lock(mutex_);
  auto& table = tables_[table_folder.lexically_normal()];
  if (!table) table = std::make_shared<Shared>(clock_, table_folder);
  return table;
}

Result<std::unique_ptr<TableLog>> MemoryTableLogs::at(const Path& table_folder) {
  return std::make_unique<MemoryTableLog>(shared(table_folder));
}

void MemoryTableLogs::arm_unknown(const Path& table_folder, Doubt doubt) {
  const auto table = shared(table_folder);
  const std::lock_guard lock(table->mutex);
  table->doubt = doubt;
}

void MemoryTableLogs::arm_rivals(const Path& table_folder, int count) {
  const auto table = shared(table_folder);
  const std::lock_guard lock(table->mutex);
  table->rivals = count;
}

void MemoryTableLogs::set_failure(const Path& table_folder, std::optional<Error> failure) {
  const auto table = shared(table_folder);
  const std::lock_guard lock(table->mutex);
  table->failure = std::move(failure);
}

std::vector<Version> MemoryTableLogs::checkpoints(const Path& table_folder) {
  const auto table = shared(table_folder);
  const std::lock_guard lock(table->mutex);
  std::vector<Version> versions;
  for (const Checkpoint& checkpoint : table->checkpoints) versions.push_back(checkpoint.version);
  return versions;
}

}  // namespace haul::lake::testing
