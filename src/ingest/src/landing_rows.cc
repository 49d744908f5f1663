#include "landing_rows.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "haul/base/check.h"
#include "haul/columnar/selection.h"

namespace haul::ingest {
namespace {

/// Arrow memory of ours that someone else owns: keeps the owner alive.
class BorrowedBuffer final : public arrow::Buffer {
 public:
  BorrowedBuffer(const void* data, std::size_t bytes, std::shared_ptr<const void> owner)
      : arrow::Buffer(static_cast<const std::uint8_t*>(data), static_cast<std::int64_t>(bytes)),
        owner_(std::move(owner)) {}

 private:
  std::shared_ptr<const void> owner_;
};

Error arrow_error(const arrow::Status& status) {
  return {ErrorCode::kUnavailable, fmt::format("building rows: {}", status.ToString())};
}

/// `columns` under the names of `schema`: a column may be a dictionary of the type there.
std::shared_ptr<arrow::RecordBatch> batch_of(const arrow::Schema& schema, std::int64_t rows,
                                             arrow::ArrayVector columns) {
  HAUL_CHECK(columns.size() == static_cast<std::size_t>(schema.num_fields()), "one array per column");
  arrow::FieldVector fields = schema.fields();
  for (std::size_t index = 0; index < fields.size(); ++index) {
    fields[index] = fields[index]->WithType(columns[index]->type());
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(columns));
}

/// `text` in every row, null where it is empty.
Result<std::shared_ptr<arrow::Array>> text_or_null(std::string_view text, std::int64_t rows) {
  if (text.empty()) return columnar::constant_column(*arrow::MakeNullScalar(arrow::utf8()), rows);
  return columnar::repeated_text(text, rows);
}

/// Collects the columns of a batch; the first failure of a builder stays.
class Columns {
 public:
  explicit Columns(const columnar::Schema& schema) : schema_(columnar::to_arrow(schema)) {}

  void add(std::shared_ptr<arrow::Array> column) { columns_.push_back(std::move(column)); }
  void add(Result<std::shared_ptr<arrow::Array>> column) {
    if (!column && status_.ok()) status_ = arrow::Status::OutOfMemory(column.error().message);
    columns_.push_back(column ? *std::move(column) : nullptr);
  }

  template <class Builder, class Fill>
  void build(Builder&& builder, std::int64_t rows, Fill fill) {
    if (status_.ok()) status_ = builder.Reserve(rows);
    for (std::int64_t row = 0; status_.ok() && row < rows; ++row) status_ = fill(builder, row);
    std::shared_ptr<arrow::Array> column;
    if (status_.ok()) status_ = builder.Finish(&column);
    columns_.push_back(std::move(column));
  }

