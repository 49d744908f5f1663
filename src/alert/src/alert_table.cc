#include "haul/alert/alert_table.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <set>
#include <utility>

#include "alert_rows.h"
#include "haul/query/catalog.h"

namespace haul::alert {
namespace {

/// Another process may raise the same alert at the same moment; it does so once.
constexpr int kAttempts = 5;

/// What the txn of an alert counts up to.
constexpr std::int64_t kStoredRaised = 1;
constexpr std::int64_t kStoredResolved = 2;

/// Each alert once, in order.
std::vector<Alert> without_repeats(const std::vector<Alert>& alerts) {
  std::set<std::string> seen;
  std::vector<Alert> out;
  for (const Alert& alert : alerts) {
    if (seen.insert(alert_id(alert)).second) out.push_back(alert);
  }
  return out;
}

std::vector<std::string> app_ids(const std::vector<Alert>& alerts) {
  std::vector<std::string> ids;
  for (const Alert& alert : alerts) ids.push_back("alert/" + alert_id(alert));
  return ids;
}

/// Commits those of `alerts` that the table has not in this state yet, and returns them. kConflict: another
/// writer was faster.
Result<std::vector<Alert>> store_once(lake::Table& table, const std::vector<Alert>& alerts, State state,
                                      const std::vector<NotifierSpec>& notifiers) {
  const bool raises = state == State::kRaised;
  const std::vector<std::string> ids = app_ids(alerts);
  HAUL_TRY(stored, table.offsets(ids));
  std::vector<Alert> fresh;
  lake::CommitRequest request;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const bool due = raises ? !stored[i].has_value() : stored[i] == kStoredRaised;
    if (!due) continue;
    fresh.push_back(alerts[i]);
    request.offsets.push_back({ids[i], stored[i], raises ? kStoredRaised : kStoredResolved});
  }
  if (fresh.empty()) return fresh;
  HAUL_TRY(rows, alert_rows(fresh, state, notifiers));
  HAUL_TRY(writer, table.stage());
  HAUL_TRY_VOID(writer->write(*rows));
  HAUL_TRY(file, writer->finish());
  request.adds.push_back(std::move(file));
  HAUL_TRY(report, table.commit(std::move(request)));
  static_cast<void>(report);
  return fresh;
}

}  // namespace

columnar::Schema alert_schema() {
  using columnar::Presence;
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return {{{"id", arrow::utf8(), Presence::kRequired},
           {"state", arrow::utf8(), Presence::kRequired},
           {"kind", arrow::utf8(), Presence::kRequired},
           {"severity", arrow::utf8(), Presence::kRequired},
           {"subject", arrow::utf8(), Presence::kRequired},
           {"occasion", arrow::utf8(), Presence::kRequired},
           {"message", arrow::utf8(), Presence::kRequired},
           {"changed_at", utc, Presence::kRequired},
           {"event_time", utc},
           {"labels", arrow::utf8(), Presence::kRequired},
           {"notify", arrow::list(arrow::utf8())}}};
}

AlertTable::AlertTable(AlertContext context) : context_(std::move(context)) {}

Result<std::size_t> AlertTable::store(const std::vector<Alert>& alerts, State state) {
  if (alerts.empty()) return std::size_t{0};
  const std::vector<Alert> wanted = without_repeats(alerts);
  const Path folder = context_.lake_folder / "system" / "alerts";
  for (int attempt = 1;; ++attempt) {
    auto table = state == State::kRaised
                     ? lake::Table::open_or_create(context_.lake, folder, {alert_schema(), {}, {}})
                     : lake::Table::open(context_.lake, folder);
    const bool nothing_to_end = !table && table.error().code == ErrorCode::kNotFound;
    if (nothing_to_end && state == State::kResolved) return std::size_t{0};
    if (!table) return fail(std::move(table).error());
    auto stored = store_once(**table, wanted, state, context_.notifiers);
    if (stored) {
      if (state == State::kRaised) raised_.insert(raised_.end(), stored->begin(), stored->end());
      return stored->size();
    }
    if (stored.error().code != ErrorCode::kConflict || attempt == kAttempts)
      return fail(std::move(stored).error());
  }
}

Result<std::size_t> AlertTable::raise(const std::vector<Alert>& alerts) {
  return store(alerts, State::kRaised);
}

Result<std::size_t> AlertTable::resolve(const std::vector<Alert>& alerts) {
  return store(alerts, State::kResolved);
}

Result<std::vector<OpenAlert>> AlertTable::open() {
  query::Catalog catalog(context_.lake.files, context_.lake.logs, context_.lake_folder, {});
  std::vector<OpenAlert> out;
  auto scans = catalog.pin({"system.alerts"}, {});
  if (!scans && scans.error().code == ErrorCode::kNotFound) return out;
  if (!scans) return fail(std::move(scans).error());
  query::QueryRequest request;
  request.sql = fmt::format(
      "SELECT {} FROM system.alerts AS raised WHERE state = 'raised' AND NOT EXISTS (SELECT 1 FROM "
      "system.alerts AS ended WHERE ended.id = raised.id AND ended.state = 'resolved') "
      "ORDER BY changed_at DESC, id",
      kNotificationColumns);
  request.scans = std::move(*scans);
  HAUL_TRY(table, query::run_to_table(context_.engine, request));
  HAUL_TRY(rows, read_rows(*table));
  for (ReadRow& row : rows)
    out.push_back({std::move(row.notification.id), std::move(row.notification.alert)});
  return out;
}

}  // namespace haul::alert
