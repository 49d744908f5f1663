#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "haul/base/sql_words.h"
#include "haul/columnar/arrow_error.h"
#include "haul/ingest/file_ledger.h"
#include "haul/query/catalog.h"

namespace haul::ingest {
namespace {

constexpr std::array<std::string_view, 6> kStates = {"received",    "validated", "loaded",
                                                     "quarantined", "duplicate", "superseded"};

/// The columns of file_schema(), one builder each, in its order.
class RowsBuilder {
 public:
  void add(const FileRecord& record) {
    const auto number = [this](arrow::Int64Builder& builder, const std::optional<std::uint64_t>& value) {
      status_ &= value ? builder.Append(static_cast<std::int64_t>(*value)) : builder.AppendNull();
    };
    const std::array<std::string_view, 6> texts = {record.source,           record.file,   record.sha256,
                                                   to_string(record.state), record.reason, record.shown_name};
    for (std::size_t i = 0; i < texts.size(); ++i) status_ &= texts_.at(i).Append(texts.at(i));
    number(numbers_[0], record.bytes);
    status_ &= record.named.date
                   ? date_.Append(static_cast<std::int32_t>(record.named.date->time_since_epoch().count()))
                   : date_.AppendNull();
    status_ &= record.named.sequence ? sequence_.Append(*record.named.sequence) : sequence_.AppendNull();
    number(numbers_[1], record.rows);
    number(numbers_[2], record.valid);
    number(numbers_[3], record.quarantined);
    number(numbers_[4], record.duplicates);
    status_ &= at_.Append(record.at.time_since_epoch().count());
    ++rows_;
  }

  Result<std::shared_ptr<arrow::RecordBatch>> finish() {
    arrow::ArrayVector columns;
    for (auto& texts : texts_) take(texts, columns);
    take(numbers_[0], columns);
    take(date_, columns);
    take(sequence_, columns);
    for (std::size_t i = 1; i < numbers_.size(); ++i) take(numbers_.at(i), columns);
    take(at_, columns);
    if (!status_.ok()) return fail(columnar::to_error(status_, "rows of system.files"));
    return arrow::RecordBatch::Make(columnar::to_arrow(file_schema()), rows_, columns);
  }

 private:
  void take(arrow::ArrayBuilder& builder, arrow::ArrayVector& columns) {
    columns.emplace_back();
    status_ &= builder.Finish(&columns.back());
  }

  std::int64_t rows_ = 0;
  arrow::Status status_;
  std::array<arrow::StringBuilder, 6> texts_;
  std::array<arrow::Int64Builder, 5> numbers_;
  arrow::Date32Builder date_;
  arrow::Int64Builder sequence_;
  arrow::TimestampBuilder at_{arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::default_memory_pool()};
};

/// One row of a query's result, read cell by cell.
class Row {
 public:
  Row(const arrow::Table& table, std::int64_t row) : table_(table), row_(row) {}

  [[nodiscard]] std::string text(const std::string& column) const {
    const auto scalar = cell(column);
    return scalar->is_valid ? scalar->ToString() : std::string();
  }
  [[nodiscard]] std::optional<std::int64_t> number(const std::string& column) const {
    const auto scalar = cell(column);
    if (!scalar->is_valid) return std::nullopt;
    return static_cast<const arrow::Int64Scalar&>(*scalar).value;
  }
  [[nodiscard]] std::optional<std::uint64_t> count(const std::string& column) const {
    const auto value = number(column);
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }

 private:
  [[nodiscard]] std::shared_ptr<arrow::Scalar> cell(const std::string& column) const {
    return table_.GetColumnByName(column)->GetScalar(row_).ValueOrDie();
  }

