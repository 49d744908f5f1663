#include "flow_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "haul/base/sql_words.h"
#include "haul/lake/table.h"
#include "haul/query/catalog.h"
#include "haul/query/sql_engine.h"
#include "landed_steps.h"

namespace haul::app {
namespace {

/// The rows of the ranges, as a condition.
std::string where(std::span<const server::OffsetRange> ranges) {
  std::vector<std::string> parts;
  for (const server::OffsetRange& range : ranges) {
    parts.push_back(fmt::format("(_partition = {} AND _offset >= {} AND _offset < {})", range.partition.raw(),
                                range.first.raw(), range.end.raw()));
  }
  return fmt::format("{}", fmt::join(parts, " OR "));
}

/// The number after `"_offset":` in one part of a file's statistics.
std::optional<std::uint64_t> bound(std::string_view statistics, std::string_view part) {
  const std::size_t begin = statistics.find(fmt::format("\"{}\"", part));
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view values = statistics.substr(begin, statistics.find('}', begin) - begin);
  constexpr std::string_view kName = "\"_offset\":";
  const std::size_t at = values.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const std::string_view digits = values.substr(at + kName.size());
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// False where the file's statistics show that no row of the ranges is in it.
bool may_hold(const lake::DataFile& file, std::span<const server::OffsetRange> ranges) {
  const auto lowest = bound(file.statistics, "minValues");
  const auto highest = bound(file.statistics, "maxValues");
  if (!lowest || !highest) return true;
  return std::any_of(ranges.begin(), ranges.end(), [&](const server::OffsetRange& range) {
    return range.first.raw() <= *highest && *lowest < range.end.raw();
  });
}

}  // namespace

std::vector<Offset> FlowRows::landed(const std::string& source) const {
  const auto found = workers_.find(source);
  if (found == workers_.end()) return {};
  std::vector<Offset> landed = found->second.front()->committed();
  for (const FlowWorker* worker : found->second) {
    const std::vector<Offset> other = worker->committed();
    if (other.size() != landed.size()) return {};  // one of them is not open yet
    for (std::size_t p = 0; p < landed.size(); ++p) landed[p] = std::min(landed[p], other[p]);
  }
  return landed;
}

TopicReaders FlowRows::readers() const {
  TopicReaders readers;
  for (const auto& [source, workers] : workers_) {
    readers.emplace(source, [this, name = source] { return landed(name); });
  }
  return readers;
}

Result<std::unique_ptr<lake::Table>> FlowRows::open_table(const std::string& layer, const std::string& name) {
  auto table = lake::Table::open(service_.platform().lake(), service_.project().lake / layer / name);
  if (!table && table.error().code == ErrorCode::kNotFound) return std::unique_ptr<lake::Table>();
  return table;
}

Result<std::optional<query::Scan>> FlowRows::pin(const Path& folder, const lake::Snapshot& snapshot,
                                                 Rows rows, std::span<const server::OffsetRange> ranges) {
  query::Scan scan{.schema = folder.parent_path().filename().string(),
                   .name = folder.filename().string(),
                   .columns = snapshot.schema};
  for (const lake::DataFile& file : snapshot.files) {
    if (!may_hold(file, ranges)) continue;
    HAUL_TRY_VOID(lake::verify_data_file(service_.platform().files(), folder / file.path));
    scan.files.push_back(
        {folder / file.path, rows == Rows::kLive ? file.deleted_rows : std::vector<std::uint64_t>()});
  }
  if (scan.files.empty()) return std::optional<query::Scan>();
  return std::optional<query::Scan>(std::move(scan));
}

Result<std::uint64_t> FlowRows::count_rows(std::optional<query::Scan> scan,
                                           std::span<const server::OffsetRange> ranges) {
  if (!scan) return 0;
  query::QueryRequest request;
  request.limits.threads = 1;
  request.sql = fmt::format("SELECT count(*) AS rows FROM {}.{} WHERE {}", scan->schema,
                            quoted_name(scan->name), where(ranges));
  request.scans.push_back(*std::move(scan));
  HAUL_TRY(rows, query::run_to_table(service_.platform().engine(), request));
  return static_cast<std::uint64_t>(
      std::static_pointer_cast<arrow::Int64Array>(rows->column(0)->chunk(0))->Value(0));
}

Result<std::uint64_t> FlowRows::count_landed(lake::Table& table, const std::string& silver,
                                             std::span<const server::OffsetRange> ranges) {
  HAUL_TRY(steps, landed_steps(table, ranges));
  if (!steps)
    return fail(ErrorCode::kNotFound, fmt::format("silver.{} does not say what landed when", silver));
  std::uint64_t valid = 0;
  for (const LandedStep& step : *steps) {
    HAUL_TRY(snapshot, table.snapshot_at(step.version));
    HAUL_TRY(scan, pin(table.folder(), snapshot, Rows::kAll, step.ranges));
    HAUL_TRY(rows, count_rows(std::move(scan), step.ranges));
    valid += rows;
  }
  return valid;
}

Result<std::uint64_t> FlowRows::count_valid(const std::string& silver,
                                            std::span<const server::OffsetRange> ranges) {
  HAUL_TRY(table, open_table("silver", silver));
  if (table == nullptr) return 0;
  const auto landed = count_landed(*table, silver, ranges);
  if (landed || landed.error().code != ErrorCode::kNotFound) return landed;
  // What silver was then is gone, or was written before it said so: what it has now is the best answer.
  HAUL_TRY(snapshot, table->snapshot());
  HAUL_TRY(scan, pin(table->folder(), snapshot, Rows::kLive, ranges));
  return count_rows(std::move(scan), ranges);
}

Result<server::LandedCounts> FlowRows::count(const std::string& source,
                                             std::span<const server::OffsetRange> ranges) {
  server::LandedCounts counts;
  if (ranges.empty()) return counts;
  const std::lock_guard lock(mutex_);
  const auto worker = workers_.find(source);
  if (worker == workers_.end()) return fail(ErrorCode::kNotFound, fmt::format("no flow reads {}", source));
  HAUL_TRY(valid, count_valid(worker->second.front()->flow().flow, ranges));
  counts.valid = valid;
  HAUL_TRY(table, open_table("quarantine", source));
  if (table == nullptr) return counts;
  HAUL_TRY(snapshot, table->snapshot());
  query::QueryRequest request;
  request.limits.threads = 1;
  HAUL_TRY(refused, pin(table->folder(), snapshot, Rows::kLive, ranges));
  if (!refused) return counts;
  request.scans = {*std::move(refused)};
  request.sql = fmt::format(
      "SELECT rule, count(*) AS rows FROM (SELECT unnest(list_prepend('', rules)) AS rule FROM "
      "quarantine.\"{}\" WHERE {}) GROUP BY rule",
      source, where(ranges));
  HAUL_TRY(by_rule, query::run_to_table(service_.platform().engine(), request));
  for (int chunk = 0; chunk < by_rule->column(0)->num_chunks(); ++chunk) {
    const auto rules = std::static_pointer_cast<arrow::StringArray>(by_rule->column(0)->chunk(chunk));
    const auto rows = std::static_pointer_cast<arrow::Int64Array>(by_rule->column(1)->chunk(chunk));
    for (std::int64_t i = 0; i < rules->length(); ++i) {
      const auto number = static_cast<std::uint64_t>(rows->Value(i));
      // The empty rule stands for the row itself: a row may have broken several.
      if (rules->GetView(i).empty())
        counts.quarantined = number;
      else
        counts.quarantined_by_rule.emplace(rules->GetView(i), number);
    }
  }
  return counts;
}

}  // namespace haul::app
