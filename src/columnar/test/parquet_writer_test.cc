#include "haul/columnar/parquet_writer.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include <set>

#include "haul/columnar/selection.h"

namespace haul::columnar {
namespace {

/// Keeps what it gets; fails from the byte `bytes_max` on.
class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::size_t bytes_max = SIZE_MAX) : bytes_max_(bytes_max) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    if (content.size() + bytes.size() > bytes_max_)
      return fail(ErrorCode::kUnavailable, "no space left on device");
    content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }

  std::string content;

 private:
  std::size_t bytes_max_;
};

const auto kTimestamp = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

Schema trips_schema() {
  return {.columns = {{.name = "trip_id", .type = arrow::utf8(), .presence = Presence::kRequired},
                      {.name = "driver", .type = arrow::utf8(), .privacy = Privacy::kPersonal},
                      {.name = "started", .type = kTimestamp},
                      {.name = "speed", .type = arrow::float64()},
                      {.name = "stops", .type = arrow::int32()},
                      {.name = "cost", .type = arrow::decimal128(12, 2)},
                      {.name = "phones", .type = arrow::list(arrow::utf8()), .privacy = Privacy::kPersonal}}};
}

/// Trips number `first` to `first + rows - 1`; the driver is null in every third.
BatchPtr trips(int first, int rows) {
  arrow::StringBuilder trip_id;
  arrow::StringBuilder driver;
  arrow::TimestampBuilder started(kTimestamp, arrow::default_memory_pool());
  arrow::DoubleBuilder speed;
  arrow::Int32Builder stops;
  arrow::Decimal128Builder cost(arrow::decimal128(12, 2));
  auto phone = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder phones(arrow::default_memory_pool(), phone, arrow::list(arrow::utf8()));
  for (int row = first; row < first + rows; ++row) {
    EXPECT_TRUE(trip_id.Append("trip-" + std::to_string(row)).ok());
    EXPECT_TRUE((row % 3 == 0 ? driver.AppendNull() : driver.Append("SECRET" + std::to_string(row))).ok());
    EXPECT_TRUE(started.Append(1'700'000'000'000'000LL + row).ok());
    EXPECT_TRUE(speed.Append(row / 2.0).ok());
    EXPECT_TRUE(stops.Append(row).ok());
    EXPECT_TRUE(cost.Append(arrow::Decimal128(row * 100)).ok());
    EXPECT_TRUE(phones.Append().ok());
    EXPECT_TRUE(phone->Append("SECRET").ok());
  }
  arrow::ArrayVector columns;
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &trip_id, &driver, &started, &speed, &stops, &cost, &phones}) {
    columns.push_back(builder->Finish().ValueOrDie());
  }
  return arrow::RecordBatch::Make(to_arrow(trips_schema()), rows, std::move(columns));
}

std::shared_ptr<arrow::io::BufferReader> reader_of(const std::string& content) {
  return std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(content));
}

std::shared_ptr<arrow::Table> read_back(const std::string& content) {
  auto reader = parquet::arrow::OpenFile(reader_of(content), arrow::default_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

/// A whole file of `batches`, and its statistics.
struct WrittenFile {
  std::string content;
  FileStatistics statistics;
};
WrittenFile write_file(const std::vector<BatchPtr>& batches, ParquetOptions options = {}) {
  MemorySink sink;
  auto writer = ParquetWriter::open(trips_schema(), sink, options);
  EXPECT_TRUE(writer);
  for (const BatchPtr& batch : batches) {
    const auto written = (*writer)->write(*batch);
    EXPECT_TRUE(written) << written.error().message;
  }
  auto statistics = (*writer)->finish();
  EXPECT_TRUE(statistics);
  return {std::move(sink.content), std::move(*statistics)};
}

TEST(ParquetWriter, GivesBackTheRowsThatWereWritten) {
  const auto file = write_file({trips(0, 700), trips(700, 300)});

  const auto table = read_back(file.content);

  ASSERT_TRUE(table->ValidateFull().ok());
  const auto rows = table->CombineChunksToBatch().ValueOrDie();
  EXPECT_TRUE(rows->Equals(*trips(0, 1000), /*check_metadata=*/false));
}

TEST(ParquetWriter, GivesTheSameBytesForTheSameBatches) {
  EXPECT_EQ(write_file({trips(0, 500)}).content, write_file({trips(0, 500)}).content);
}

/// Rows of one text column, dictionary or not.
BatchPtr texts(const ArrayPtr& values) {
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("file", values->type())}), values->length(),
                                  {values});
}

