#include "keyed_silver.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "content_hash.h"
#include "haul/base/check.h"
#include "haul/base/sql_words.h"
#include "haul/columnar/selection.h"
#include "haul/lake/data_file.h"

namespace haul::ingest {
namespace {

/// Where silver has a row: the number of a file and of the row in it, or of a row that waits for its commit.
constexpr std::uint64_t kWaiting = std::uint64_t{1} << 63U;
constexpr int kRowBits = 40;
constexpr std::uint64_t kRowMask = (std::uint64_t{1} << kRowBits) - 1;
/// How many rows before its turn the memory of a key is asked for: about one cache miss.
constexpr std::uint32_t kAhead = 8;

std::uint64_t place_in(std::size_t file, std::uint64_t row) {
  return (static_cast<std::uint64_t>(file) << kRowBits) | row;
}

/// The version of each row: numbers, dates and times in their own order, null before all of them.
void read_versions(const arrow::Array& column, std::vector<std::int64_t>& versions) {
  versions.assign(static_cast<std::size_t>(column.length()), std::numeric_limits<std::int64_t>::min());
  const auto fill = [&](const auto& values) {
    for (std::int64_t row = 0; row < values.length(); ++row) {
      if (values.IsValid(row)) versions[static_cast<std::size_t>(row)] = values.Value(row);
    }
  };
  switch (column.type_id()) {
    case arrow::Type::INT8:
      return fill(static_cast<const arrow::Int8Array&>(column));
    case arrow::Type::INT16:
      return fill(static_cast<const arrow::Int16Array&>(column));
    case arrow::Type::INT32:
      return fill(static_cast<const arrow::Int32Array&>(column));
    case arrow::Type::INT64:
      return fill(static_cast<const arrow::Int64Array&>(column));
    case arrow::Type::DATE32:
      return fill(static_cast<const arrow::Date32Array&>(column));
    default:
      HAUL_CHECK(column.type_id() == arrow::Type::TIMESTAMP, "the contract reader checks the version column");
      return fill(static_cast<const arrow::TimestampArray&>(column));
  }
}

}  // namespace

Result<query::Scan> scan_of(const LandingContext& context, std::string schema, std::string name,
                            const Path& folder, const lake::Snapshot& snapshot) {
  query::Scan scan{std::move(schema), std::move(name), snapshot.schema, {}, nullptr};
  for (const lake::DataFile& file : snapshot.files) {
    const Path path = folder / file.path;
    HAUL_TRY_VOID(lake::verify_data_file(context.lake.files, path));
    scan.files.push_back({path, file.deleted_rows});
  }
  return scan;
}

/// Takes keys, sources and, where rows have versions, versions and places from a query over silver.
class KeyedSilver::KeyReader final : public query::ResultConsumer {
 public:
  KeyReader(KeyedSilver& silver, std::size_t file, std::span<const std::uint64_t> deleted)
      : silver_(silver), file_(file), deleted_(deleted) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    HAUL_TRY_VOID(key_identities(*rows, silver_.key_columns_, identities_));
    if (silver_.versioned()) {
      read_versions(*rows->GetColumnByName(silver_.object_.version_column), versions_);
    }
    const auto& partitions = static_cast<const arrow::Int32Array&>(*rows->GetColumnByName("_partition"));
    const auto& offsets = static_cast<const arrow::Int64Array&>(*rows->GetColumnByName("_offset"));
    for (std::int64_t row = 0; row < rows->num_rows(); ++row, ++next_row_) {
      if (silver_.versioned() && std::binary_search(deleted_.begin(), deleted_.end(), next_row_)) continue;
      const std::uint64_t slot = silver_.index_.insert(identities_[static_cast<std::size_t>(row)]).slot;
      silver_.index_.row(slot).source = SourcePlace{partitions.Value(row), offsets.Value(row)}.packed();
      if (!silver_.versioned()) continue;
      silver_.index_.version(slot) = {versions_[static_cast<std::size_t>(row)], place_in(file_, next_row_)};
    }
    return {};
  }
  [[nodiscard]] std::uint64_t rows() const { return next_row_; }

 private:
  KeyedSilver& silver_;
  std::size_t file_;
  std::span<const std::uint64_t> deleted_;
  std::uint64_t next_row_ = 0;
  std::vector<Hash128> identities_;
  std::vector<std::int64_t> versions_;
};

