#include "drop_alerts.h"

#include <fmt/format.h>

#include <algorithm>

#include "alerts.h"
#include "haul/alert/alert_table.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::chrono::nanoseconds kCalendarEvery = 10s;

}  // namespace

DropAlerts::DropAlerts(Platform& platform, const Project& project, const ingest::Source& source,
                       ingest::FileLedger& ledger)
    : platform_(platform), project_(project), source_(source), ledger_(ledger) {}

Result<void> DropAlerts::after_look(const ingest::IntakeReport& report) {
  std::vector<alert::Alert> to_raise;
  std::vector<alert::Alert> to_resolve;
  for (const ingest::FileRecord& file : report.settled) {
    if (file.state == ingest::FileState::kQuarantined) to_raise.push_back(refused(file));
    if (file.state != ingest::FileState::kLoaded || !source_.drop->expect || !file.named.date) continue;
    for (const bool is_missing : {false, true}) {
      to_resolve.push_back(overdue(*file.named.date, is_missing));
      to_resolve.back().message = fmt::format("{} has come", file.file);
    }
  }
  HAUL_TRY_VOID(raise_alerts(platform_, project_, to_raise));
  if (!to_resolve.empty()) {
    HAUL_TRY_VOID(alert::AlertTable(alert_context(platform_, project_)).resolve(to_resolve));
  }
  if (!source_.drop->expect || platform_.clock().steady() < next_calendar_) return {};
  next_calendar_ = platform_.clock().steady() + kCalendarEvery;
  return raise_overdue();
}

Result<void> DropAlerts::raise_overdue() {
  const ingest::DeliveryCalendar& calendar = *source_.drop->expect;
  const IngestTime now = platform_.clock().now();
  const auto dates = calendar.due_dates(now);
  if (dates.empty()) return {};
  HAUL_TRY(files, ledger_.files(source_.name));
  std::set<ingest::BusinessDate> came;
  for (const ingest::FileRecord& file : files) {
    const bool has_rows =
        file.state == ingest::FileState::kLoaded || file.state == ingest::FileState::kSuperseded;
    if (has_rows && file.named.date) came.insert(*file.named.date);
  }
  std::vector<alert::Alert> alerts;
  for (const ingest::BusinessDate date : dates) {
    if (came.contains(date)) continue;
    for (const bool is_missing : {false, true}) {
      if (is_missing && now < calendar.due(date) + calendar.missing_after) continue;
      alert::Alert alert = overdue(date, is_missing);
      if (raised_.insert(alert_id(alert)).second) alerts.push_back(std::move(alert));
    }
  }
  return alerts.empty() ? Result<void>{} : raise_alerts(platform_, project_, alerts);
}

alert::Alert DropAlerts::overdue(ingest::BusinessDate date, bool is_missing) const {
  const IngestTime due = source_.drop->expect->due(date);
  const std::string day = ingest::to_string(date);
  return {.kind = is_missing ? "missing_file" : "late_file",
          .subject = fmt::format("source {}", source_.name),
          .occasion = day,
          .severity = is_missing ? alert::Severity::kError : alert::Severity::kWarning,
          .message = fmt::format("the file of {} {}: it was due at {}", day,
                                 is_missing ? "is missing" : "is late", format_utc(due)),
          .raised_at = platform_.clock().now(),
          .event_time = EventTime{due.time_since_epoch()},
          .labels = {{"source", source_.name}, {"business_date", day}}};
}

alert::Alert DropAlerts::refused(const ingest::FileRecord& file) const {
  return {.kind = "file_refused",
          .subject = fmt::format("source {}", source_.name),
          .occasion = file.sha256,
          .severity = alert::Severity::kError,
          .message = fmt::format("the file {} was refused: {}", file.file, file.reason),
          .raised_at = file.at,
          .labels = {{"source", source_.name}, {"file", file.file}}};
}

}  // namespace haul::app