TEST(ParquetWriter, WritesADictionaryAsTheTextsItStandsFor) {
  const Schema schema{.columns = {{.name = "file", .type = arrow::utf8()}}};
  arrow::StringDictionaryBuilder builder;
  ASSERT_TRUE(builder.Append("c").ok() && builder.AppendNull().ok() && builder.Append("d").ok());
  const std::vector<ArrayPtr> columns = {*repeated_text("b.csv", 3), *repeated_text("b.csv", 2),
                                         *repeated_text("a.csv", 2), *builder.Finish(),
                                         *constant_text("plain", 1)};
  MemorySink sink;
  auto writer = ParquetWriter::open(schema, sink, {});
  ASSERT_TRUE(writer);

  for (const ArrayPtr& column : columns) ASSERT_TRUE((*writer)->write(*texts(column)));
  const auto statistics = (*writer)->finish();

  ASSERT_TRUE(statistics) << statistics.error().message;
  EXPECT_EQ(statistics->columns[0].null_count, 1);
  EXPECT_EQ(statistics->columns[0].min->ToString(), "a.csv");
  EXPECT_EQ(statistics->columns[0].max->ToString(), "plain");
  arrow::StringBuilder expected;
  ASSERT_TRUE(
      expected.AppendValues({"b.csv", "b.csv", "b.csv", "b.csv", "b.csv", "a.csv", "a.csv", "c"}).ok() &&
      expected.AppendNull().ok() && expected.AppendValues({"d", "plain"}).ok());
  const auto rows = read_back(sink.content)->CombineChunksToBatch().ValueOrDie();
  EXPECT_TRUE(rows->column(0)->Equals(*expected.Finish())) << rows->column(0)->ToString();
}

TEST(ParquetWriter, CountsRowsNullsAndBoundsOfTheOpenColumns) {
  const auto statistics = write_file({trips(0, 10), trips(10, 5)}).statistics;

  EXPECT_EQ(statistics.rows, 15);
  std::vector<std::string> names;
  for (const auto& column : statistics.columns) names.push_back(column.name);
  EXPECT_EQ(names, (std::vector<std::string>{"trip_id", "started", "speed", "stops", "cost"}));
  EXPECT_EQ(statistics.columns[0].min->ToString(), "trip-0");
  EXPECT_EQ(statistics.columns[0].max->ToString(), "trip-9");
  EXPECT_EQ(statistics.columns[3].max->ToString(), "14");
  EXPECT_EQ(statistics.columns[4].max->ToString(), "14.00");
}

TEST(ParquetWriter, WritesPersonalValuesNowhereButInPages) {
  const auto file = write_file({trips(1, 2)});

  const auto reader = parquet::ParquetFileReader::Open(reader_of(file.content));
  const auto group = reader->metadata()->RowGroup(0);
  const auto pages = reader->GetPageIndexReader()->RowGroup(0);
  std::set<std::string> without;
  for (int leaf = 0; leaf < group->num_columns(); ++leaf) {
    const bool indexed = pages && pages->GetColumnIndex(leaf);
    if (!group->ColumnChunk(leaf)->is_stats_set() && !indexed) {
      without.insert(group->ColumnChunk(leaf)->path_in_schema()->ToDotString());
    }
  }
  EXPECT_EQ(without, (std::set<std::string>{"driver", "phones.list.element"}));
}

TEST(ParquetWriter, UsesTheEncodingsThatFitTheTypes) {
  const auto file = write_file({trips(0, 100)});

  const auto metadata = parquet::ParquetFileReader::Open(reader_of(file.content))->metadata();
  const auto group = metadata->RowGroup(0);
  const auto uses = [&group](int leaf, parquet::Encoding::type encoding) {
    const auto encodings = group->ColumnChunk(leaf)->encodings();
    return std::find(encodings.begin(), encodings.end(), encoding) != encodings.end();
  };
  EXPECT_TRUE(uses(0, parquet::Encoding::RLE_DICTIONARY));
  EXPECT_TRUE(uses(2, parquet::Encoding::DELTA_BINARY_PACKED));
  EXPECT_TRUE(uses(3, parquet::Encoding::PLAIN));
  EXPECT_FALSE(uses(3, parquet::Encoding::BYTE_STREAM_SPLIT)) << "Spark cannot read it";
  EXPECT_TRUE(uses(4, parquet::Encoding::DELTA_BINARY_PACKED));
  EXPECT_TRUE(uses(5, parquet::Encoding::DELTA_BINARY_PACKED));
  EXPECT_EQ(group->ColumnChunk(0)->compression(), parquet::Compression::ZSTD);
}

