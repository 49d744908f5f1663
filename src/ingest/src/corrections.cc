#include "corrections.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <set>
#include <tuple>

#include "haul/base/check.h"
#include "haul/columnar/arrow_error.h"
#include "haul/columnar/selection.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {
namespace {

constexpr std::string_view kRowNumber = "correction";

/// Each correction with the pending rows that its address fits.
std::string matches_sql(std::string_view pending) {
  return fmt::format(
      "WITH pending AS MATERIALIZED (SELECT _partition, _offset, _line, _file, _ingest_time, in_silver FROM "
      "({})), "
      "by_offset AS (SELECT c.{row}, p._partition, p._offset, p._ingest_time, p._file, p.in_silver FROM "
      "replay.corrections AS c JOIN pending AS p ON p._partition = c._partition AND p._offset = c._offset), "
      "by_line AS (SELECT c.{row}, p._partition, p._offset, p._ingest_time, p._file, p.in_silver FROM "
      "replay.corrections AS c JOIN pending AS p ON p._line = c._line AND (c._file IS NULL OR p._file = "
      "c._file) "
      "WHERE c._offset IS NULL) "
      "SELECT * FROM by_offset UNION ALL SELECT * FROM by_line ORDER BY ALL",
      pending, fmt::arg("row", kRowNumber));
}

}  // namespace

const columnar::Schema& address_schema() {
  static const columnar::Schema kSchema{{{"_partition", arrow::int32()},
                                         {"_offset", arrow::int64()},
                                         {"_line", arrow::int64()},
                                         {"_file", arrow::utf8()}}};
  return kSchema;
}

Result<Corrections> Corrections::read(FileSystem& files, const Path& path, const FormatOptions& format) {
  Corrections read;
  read.file_ = path.string();
  HAUL_TRY(file, files.open_for_read(path));
  HAUL_TRY(splitter, RowSplitter::open(*file, format, {}));
  read.header_ = splitter->header();
  HAUL_TRY(addresses, Decoder::make(splitter->row_format(), address_schema(), read.header_));
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    last = rows.last;
    if (!rows.too_long.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: line {}: {}", read.file_, rows.too_long.front().line,
                              too_long_reason(rows.too_long.front())));
    }
    if (!rows.lines.empty()) HAUL_TRY_VOID(read.add(rows.view(), rows.lines, *addresses));
  }
  return read;
}

Error Corrections::problem(std::size_t row, std::string_view what) const {
  return {ErrorCode::kInvalidInput, fmt::format("{}: line {}: {}", file_, lines_[row], what)};
}

Result<void> Corrections::add(const RawRows& rows, std::span<const std::uint64_t> lines, Decoder& addresses) {
  const std::size_t first = lines_.size();
  lines_.insert(lines_.end(), lines.begin(), lines.end());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto begin = static_cast<std::size_t>(rows.ends[row]);
    const auto end = static_cast<std::size_t>(rows.ends[row + 1]);
    bytes_.append(reinterpret_cast<const char*>(rows.bytes.data()) + begin, end - begin);
    if (bytes_.size() > INT32_MAX) {
      return fail(problem(first + row, "the file has more than 2 GiB: correct fewer rows at a time"));
    }
    ends_.push_back(static_cast<std::int32_t>(bytes_.size()));
  }
  HAUL_TRY(decoded, addresses.decode(rows));
  if (!decoded.rejected.empty()) {
    return fail(problem(first + decoded.rejected.front().row, decoded.rejected.front().reason));
  }
  const auto column = [&decoded](const char* name) { return decoded.rows->GetColumnByName(name); };
  for (std::int64_t row = 0; row < decoded.rows->num_rows(); ++row) {
    const bool by_offset = column("_partition")->IsValid(row) && column("_offset")->IsValid(row);
    if (by_offset || (column("_line")->IsValid(row) && column("_offset")->IsNull(row))) continue;
    return fail(problem(first + static_cast<std::size_t>(row),
                        "needs the place of the row it corrects: _partition and _offset, or _line"));
  }
  addresses_.push_back(std::move(decoded.rows));
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> Corrections::resolve(query::SqlEngine& engine,
                                                                 query::QueryRequest pending) const {
  if (lines_.empty()) return fail(ErrorCode::kInvalidInput, file_ + ": has no rows");
  HAUL_TRY(addresses, columnar::concatenate(addresses_));
  std::vector<std::int64_t> numbers(lines_.size());
  for (std::size_t row = 0; row < numbers.size(); ++row) numbers[row] = static_cast<std::int64_t>(row);
  HAUL_TRY(number_column, columnar::int64_column(numbers));
  HAUL_TRY(numbered, columnar::append_columns(*addresses, {{std::string(kRowNumber), number_column}}));
  auto table = arrow::Table::FromRecordBatches({numbered});
  HAUL_TRY(columns, columnar::from_arrow(*numbered->schema()));
  if (!table.ok()) return fail(columnar::to_error(table.status(), file_));
  pending.scans.push_back({"replay", "corrections", std::move(columns), {}, *table});
  pending.sql = matches_sql(pending.sql);
  HAUL_TRY(matched_table, query::run_to_table(engine, pending));
  auto combined = matched_table->CombineChunksToBatch();
  if (!combined.ok()) return fail(columnar::to_error(combined.status(), file_));
  const arrow::RecordBatch& matched = **combined;

  const auto& row_of =
      static_cast<const arrow::Int64Array&>(*matched.GetColumnByName(std::string(kRowNumber)));
  const auto& partitions = static_cast<const arrow::Int32Array&>(*matched.GetColumnByName("_partition"));
  const auto& offsets = static_cast<const arrow::Int64Array&>(*matched.GetColumnByName("_offset"));
  const auto& times = static_cast<const arrow::TimestampArray&>(*matched.GetColumnByName("_ingest_time"));
  std::set<std::tuple<std::int32_t, std::int64_t, std::int64_t>> taken;
  for (std::size_t row = 0; row < lines_.size(); ++row) {
    const auto at = static_cast<std::int64_t>(row);
    if (at >= matched.num_rows() || row_of.Value(at) > at) {
      return fail(problem(row, "no row of the quarantine that waits is at this place"));
    }
    if (row_of.Value(at) < at) {
      return fail(problem(row - 1, "several rows wait at this place: narrow them with --file, or add _file"));
    }
    if (!taken.insert({partitions.Value(at), offsets.Value(at), times.Value(at)}).second) {
      return fail(problem(row, "another row of the file corrects the same place"));
    }
  }
  if (matched.num_rows() > static_cast<std::int64_t>(lines_.size())) {
    return fail(
        problem(lines_.size() - 1, "several rows wait at this place: narrow them with --file, or add _file"));
  }
  const auto rows = matched.num_rows();
  const auto payload = std::make_shared<arrow::BinaryArray>(rows, arrow::Buffer::FromVector(ends_),
                                                            arrow::Buffer::FromString(bytes_));
  HAUL_TRY(header, columnar::constant_text(header_, rows));
  return columnar::append_columns(matched, {{"payload", payload}, {"_header", header}});
}

}  // namespace haul::ingest