  const arrow::Table& table_;
  std::int64_t row_;
};

Result<FileRecord> read_record(const Row& row) {
  FileRecord record{.source = row.text("source"), .file = row.text("file"), .sha256 = row.text("sha256")};
  const std::string state = row.text("state");
  const auto found = std::find(kStates.begin(), kStates.end(), state);
  if (found == kStates.end()) {
    return fail(ErrorCode::kCorrupt, fmt::format("system.files holds the state {:?}", state));
  }
  record.state = static_cast<FileState>(found - kStates.begin());
  record.reason = row.text("reason");
  record.shown_name = row.text("shown_name");
  record.bytes = row.count("bytes").value_or(0);
  if (const auto day = row.number("business_day")) record.named.date = BusinessDate{std::chrono::days{*day}};
  record.named.sequence = row.number("sequence");
  record.rows = row.count("rows");
  record.valid = row.count("valid");
  record.quarantined = row.count("quarantined");
  record.duplicates = row.count("duplicates");
  record.at = IngestTime{Micros{row.number("changed_us").value_or(0)}};
  return record;
}

class FileTable final : public FileLedger {
 public:
  FileTable(const lake::LakeContext& lake, query::SqlEngine& engine, Path lake_folder)
      : lake_(lake),
        engine_(engine),
        lake_folder_(std::move(lake_folder)),
        catalog_(lake.files, lake.logs, lake_folder_, {}) {}

  Result<std::vector<FileRecord>> files(std::string_view source) override {
    std::vector<FileRecord> out;
    auto scans = catalog_.pin({"system.files"}, {});
    if (!scans && scans.error().code == ErrorCode::kNotFound) return out;
    if (!scans) return fail(std::move(scans).error());
    query::QueryRequest request;
    // States follow one another in this order, so the last one reached is the newest.
    request.sql =
        "SELECT source, file, sha256, state, reason, shown_name, bytes, sequence, rows, valid, quarantined, "
        "duplicates, CAST(date_diff('day', DATE '1970-01-01', business_date) AS BIGINT) AS business_day, "
        "epoch_us(changed_at) AS changed_us FROM (SELECT *, row_number() OVER (PARTITION BY file, sha256 "
        "ORDER BY "
        "list_position(['received', 'validated', 'loaded', 'quarantined', 'duplicate', 'superseded'], state) "
        "DESC) "
        "AS place, min(changed_at) OVER (PARTITION BY file, sha256) AS first_at FROM system.files WHERE "
        "source = ";
    request.sql += quoted_text(source);
    request.sql += ") WHERE place = 1 ORDER BY first_at, file, sha256";
    request.scans = std::move(*scans);
    HAUL_TRY(table, query::run_to_table(engine_, request));
    for (std::int64_t row = 0; row < table->num_rows(); ++row) {
      HAUL_TRY(record, read_record(Row(*table, row)));
      out.push_back(std::move(record));
    }
    return out;
  }

  Result<void> record(std::span<const FileRecord> records) override {
    if (records.empty()) return {};
    HAUL_TRY(table,
             lake::Table::open_or_create(lake_, lake_folder_ / "system" / "files", {file_schema(), {}, {}}));
    RowsBuilder builder;
    for (const FileRecord& record : records) builder.add(record);
    HAUL_TRY(rows, builder.finish());
    HAUL_TRY(writer, table->stage());
    HAUL_TRY_VOID(writer->write(*rows));
    HAUL_TRY(file, writer->finish());
    lake::CommitRequest request;
    request.adds.push_back(std::move(file));
    HAUL_TRY_VOID(table->commit(std::move(request)));
    return {};
  }

 private:
  lake::LakeContext lake_;
  query::SqlEngine& engine_;
  Path lake_folder_;
  query::Catalog catalog_;  ///< Remembers which files of the table it has checked.
};

}  // namespace

std::string_view to_string(FileState state) { return kStates.at(static_cast<std::size_t>(state)); }

columnar::Schema file_schema() {
  using columnar::Presence;
  return {{{"source", arrow::utf8(), Presence::kRequired},
           {"file", arrow::utf8(), Presence::kRequired},
           {"sha256", arrow::utf8(), Presence::kRequired},
           {"state", arrow::utf8(), Presence::kRequired},
           {"reason", arrow::utf8(), Presence::kRequired},
           {"shown_name", arrow::utf8(), Presence::kRequired},
           {"bytes", arrow::int64(), Presence::kRequired},
           {"business_date", arrow::date32()},
           {"sequence", arrow::int64()},
           {"rows", arrow::int64()},
           {"valid", arrow::int64()},
           {"quarantined", arrow::int64()},
           {"duplicates", arrow::int64()},
           {"changed_at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired}}};
}

std::unique_ptr<FileLedger> make_file_table(const lake::LakeContext& lake, query::SqlEngine& engine,
                                            Path lake_folder) {
  return std::make_unique<FileTable>(lake, engine, std::move(lake_folder));
}

}  // namespace haul::ingest
