#include "haul/alert/outbox.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <set>
#include <utility>

#include "alert_rows.h"
#include "haul/columnar/arrow_error.h"
#include "haul/columnar/selection.h"
#include "haul/query/catalog.h"

namespace haul::alert {
namespace {

/// What the rows of system.alerts are due and system.notifications does not record, oldest first.
Result<std::vector<ReadRow>> due(const AlertContext& context) {
  query::Catalog catalog(context.lake.files, context.lake.logs, context.lake_folder, {});
  auto scans = catalog.pin({"system.alerts"}, {});
  if (!scans && scans.error().code == ErrorCode::kNotFound) return std::vector<ReadRow>();
  if (!scans) return fail(std::move(scans).error());
  auto recorded = catalog.pin({"system.notifications"}, {});
  if (!recorded && recorded.error().code != ErrorCode::kNotFound) return fail(std::move(recorded).error());
  query::QueryRequest request;
  request.scans = std::move(*scans);
  std::string unrecorded;
  if (recorded) {
    unrecorded =
        "WHERE NOT EXISTS (SELECT 1 FROM system.notifications AS done WHERE done.id = due.id AND "
        "done.state = due.state AND done.notifier = due.notifier)";
    request.scans.push_back(std::move(recorded->front()));
  }
  request.sql = fmt::format(
      "SELECT * FROM (SELECT {}, unnest(notify) AS notifier FROM system.alerts) AS due {} "
      "ORDER BY changed_us, id, state, notifier",
      kNotificationColumns, unrecorded);
  HAUL_TRY(table, query::run_to_table(context.engine, request));
  return read_rows(*table);
}

Result<std::shared_ptr<arrow::RecordBatch>> notification_row(const ReadRow& sent, std::string_view outcome,
                                                             std::string_view note, IngestTime at) {
  arrow::ArrayVector columns;
  const Notification& notification = sent.notification;
  for (const std::string_view text : {std::string_view(notification.id), to_string(notification.state),
                                      std::string_view(sent.notifier), outcome, note}) {
    HAUL_TRY(column, columnar::constant_text(text, 1));
    columns.push_back(column);
  }
  const std::int64_t micros = at.time_since_epoch().count();
  HAUL_TRY(recorded_at, columnar::utc_column({&micros, 1}));
  columns.push_back(recorded_at);
  return arrow::RecordBatch::Make(columnar::to_arrow(notification_schema()), 1, columns);
}

/// Records one outcome; one that another process has recorded meanwhile is recorded already.
Result<void> record(const AlertContext& context, const ReadRow& sent, std::string_view outcome,
                    std::string_view note) {
  HAUL_TRY(table, lake::Table::open_or_create(context.lake, context.lake_folder / "system" / "notifications",
                                              {notification_schema(), {}, {}}));
  HAUL_TRY(row, notification_row(sent, outcome, note, context.lake.clock.now()));
  HAUL_TRY(writer, table->stage());
  HAUL_TRY_VOID(writer->write(*row));
  HAUL_TRY(file, writer->finish());
  lake::CommitRequest request;
  request.adds.push_back(std::move(file));
  const std::string app_id = fmt::format("notified/{}/{}", sent.notification.key(), sent.notifier);
  request.offsets.push_back({app_id, std::nullopt, 1});
  auto committed = table->commit(std::move(request));
  if (committed || committed.error().code == ErrorCode::kConflict) return {};
  return fail(std::move(committed).error());
}

}  // namespace

columnar::Schema notification_schema() {
  using columnar::Presence;
  return {{{"id", arrow::utf8(), Presence::kRequired},
           {"state", arrow::utf8(), Presence::kRequired},
           {"notifier", arrow::utf8(), Presence::kRequired},
           {"outcome", arrow::utf8(), Presence::kRequired},
           {"note", arrow::utf8()},
           {"recorded_at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired}}};
}

Result<Delivered> deliver(const AlertContext& context, const Notifiers& notifiers) {
  Delivered delivered;
  HAUL_TRY(rows, due(context));
  std::set<std::string> down;
  for (const ReadRow& row : rows) {
    const auto notifier = notifiers.find(row.notifier);
    if (notifier == notifiers.end()) continue;
    if (down.contains(row.notifier)) {
      ++delivered.waiting;
      continue;
    }
    const auto sent = notifier->second->send(row.notification);
    if (sent) {
      HAUL_TRY_VOID(record(context, row, "sent", ""));
      ++delivered.sent;
    } else if (sent.error().code == ErrorCode::kInvalidInput) {
      delivered.problems.push_back(fmt::format("notifier {} refused alert {}: {}", row.notifier,
                                               row.notification.key(), sent.error().message));
      HAUL_TRY_VOID(record(context, row, "refused", sent.error().message));
    } else {
      delivered.problems.push_back(
          fmt::format("notifier {} cannot be told: {}; it is tried again by the "
                      "next command",
                      row.notifier, sent.error().message));
      down.insert(row.notifier);
      ++delivered.waiting;
    }
  }
  return delivered;
}

}  // namespace haul::alert
