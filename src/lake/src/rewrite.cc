#include "rewrite.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "haul/columnar/parquet_reader.h"
#include "haul/columnar/selection.h"
#include "haul/columnar/widening.h"

namespace haul::lake {
namespace {

using columnar::BatchPtr;

/// The rows of a batch that are part of the table; `first` is the position of its first row in the file.
Result<BatchPtr> live_rows(const BatchPtr& batch, std::uint64_t first,
                           const std::vector<std::uint64_t>& deleted) {
  const auto rows = static_cast<std::uint64_t>(batch->num_rows());
  auto next = std::lower_bound(deleted.begin(), deleted.end(), first);
  if (next == deleted.end() || *next >= first + rows) return batch;
  std::vector<std::uint32_t> live;
  live.reserve(rows);
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (next != deleted.end() && *next == first + row) {
      ++next;
    } else {
      live.push_back(static_cast<std::uint32_t>(row));
    }
  }
  return columnar::take_rows(batch, live);
}

/// The columns of `schema` that the batch has, in its types.
Result<BatchPtr> widened(const arrow::RecordBatch& batch, const columnar::Schema& schema) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (const auto& column : schema.columns) {
    const auto values = batch.GetColumnByName(column.name);
    if (values == nullptr) continue;
    auto wide = columnar::widen(values, column.type);
    if (!wide) return fail(with_context(std::move(wide).error(), "column " + column.name));
    fields.push_back(arrow::field(column.name, column.type));
    columns.push_back(*std::move(wide));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(), std::move(columns));
}

bool same(const columnar::Schema& one, const columnar::Schema& other) {
  return columnar::to_arrow(one)->Equals(*columnar::to_arrow(other), /*check_metadata=*/true);
}

}  // namespace

Result<std::vector<DataFile>> Rewriter::rewrite(const Snapshot& table, const columnar::Schema& schema) {
  if (!same(schema_, schema)) {
    schema_ = schema;
    made_.clear();
  }
  std::vector<DataFile> files;
  files.reserve(table.files.size());
  for (const DataFile& old : table.files) {
    auto made = made_.find({old.path, old.deleted_rows});
    if (made == made_.end()) {
      HAUL_TRY_VOID(verifier_.verify(folder_ / old.path));
      auto file = rewrite_file(old, schema);
      if (!file) return fail(with_context(std::move(file).error(), (folder_ / old.path).string()));
      made = made_.emplace(Source{old.path, old.deleted_rows}, *std::move(file)).first;
    }
    files.push_back(made->second);
  }
  return files;
}

Result<DataFile> Rewriter::rewrite_file(const DataFile& old, const columnar::Schema& schema) {
  HAUL_TRY(bytes, context_.files.open_for_read(folder_ / old.path));
  HAUL_TRY(reader, columnar::ParquetReader::open(std::move(bytes)));
  HAUL_TRY(writer, stage_file(context_, folder_, schema, staged_));
  std::uint64_t next_row = 0;
  for (;;) {
    HAUL_TRY(batch, reader->next());
    if (batch == nullptr) break;
    HAUL_TRY(live, live_rows(batch, next_row, old.deleted_rows));
    next_row += static_cast<std::uint64_t>(batch->num_rows());
    if (live->num_rows() == 0) continue;
    HAUL_TRY(wide, widened(*live, schema));
    HAUL_TRY_VOID(writer->write(*wide));
  }
  if (!old.statistics.empty() && next_row != static_cast<std::uint64_t>(old.rows)) {
    return fail(ErrorCode::kCorrupt, fmt::format("it has {} rows, the log says {}", next_row, old.rows));
  }
  return writer->finish();
}

}  // namespace haul::lake
