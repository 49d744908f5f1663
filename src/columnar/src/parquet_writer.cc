#include "haul/columnar/parquet_writer.h"

#include <arrow/array.h>
#include <arrow/compute/initialize.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "column_statistics.h"
#include "guarded.h"
#include "haul/base/check.h"
#include "haul/columnar/arrow_error.h"
#include "sink_stream.h"

namespace haul::columnar {
namespace {

using PropertiesBuilder = parquet::WriterProperties::Builder;

/// The encodings of one leaf column, by its physical type: only those that Spark's reader has too. It refuses
/// BYTE_STREAM_SPLIT (4.2); on decimal fractions, which most measured values are, PLAIN is no larger under
/// zstd.
void encode_leaf(const parquet::ColumnDescriptor& leaf, PropertiesBuilder& properties) {
  const auto path = leaf.path()->ToDotString();
  switch (leaf.physical_type()) {
    case parquet::Type::INT32:
    case parquet::Type::INT64:
      properties.disable_dictionary(path)->encoding(path, parquet::Encoding::DELTA_BINARY_PACKED);
      return;
    case parquet::Type::BYTE_ARRAY:  // falls back where the dictionary outgrows its page
      properties.enable_dictionary(path)->encoding(path, parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY);
      return;
    default:
      properties.disable_dictionary(path)->encoding(path, parquet::Encoding::PLAIN);
  }
}

arrow::Result<std::shared_ptr<parquet::WriterProperties>> properties_for(
    const Schema& schema, const arrow::Schema& arrow_schema,
    const parquet::ArrowWriterProperties& arrow_properties, ParquetOptions options) {
  PropertiesBuilder properties;
  properties.compression(parquet::Compression::ZSTD)
      ->compression_level(options.zstd_level)
      ->max_row_group_length(options.row_group_rows)
      ->enable_store_decimal_as_integer()
      ->enable_page_checksum();
  std::shared_ptr<parquet::SchemaDescriptor> leaves;
  ARROW_RETURN_NOT_OK(
      parquet::arrow::ToParquetSchema(&arrow_schema, *properties.build(), arrow_properties, &leaves));
  for (int index = 0; index < leaves->num_columns(); ++index) {
    const parquet::ColumnDescriptor& leaf = *leaves->Column(index);
    encode_leaf(leaf, properties);
    const auto column = schema.find(leaves->GetColumnRoot(index)->name());
    HAUL_CHECK(column, "every leaf belongs to a column of the schema");
    // Without statistics there is no column index either, and bloom filters are off: nothing about the values
    // stands outside their pages.
    if (schema.columns[*column].privacy == Privacy::kPersonal)
      properties.disable_statistics(leaf.path()->ToDotString());
  }
  return properties.build();
}

std::int64_t first_null(const arrow::Array& values) {
  std::int64_t row = 0;
  while (values.IsValid(row)) ++row;
  return row;
}

class ArrowParquetWriter final : public ParquetWriter {
 public:
  ArrowParquetWriter(const Schema& schema, ByteSink& sink)
      : schema_(schema),
        arrow_schema_(to_arrow(schema)),
        stream_(std::make_shared<SinkStream>(sink)),
        statistics_(schema) {}

  ~ArrowParquetWriter() override {
    // The library writes a footer on destruction; an unfinished file must not get one.
    (void)stream_->Abort();
    (void)guarded([this] {
      writer_.reset();
      return arrow::Status::OK();
    });
  }
  ArrowParquetWriter(const ArrowParquetWriter&) = delete;
  ArrowParquetWriter& operator=(const ArrowParquetWriter&) = delete;

  Result<void> start(ParquetOptions options) {
    const auto opened = guarded([&]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
      const auto arrow_properties = parquet::ArrowWriterProperties::Builder().build();
      ARROW_ASSIGN_OR_RAISE(const auto properties,
                            properties_for(schema_, *arrow_schema_, *arrow_properties, options));
      ARROW_ASSIGN_OR_RAISE(
          writer_, parquet::arrow::FileWriter::Open(*arrow_schema_, arrow::default_memory_pool(), stream_,
                                                    properties, arrow_properties));
      return arrow::Status::OK();
    });
    return outcome(opened, "open a Parquet file");
  }

  Result<void> write(const arrow::RecordBatch& batch) override {
    HAUL_CHECK(!finished_, "write() comes before finish()");
    HAUL_TRY_VOID(check(batch));
    // The library compares schemas, but writes a column by the type of its array: a dictionary as such.
    const auto rows = arrow::RecordBatch::Make(arrow_schema_, batch.num_rows(), batch.columns());
    HAUL_TRY_VOID(statistics_.add(*rows));
    return outcome(guarded([&] { return writer_->WriteRecordBatch(*rows); }), "write a Parquet file");
  }

  Result<FileStatistics> finish() override {
    HAUL_CHECK(!finished_, "finish() is called once");
    finished_ = true;
    HAUL_TRY_VOID(outcome(guarded([this] { return writer_->Close(); }), "finish a Parquet file"));
    return statistics_.finish();
  }

 private:
  Result<void> check(const arrow::RecordBatch& batch) const {
    if (batch.num_columns() != arrow_schema_->num_fields()) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the batch has {} columns, the file {}",
                                                        batch.num_columns(), arrow_schema_->num_fields()));
    }
    for (int index = 0; index < batch.num_columns(); ++index) {
      const arrow::Field& ours = *arrow_schema_->field(index);
      const arrow::Field& theirs = *batch.schema()->field(index);
      if (ours.name() != theirs.name() || !holds(*theirs.type(), *ours.type())) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("column {} of the batch is `{}` {}, of the file `{}` {}", index, theirs.name(),
                        theirs.type()->ToString(), ours.name(), ours.type()->ToString()));
      }
      const arrow::Array& values = *batch.column(index);
      if (!ours.nullable() && values.null_count() > 0) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("column `{}` is required and null in row {} of the batch", ours.name(),
                                first_null(values)));
      }
    }
    return {};
  }

  Result<void> outcome(const arrow::Status& status, std::string_view what) const {
    if (stream_->error()) return fail(with_context(*stream_->error(), what));
    if (!status.ok()) return fail(to_error(status, what));
    return {};
  }

  const Schema schema_;
  const std::shared_ptr<arrow::Schema> arrow_schema_;
  const std::shared_ptr<SinkStream> stream_;  // shared: Arrow's writer keeps it as well
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  StatisticsCollector statistics_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::open(const Schema& schema, ByteSink& sink,
                                                           ParquetOptions options) {
  HAUL_TRY(checked, from_arrow(*to_arrow(schema)));
  auto writer = std::make_unique<ArrowParquetWriter>(checked, sink);
  HAUL_TRY_VOID(writer->start(options));
  return std::unique_ptr<ParquetWriter>(std::move(writer));
}

}  // namespace haul::columnar
