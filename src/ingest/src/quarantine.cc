#include "haul/ingest/quarantine.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "haul/base/sql_words.h"

namespace haul::ingest {
namespace {

constexpr std::array<std::pair<QuarantineStatus, std::string_view>, 3> kStatuses{
    {{QuarantineStatus::kPending, "pending"},
     {QuarantineStatus::kReplayed, "replayed"},
     {QuarantineStatus::kDropped, "dropped"}}};

std::string literal(IngestTime at) { return "TIMESTAMPTZ " + quoted_text(format_utc(at)); }

std::string conditions(const QuarantineFilter& filter) {
  std::string out = "true";
  if (!filter.rule.empty()) out += fmt::format(" AND list_contains(rules, {})", quoted_text(filter.rule));
  if (!filter.file.empty()) out += fmt::format(" AND _file = {}", quoted_text(filter.file));
  if (!filter.contract_version.empty()) {
    out += fmt::format(" AND contract_version = {}", quoted_text(filter.contract_version));
  }
  if (filter.since) out += fmt::format(" AND _ingest_time >= {}", literal(*filter.since));
  if (filter.until) out += fmt::format(" AND _ingest_time < {}", literal(*filter.until));
  if (filter.status) out += fmt::format(" AND status = {}", quoted_text(to_text(*filter.status)));
  return out;
}

}  // namespace

std::string_view to_text(QuarantineStatus status) {
  for (const auto& [known, text] : kStatuses) {
    if (known == status) return text;
  }
  return {};
}

Result<QuarantineStatus> parse_quarantine_status(std::string_view text) {
  for (const auto& [status, known] : kStatuses) {
    if (known == text) return status;
  }
  return fail(ErrorCode::kInvalidInput,
              fmt::format("`{}` is no status; write pending, replayed or dropped", text));
}

columnar::Schema replays_schema() {
  using columnar::Presence;
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return {{{"source", arrow::utf8(), Presence::kRequired},
           {"_partition", arrow::int32(), Presence::kRequired},
           {"_offset", arrow::int64(), Presence::kRequired},
           {"_ingest_time", time, Presence::kRequired},
           {"outcome", arrow::utf8(), Presence::kRequired},
           {"rules", arrow::list(arrow::utf8())},
           {"reason", arrow::utf8()},
           {"contract_id", arrow::utf8()},
           {"contract_version", arrow::utf8()},
           {"replay", arrow::utf8(), Presence::kRequired},
           {"judged_at", time, Presence::kRequired},
           {"judged_by", arrow::utf8()},
           {"payload", arrow::binary()}}};
}

std::string quarantined_rows_sql(std::string_view source, const QuarantineFilter& filter) {
  return fmt::format(
      "SELECT * FROM (SELECT q.payload, q._header, q._source, q._file, q._line, q._partition, q._offset, "
      "q._ingest_time, coalesce(r.rules, q.rules) AS rules, coalesce(r.reason, q.reason) AS reason, "
      "q.contract_id, coalesce(r.contract_version, q.contract_version) AS contract_version, q.decoded, "
      "q.run, "
      "CASE WHEN r.landed THEN 'replayed' WHEN r.dropped THEN 'dropped' ELSE 'pending' END AS status "
      "FROM quarantine.{} AS q LEFT JOIN (SELECT _partition, _offset, _ingest_time, "
      "bool_or(outcome IN ('landed', 'duplicate', 'superseded')) AS landed, bool_or(outcome = 'dropped') AS "
      "dropped, "
      "arg_max(rules, judged_at) FILTER (outcome = 'still_bad') AS rules, "
      "arg_max(reason, judged_at) FILTER (outcome = 'still_bad') AS reason, "
      "arg_max(contract_version, judged_at) FILTER (outcome = 'still_bad') AS contract_version "
      "FROM system.{} WHERE source = {} GROUP BY _partition, _offset, _ingest_time) AS r "
      "USING (_partition, _offset, _ingest_time)) WHERE {}",
      quoted_name(source), kReplaysTable, quoted_text(source), conditions(filter));
}

}  // namespace haul::ingest