  Result<std::shared_ptr<arrow::RecordBatch>> finish(std::int64_t rows) {
    if (!status_.ok()) return fail(arrow_error(status_));
    return batch_of(*schema_, rows, std::move(columns_));
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  arrow::ArrayVector columns_;
  arrow::Status status_;
};

/// _header, _source, _file, _line, _partition, _offset, _ingest_time of the given raw rows.
template <class RawRow>
void add_provenance(Columns& columns, const LandingBatch& batch, std::string_view source, std::int64_t rows,
                    RawRow raw_row) {
  columns.add(text_or_null(batch.header, rows));
  columns.add(text_or_null(source, rows));
  columns.add(text_or_null(batch.file, rows));
  columns.build(arrow::Int64Builder(), rows, [&](arrow::Int64Builder& builder, std::int64_t row) {
    return batch.lines.empty() ? builder.AppendNull()
                               : builder.Append(static_cast<std::int64_t>(batch.lines[raw_row(row)]));
  });
  columns.build(arrow::Int32Builder(), rows, [&](arrow::Int32Builder& builder, std::int64_t) {
    return builder.Append(static_cast<std::int32_t>(batch.partition.raw()));
  });
  columns.build(arrow::Int64Builder(), rows, [&](arrow::Int64Builder& builder, std::int64_t row) {
    return builder.Append(static_cast<std::int64_t>(batch.first.raw() + raw_row(row)));
  });
  columns.build(
      arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::default_memory_pool()),
      rows, [&](arrow::TimestampBuilder& builder, std::int64_t) {
        return builder.Append(batch.at.time_since_epoch().count());
      });
}

std::string_view payload_of(const RawRows& rows, std::size_t row) {
  const auto* text = reinterpret_cast<const char*>(rows.bytes.data());
  return {text + rows.ends[row], static_cast<std::size_t>(rows.ends[row + 1] - rows.ends[row])};
}

}  // namespace

columnar::Schema bronze_schema() {
  using columnar::Presence;
  return {{{"payload", arrow::binary(), Presence::kRequired},
           {"_header", arrow::utf8()},
           {"_source", arrow::utf8(), Presence::kRequired},
           {"_file", arrow::utf8()},
           {"_line", arrow::int64()},
           {"_partition", arrow::int32(), Presence::kRequired},
           {"_offset", arrow::int64(), Presence::kRequired},
           {"_ingest_time", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired}}};
}

columnar::Schema quarantine_schema() {
  columnar::Schema schema = bronze_schema();
  schema.columns.push_back({"rules", arrow::list(arrow::utf8())});
  schema.columns.push_back({"reason", arrow::utf8()});
  schema.columns.push_back({"contract_id", arrow::utf8()});
  schema.columns.push_back({"contract_version", arrow::utf8()});
  schema.columns.push_back({"decoded", arrow::utf8()});
  schema.columns.push_back({"run", arrow::utf8()});
  return schema;
}

columnar::Schema silver_schema(const contract::Object& object) {
  using columnar::Presence;
  columnar::Schema schema = object.schema;
  schema.columns.push_back({"_partition", arrow::int32(), Presence::kRequired});
  schema.columns.push_back({"_offset", arrow::int64(), Presence::kRequired});
  schema.columns.push_back(
      {"_ingest_time", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired});
  schema.columns.push_back({"_file", arrow::utf8()});
  // Nobody said what is in it: treated as personal, as a column of an unknown
  // class is.
  schema.columns.push_back({"_extra", arrow::utf8(), Presence::kOptional, columnar::Privacy::kPersonal});
  return schema;
}

Result<std::shared_ptr<arrow::RecordBatch>> bronze_rows(const LandingBatch& batch, std::string_view source) {
  const auto rows = static_cast<std::int64_t>(batch.rows.size());
  Columns columns(bronze_schema());
  const auto ends =
      std::make_shared<BorrowedBuffer>(batch.rows.ends.data(), batch.rows.ends.size_bytes(), batch.storage);
  const auto bytes =
      std::make_shared<BorrowedBuffer>(batch.rows.bytes.data(), batch.rows.bytes.size_bytes(), batch.storage);
  columns.add(
      std::shared_ptr<arrow::Array>(std::make_shared<arrow::BinaryArray>(rows, ends, bytes, nullptr, 0)));
  add_provenance(columns, batch, source, rows,
                 [](std::int64_t row) { return static_cast<std::size_t>(row); });
  return columns.finish(rows);
}

Result<std::shared_ptr<arrow::RecordBatch>> quarantine_rows(const LandingBatch& batch,
                                                            const QuarantineOrigin& origin,
                                                            const std::vector<Rejection>& rejections) {
  const auto rows = static_cast<std::int64_t>(rejections.size());
  const auto at = [&rejections](std::int64_t row) -> const Rejection& {
    return rejections[static_cast<std::size_t>(row)];
  };
  Columns columns(quarantine_schema());
  columns.build(arrow::BinaryBuilder(), rows, [&](arrow::BinaryBuilder& builder, std::int64_t row) {
    return builder.Append(payload_of(batch.rows, at(row).row));
  });
  add_provenance(columns, batch, origin.source, rows,
                 [&](std::int64_t row) { return std::size_t{at(row).row}; });
  const auto texts = std::make_shared<arrow::StringBuilder>();
  columns.build(arrow::ListBuilder(arrow::default_memory_pool(), texts), rows,
                [&](arrow::ListBuilder& builder, std::int64_t row) {
                  ARROW_RETURN_NOT_OK(builder.Append());
                  return texts->AppendValues(at(row).rules);
                });
  columns.build(arrow::StringBuilder(), rows, [&](arrow::StringBuilder& builder, std::int64_t row) {
    return builder.Append(at(row).reason);
  });
  columns.add(columnar::repeated_text(origin.contract_id, rows));
  columns.add(columnar::repeated_text(origin.contract_version, rows));
  columns.build(arrow::StringBuilder(), rows, [&](arrow::StringBuilder& builder, std::int64_t row) {
    return at(row).decoded ? builder.Append(*at(row).decoded) : builder.AppendNull();
  });
  columns.add(columnar::repeated_text(origin.run, rows));
  return columns.finish(rows);
}

Result<std::shared_ptr<arrow::Array>> extra_column(const GoodRows& good) {
  const auto rows = static_cast<std::int64_t>(good.row_of.size());
  if (good.extra.row.empty()) return columnar::constant_column(*arrow::MakeNullScalar(arrow::utf8()), rows);
  arrow::StringBuilder builder;
  arrow::Status status = builder.Reserve(rows);
  std::size_t next = 0;
  for (const std::uint32_t row : good.row_of) {
    while (next < good.extra.row.size() && good.extra.row[next] < row) ++next;
    const bool has_extra = next < good.extra.row.size() && good.extra.row[next] == row;
    if (status.ok()) status = has_extra ? builder.Append(good.extra.text(next)) : builder.AppendNull();
  }
  std::shared_ptr<arrow::Array> column;
  if (status.ok()) status = builder.Finish(&column);
  if (!status.ok()) return fail(arrow_error(status));
  return column;
}

Result<std::shared_ptr<arrow::RecordBatch>> silver_rows(const LandingBatch& batch, const GoodRows& good,
                                                        const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector columns = good.rows->columns();
  arrow::Int32Builder partitions;
  arrow::Int64Builder offsets;
  arrow::TimestampBuilder times(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                arrow::default_memory_pool());
  const std::int64_t count = good.rows->num_rows();
  arrow::Status status = partitions.Reserve(count) & offsets.Reserve(count) & times.Reserve(count);
  if (!status.ok()) return fail(arrow_error(status));
  for (const std::uint32_t row : good.row_of) {
    partitions.UnsafeAppend(static_cast<std::int32_t>(batch.partition.raw()));
    offsets.UnsafeAppend(static_cast<std::int64_t>(batch.first.raw() + row));
    times.UnsafeAppend(batch.at.time_since_epoch().count());
  }
  columns.resize(columns.size() + 3);
  auto* place = columns.data() + good.rows->num_columns();
  status = partitions.Finish(place) & offsets.Finish(place + 1) & times.Finish(place + 2);
  if (!status.ok()) return fail(arrow_error(status));
  HAUL_TRY(files, columnar::repeated_text(batch.file, count));
  columns.push_back(std::move(files));
  HAUL_TRY(extra, extra_column(good));
  columns.push_back(std::move(extra));
  return batch_of(*schema, count, std::move(columns));
}

}  // namespace haul::ingest