/// Takes the content of rows whose key was read before.
class KeyedSilver::ContentReader final : public query::ResultConsumer {
 public:
  explicit ContentReader(KeyedSilver& silver) : silver_(silver) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    HAUL_TRY_VOID(key_identities(*rows, silver_.key_columns_, identities_));
    HAUL_TRY_VOID(content_hashes(*rows, silver_.object_.schema, contents_));
    for (std::size_t row = 0; row < identities_.size(); ++row) {
      KeyedRow& known = silver_.index_.row(silver_.index_.insert(identities_[row]).slot);
      if (known.content == 0) known.content = contents_[row];  // else a newer row stands for the key
    }
    return {};
  }

 private:
  KeyedSilver& silver_;
  std::vector<Hash128> identities_;
  std::vector<std::uint64_t> contents_;
};

KeyedSilver::KeyedSilver(const LandingContext& context, const contract::Object& object,
                         std::vector<std::string> key_columns)
    : context_(context),
      object_(object),
      key_columns_(std::move(key_columns)),
      index_(object.version_column.empty() ? KeepVersions::kNo : KeepVersions::kYes) {}

std::string KeyedSilver::key_list() const {
  std::string columns;
  for (const std::string& name : key_columns_) columns += quoted_name(name) + ", ";
  return columns;
}

Result<void> KeyedSilver::read(const std::string& name, const Path& folder, const lake::Snapshot& snapshot) {
  if (key_columns_.empty()) return {};
  HAUL_TRY(scan, scan_of(context_, "silver", name, folder, snapshot));
  scan_ = std::move(scan);
  for (const lake::DataFile& file : snapshot.files) files_.push_back(file.path);
  if (files_.empty()) return {};
  if (!versioned()) {
    query::QueryRequest request;
    request.sql = fmt::format("SELECT {}_partition, _offset FROM silver.{}", key_list(), quoted_name(name));
    request.scans = {scan_};
    KeyReader reader(*this, 0, {});
    HAUL_TRY_VOID(context_.engine.run(request, reader));
    return {};
  }
  for (std::size_t file = 0; file < files_.size(); ++file) {
    HAUL_TRY_VOID(read_file(scan_, file));
    const auto rows = static_cast<std::uint64_t>(snapshot.files[file].rows);
    if (rows_read_ == rows) continue;
    return fail(ErrorCode::kCorrupt, fmt::format("{} has {} rows, the log says {}",
                                                 scan_.files[file].path.string(), rows_read_, rows));
  }
  return {};
}

/// One file at a time and its deleted rows with the others: the order of the result is that of the file.
Result<void> KeyedSilver::read_file(const query::Scan& scan, std::size_t file) {
  query::Scan one = scan;
  one.files = {{scan.files[file].path}};
  query::QueryRequest request;
  request.sql = fmt::format("SELECT {}_partition, _offset, {} FROM silver.{}", key_list(),
                            quoted_name(object_.version_column), quoted_name(scan.name));
  request.scans = {std::move(one)};
  request.limits.threads = 1;
  KeyReader reader(*this, file, scan.files[file].deleted_rows);
  HAUL_TRY_VOID(context_.engine.run(request, reader));
  rows_read_ = reader.rows();
  return {};
}

Result<void> KeyedSilver::read_contents() {
  std::string columns;
  for (const columnar::Column& column : object_.schema.columns) {
    columns += (columns.empty() ? "" : ", ") + quoted_name(column.name);
  }
  query::QueryRequest request;
  request.sql = fmt::format("SELECT {} FROM silver.{}", columns, quoted_name(scan_.name));
  request.scans = {scan_};
  ContentReader reader(*this);
  HAUL_TRY_VOID(context_.engine.run(request, reader));
  return {};
}