TEST(ParquetWriter, LetsAReaderDetectAFlippedBitInAnyPage) {
  const auto file = write_file({trips(0, 2000)});
  const auto column =
      parquet::ParquetFileReader::Open(reader_of(file.content))->metadata()->RowGroup(0)->ColumnChunk(3);
  std::string damaged = file.content;
  damaged[static_cast<std::size_t>(column->data_page_offset() + column->total_compressed_size() - 8)] ^= 0x10;

  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  parquet::arrow::FileReaderBuilder builder;
  ASSERT_TRUE(builder.Open(reader_of(damaged), properties).ok());
  const auto reader = builder.Build().ValueOrDie();

  const auto table = reader->ReadTable();

  ASSERT_FALSE(table.ok());
  EXPECT_NE(table.status().message().find("CRC"), std::string::npos) << table.status().ToString();
}

TEST(ParquetWriter, StartsANewRowGroupAtTheLimit) {
  const auto file = write_file({trips(0, 250), trips(250, 250)}, {.row_group_rows = 200});

  EXPECT_EQ(parquet::ParquetFileReader::Open(reader_of(file.content))->metadata()->num_row_groups(), 3);
}

TEST(ParquetWriter, WritesAReadableFileWithoutRows) {
  const auto file = write_file({});

  EXPECT_EQ(file.statistics.rows, 0);
  EXPECT_EQ(read_back(file.content)->num_rows(), 0);
}

TEST(ParquetWriter, RefusesANullInARequiredColumnAndStaysUsable) {
  MemorySink sink;
  auto writer = ParquetWriter::open(trips_schema(), sink, {});
  ASSERT_TRUE(writer);
  arrow::StringBuilder ids;
  ASSERT_TRUE(ids.Append("a").ok() && ids.AppendNull().ok());
  auto columns = trips(0, 2)->columns();
  columns[0] = ids.Finish().ValueOrDie();

  const auto refused = (*writer)->write(*arrow::RecordBatch::Make(to_arrow(trips_schema()), 2, columns));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(refused.error().message, "column `trip_id` is required and null in row 1 of the batch");
  EXPECT_TRUE((*writer)->write(*trips(0, 2)));
  EXPECT_TRUE((*writer)->finish());
  EXPECT_EQ(read_back(sink.content)->num_rows(), 2);
}

TEST(ParquetWriter, RefusesABatchWithOtherColumns) {
  MemorySink sink;
  auto writer = ParquetWriter::open(trips_schema(), sink, {});
  ASSERT_TRUE(writer);
  const auto narrow = trips(0, 2)->SelectColumns({0, 1}).ValueOrDie();
  const auto swapped = trips(0, 2)->SelectColumns({0, 1, 3, 2, 4, 5, 6}).ValueOrDie();

  EXPECT_EQ((*writer)->write(*narrow).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ((*writer)->write(*swapped).error().code, ErrorCode::kInvalidInput);
}

TEST(ParquetWriter, RefusesATypeThatADatasetCannotHold) {
  MemorySink sink;

  const auto writer = ParquetWriter::open({.columns = {{.name = "n", .type = arrow::uint64()}}}, sink, {});

  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kInvalidInput);
}

TEST(ParquetWriter, PassesOnTheErrorOfItsSink) {
  MemorySink sink(4'000);
  auto writer = ParquetWriter::open(trips_schema(), sink, {.row_group_rows = 1'000});
  ASSERT_TRUE(writer);

  const auto written = (*writer)->write(*trips(0, 20'000));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(written.error().message.find("no space left on device"), std::string::npos);
}

TEST(ParquetWriter, LeavesNoFooterWhenDestroyedUnfinished) {
  MemorySink sink;
  {
    auto writer = ParquetWriter::open(trips_schema(), sink, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(*trips(0, 10)));
  }

  EXPECT_THROW(parquet::ParquetFileReader::Open(reader_of(sink.content)), parquet::ParquetException);
}

}  // namespace
}  // namespace haul::columnar
