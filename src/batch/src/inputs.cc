#include "inputs.h"

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "haul/base/hash.h"
#include "haul/base/sql_words.h"
#include "haul/batch/project.h"
#include "sql_words.h"

namespace haul::batch {
namespace {

/// Delta cuts timestamps in statistics to milliseconds: the true maximum may be so much later.
constexpr Micros kCutFromMaximum{999};

std::uint64_t identity_of(const lake::DataFile& file) {
  std::string text = file.path;
  for (const std::uint64_t row : file.deleted_rows) text += fmt::format("|{}", row);
  return hash64(text);
}

std::optional<EventTime> time_at(simdjson::dom::element statistics, const char* bound,
                                 const std::string& column) {
  std::string_view text;
  std::int64_t micros = 0;
  if (statistics[bound][column].get(text) != simdjson::SUCCESS || !try_parse_utc(text, &micros))
    return std::nullopt;
  return EventTime(Micros(micros));
}

/// Nothing: the statistics do not say.
std::optional<DaySpan> span_in_statistics(const lake::DataFile& file, const std::string& column) {
  simdjson::dom::parser parser;
  simdjson::dom::element statistics;
  if (parser.parse(file.statistics).get(statistics) != simdjson::SUCCESS) return std::nullopt;
  const auto first = time_at(statistics, "minValues", column);
  const auto last = time_at(statistics, "maxValues", column);
  if (!first || !last) return std::nullopt;
  return DaySpan{day_of(*first), day_of(*last + kCutFromMaximum)};
}

query::ScanFile scan_file(const PinnedDataset& dataset, const lake::DataFile& file) {
  query::ScanFile out;
  out.path = dataset.folder / file.path;
  out.deleted_rows = file.deleted_rows;
  out.partition_values = file.partition_values;
  return out;
}

query::Scan scan_without_files(const PinnedDataset& dataset) {
  auto [schema, name] = split_name(dataset.name);
  query::Scan scan;
  scan.schema = std::move(schema);
  scan.name = std::move(name);
  scan.columns = dataset.snapshot.schema;
  return scan;
}

/// Reads the smallest and largest event time of one file. Nothing: it has none.
Result<std::optional<DaySpan>> span_in_file(const RunPlaces& places, const PinnedDataset& dataset,
                                            const lake::DataFile& file) {
  query::QueryRequest request;
  const std::string column = quoted_name(dataset.event_time);
  request.sql = fmt::format(
      "SELECT datediff('day', DATE '1970-01-01', CAST(min({0}) AS DATE)) AS first,"
      " datediff('day', DATE '1970-01-01', CAST(max({0}) AS DATE)) AS last FROM {1}",
      column, dataset.name);
  query::Scan scan = scan_without_files(dataset);
  scan.files.push_back(scan_file(dataset, file));
  request.scans.push_back(std::move(scan));
  HAUL_TRY(table, query::run_to_table(places.engine, request));
  const auto first = table->column(0)->GetScalar(0);
  const auto last = table->column(1)->GetScalar(0);
  if (!first.ok() || !last.ok() || !(*first)->is_valid || !(*last)->is_valid) return std::optional<DaySpan>();
  const auto day = [](const arrow::Scalar& scalar) {
    return Day(std::chrono::days(static_cast<const arrow::Int64Scalar&>(scalar).value));
  };
  return std::optional(DaySpan{day(**first), day(**last)});
}

}  // namespace

Path table_folder(const Path& lake_folder, const std::string& dataset) {
  const auto [schema, name] = split_name(dataset);
  return lake_folder / schema / name;
}

Result<PinnedDataset> pin_dataset(const RunPlaces& places, std::string name, std::string event_time) {
  PinnedDataset out;
  out.folder = table_folder(places.lake_folder, name);
  out.name = std::move(name);
  out.event_time = std::move(event_time);
  HAUL_TRY(table, lake::Table::open(places.lake, out.folder));
  HAUL_TRY(snapshot, table->snapshot());
  out.snapshot = std::move(snapshot);
  for (const lake::DataFile& file : out.snapshot.files) {
    out.identities.push_back(identity_of(file));
    if (out.event_time.empty()) continue;
    auto span = span_in_statistics(file, out.event_time);
    if (!span) {
      HAUL_TRY(read, span_in_file(places, out, file));
      span = read;
    }
    out.spans.push_back(span);
  }
  return out;
}

std::optional<DaySpan> extent(const PinnedDataset& dataset) {
  std::optional<DaySpan> out;
  for (const auto& span : dataset.spans) {
    if (!span) continue;
    if (!out) out = span;
    out = DaySpan{std::min(out->first, span->first), std::max(out->last, span->last)};
  }
  return out;
}

query::Scan scan_of(const PinnedDataset& dataset) {
  query::Scan scan = scan_without_files(dataset);
  for (const lake::DataFile& file : dataset.snapshot.files) scan.files.push_back(scan_file(dataset, file));
  return scan;
}

query::Scan scan_of(const PinnedDataset& dataset, const DayRange& window) {
  if (dataset.event_time.empty()) return scan_of(dataset);
  query::Scan scan = scan_without_files(dataset);
  scan.where = in_range(dataset.event_time, window);
  for (std::size_t i = 0; i < dataset.spans.size(); ++i) {
    if (dataset.spans[i] && dataset.spans[i]->overlaps(window)) {
      scan.files.push_back(scan_file(dataset, dataset.snapshot.files[i]));
    }
  }
  return scan;
}

Result<void> verify_files(lake::DataFileVerifier& verifier, const std::vector<query::Scan>& scans) {
  for (const query::Scan& scan : scans) {
    for (const query::ScanFile& file : scan.files) HAUL_TRY_VOID(verifier.verify(file.path));
  }
  return {};
}

}  // namespace haul::batch