Result<JudgedRows> KeyedSilver::judge(const arrow::RecordBatch& rows,
                                      std::span<const std::uint64_t> sources) {
  const auto count = static_cast<std::uint32_t>(rows.num_rows());
  JudgedRows judged;
  judged.verdicts.assign(count, KeyVerdict::kKept);
  judged.kept.reserve(count);
  if (!key_columns_.empty()) {
    HAUL_TRY_VOID(key_identities(rows, key_columns_, identities_));
    HAUL_TRY_VOID(content_hashes(rows, object_.schema, contents_));
    if (versioned()) read_versions(*rows.GetColumnByName(object_.version_column), row_versions_);
  }
  for (std::uint32_t row = 0; row < count; ++row) {
    if (!key_columns_.empty()) {
      if (row + kAhead < count) index_.prefetch(identities_[row + kAhead]);
      HAUL_TRY(verdict, verdict_of(row, sources[row], judged));
      judged.verdicts[row] = verdict;
    }
    if (judged.verdicts[row] == KeyVerdict::kKept) judged.kept.push_back(row);
  }
  return judged;
}

Result<KeyVerdict> KeyedSilver::verdict_of(std::uint32_t row, std::uint64_t source, JudgedRows& judged) {
  KeyIndex::Found found = index_.insert(identities_[row]);
  if (found.is_new) {
    keep(found, row, source);
    return KeyVerdict::kKept;
  }
  if (index_.row(found.slot).content == 0) {
    HAUL_TRY_VOID(read_contents());
    found = index_.insert(identities_[row]);
  }
  const KeyedRow known = index_.row(found.slot);
  if (known.content == contents_[row]) return KeyVerdict::kDuplicate;
  if (versioned()) {
    const KeyedVersion version = index_.version(found.slot);
    if (row_versions_[row] < version.version) return KeyVerdict::kSuperseded;
    if (row_versions_[row] > version.version) {
      give_way(version.place);
      ++judged.replaced;
      keep(found, row, source);
      return KeyVerdict::kKept;
    }
  }
  const SourcePlace first = SourcePlace::unpacked(known.source);
  judged.conflicts.push_back(
      {.row = row,
       .rule = object_.name + ".conflict",
       .reason = fmt::format("the key stands for other content since partition {}, offset {}{}",
                             first.partition, first.offset,
                             versioned() ? fmt::format(", of the same `{}`", object_.version_column)
                                         : std::string(": no versionColumn says which is the newer"))});
  return KeyVerdict::kConflict;
}

void KeyedSilver::keep(KeyIndex::Found found, std::uint32_t row, std::uint64_t source) {
  index_.row(found.slot) = {contents_[row], source};
  if (!versioned()) return;
  index_.version(found.slot) = {row_versions_[row], kWaiting | waiting_keys_.size()};
  waiting_keys_.push_back(identities_[row]);
  waiting_live_.push_back(1);
}

void KeyedSilver::give_way(std::uint64_t place) {
  if ((place & kWaiting) != 0) {
    waiting_live_[place & ~kWaiting] = 0;
  } else {
    deletes_[files_[place >> kRowBits]].push_back(place & kRowMask);
  }
}

Result<void> KeyedSilver::stage(const std::shared_ptr<arrow::RecordBatch>& rows, const Write& write) {
  if (key_columns_.empty() || !versioned()) return write(*rows);
  waiting_.push_back(rows);
  return {};
}

Result<void> KeyedSilver::flush(const Write& write) {
  std::size_t next = 0;
  for (const auto& rows : waiting_) {
    std::vector<std::uint32_t> live;
    for (std::uint32_t row = 0; row < static_cast<std::uint32_t>(rows->num_rows()); ++row) {
      if (waiting_live_[next++] != 0) live.push_back(row);
    }
    if (live.empty()) continue;
    HAUL_TRY(written, columnar::take_rows(rows, live));
    HAUL_TRY_VOID(write(*written));
  }
  HAUL_CHECK(next == waiting_keys_.size(), "every kept row was staged");
  for (auto& [path, rows] : deletes_) std::sort(rows.begin(), rows.end());
  return {};
}

void KeyedSilver::committed(const std::string& path) {
  std::uint64_t row_in_file = 0;
  for (std::size_t waiting = 0; waiting < waiting_keys_.size(); ++waiting) {
    if (waiting_live_[waiting] == 0) continue;
    const std::uint64_t slot = index_.insert(waiting_keys_[waiting]).slot;
    index_.version(slot).place = place_in(files_.size(), row_in_file++);
  }
  if (row_in_file > 0) files_.push_back(path);
  waiting_.clear();
  waiting_keys_.clear();
  waiting_live_.clear();
  deletes_.clear();
}

}  // namespace haul::ingest
