#include "delta_table_log.h"

#include <fmt/format.h>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/base/check.h"
#include "reply.h"
#include "request.h"

namespace haul::adapters {

Result<std::unique_ptr<DeltaTableLog>> DeltaTableLog::open(const Path& folder, Rng& rng) {
  HAUL_TRY(table, open_table(folder.string()));
  return std::unique_ptr<DeltaTableLog>(new DeltaTableLog(folder.string(), std::move(table), rng));
}

bool DeltaTableLog::exists() {
  const auto reply = Reply::take(haul_delta_exists(table_.get()), folder_);
  bool exists = false;
  return reply && reply->ok()["exists"].get(exists) == simdjson::SUCCESS && exists;
}

Result<void> DeltaTableLog::create(const lake::TableSpec& spec) {
  const std::string request = create_request(spec, new_uuid(rng_));
  HAUL_TRY_VOID(Reply::take(haul_delta_create(table_.get(), request.c_str()), folder_));
  return {};
}

Result<lake::Snapshot> DeltaTableLog::snapshot(std::optional<lake::Version> version,
                                               std::optional<IngestTime> as_of) {
  HAUL_CHECK(!version || !as_of, "a snapshot is asked for by version or by time");
  const std::string request = snapshot_request(version, as_of);
  HAUL_TRY(reply, Reply::take(haul_delta_snapshot(table_.get(), request.c_str()), folder_));
  return parse_snapshot(reply.ok());
}

Result<lake::Version> DeltaTableLog::latest_version() {
  HAUL_TRY(reply, Reply::take(haul_delta_version(table_.get()), folder_));
  std::int64_t version = 0;
  HAUL_CHECK(reply.ok()["version"].get(version) == simdjson::SUCCESS, "a version is a number");
  return version;
}

Result<std::vector<std::optional<std::int64_t>>> DeltaTableLog::offsets(
    const std::vector<std::string>& app_ids) {
  const std::string request = offsets_request(app_ids);
  HAUL_TRY(reply, Reply::take(haul_delta_offsets(table_.get(), request.c_str()), folder_));
  simdjson::dom::array stored;
  HAUL_CHECK(reply.ok()["offsets"].get(stored) == simdjson::SUCCESS, "offsets are a list");
  std::vector<std::optional<std::int64_t>> offsets;
  for (const auto offset : stored) {
    std::int64_t value = 0;
    offsets.push_back(offset.get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt);
  }
  return offsets;
}

Result<lake::Attempt> DeltaTableLog::try_commit(const lake::CommitRequest& request) {
  const std::string text = commit_request(request);
  HAUL_TRY(reply, Reply::take(haul_delta_commit(table_.get(), text.c_str()), folder_));
  return parse_attempt(reply.ok());
}

Result<void> DeltaTableLog::checkpoint() {
  HAUL_TRY_VOID(Reply::take(haul_delta_checkpoint(table_.get()), folder_));
  return {};
}

Result<std::optional<lake::Checkpoint>> DeltaTableLog::last_checkpoint() {
  HAUL_TRY(reply, Reply::take(haul_delta_last_checkpoint(table_.get()), folder_));
  lake::Checkpoint last;
  const bool is_there = reply.ok()["version"].get(last.version) == simdjson::SUCCESS &&
                        reply.ok()["actions"].get(last.actions) == simdjson::SUCCESS;
  return is_there ? std::optional(last) : std::nullopt;
}

Result<std::vector<lake::HistoryEntry>> DeltaTableLog::history(std::size_t limit) {
  const std::string request = fmt::format(R"({{"limit":{}}})", limit);
  HAUL_TRY(reply, Reply::take(haul_delta_history(table_.get(), request.c_str()), folder_));
  return parse_history(reply.ok());
}

Result<void> DeltaTableLog::arm_failpoint(const char* name) {
  HAUL_TRY_VOID(Reply::take(haul_delta_arm_failpoint(table_.get(), name), folder_));
  return {};
}

namespace {

class DeltaTableLogs final : public lake::TableLogs {
 public:
  explicit DeltaTableLogs(Rng& rng) : rng_(rng) {}
  Result<std::unique_ptr<lake::TableLog>> at(const Path& table_folder) override {
    HAUL_TRY(log, DeltaTableLog::open(table_folder, rng_));
    return std::move(log);
  }

 private:
  Rng& rng_;
};

}  // namespace

std::unique_ptr<lake::TableLogs> make_delta_table_logs(Rng& rng) {
  return std::make_unique<DeltaTableLogs>(rng);
}

}  // namespace haul::adapters
