#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "haul/base/rng.h"
#include "haul/ingest/row_splitter.h"
#include "memory_file.h"

namespace haul::ingest {
namespace {

std::shared_ptr<arrow::Array> array(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::shared_ptr<arrow::RecordBatch> sample() {
  const auto utc = arrow::timestamp(arrow::TimeUnit::MILLI, "UTC");
  const auto local = arrow::timestamp(arrow::TimeUnit::NANO);
  const auto point = arrow::struct_({arrow::field("lat", arrow::float64())});
  const arrow::ArrayVector columns = {array(arrow::int64(), "[1, null]"),
                                      array(arrow::utf8(), R"(["a\"b\n", ""])"),
                                      array(arrow::float64(), "[0.1, -2.0]"),
                                      array(utc, "[1500, -1]"),
                                      array(local, "[1, 0]"),
                                      array(arrow::date32(), "[0, 19723]"),
                                      array(arrow::decimal128(9, 2), R"(["12.30", "-0.05"])"),
                                      array(arrow::list(arrow::int32()), "[[1, null], []]"),
                                      array(point, R"([{"lat": 1.5}, null])"),
                                      array(arrow::boolean(), "[true, false]")};
  arrow::FieldVector fields;
  for (std::size_t i = 0; i < columns.size(); ++i)
    fields.push_back(arrow::field(std::string(1, static_cast<char>('a' + i)), columns[i]->type()));
  return arrow::RecordBatch::Make(arrow::schema(fields), 2, columns);
}

const std::vector<std::string> kSampleRows = {
    R"(1:{"a":1,"b":"a\"b\u000a","c":0.1,"d":"1970-01-01T00:00:01.500Z","e":"1970-01-01T00:00:00.000000001",)"
    R"("f":"1970-01-01","g":12.30,"h":[1,null],"i":{"lat":1.5},"j":true})",
    R"(2:{"a":null,"b":"","c":-2,"d":"1969-12-31T23:59:59.999Z","e":"1970-01-01T00:00:00",)"
    R"("f":"2024-01-01","g":-0.05,"h":[],"i":null,"j":false})"};

std::string to_parquet(const arrow::RecordBatch& batch) {
  const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto table = arrow::Table::FromRecordBatches({batch.Slice(0)}).ValueOrDie();
  // Arrow's own types are kept, so that what comes back is what went in.
  const auto kept = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, 1'000,
                                         parquet::default_writer_properties(), kept)
                  .ok());
  return out->Finish().ValueOrDie()->ToString();
}

std::string to_arrow(const arrow::RecordBatch& batch, bool as_file) {
  const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto writer = (as_file ? arrow::ipc::MakeFileWriter(out, batch.schema())
                               : arrow::ipc::MakeStreamWriter(out, batch.schema()))
                          .ValueOrDie();
  EXPECT_TRUE(writer->WriteRecordBatch(batch).ok() && writer->Close().ok());
  return out->Finish().ValueOrDie()->ToString();
}

/// "number:row" each.
Result<std::vector<std::string>> read(const std::string& content, Format format, SplitOptions options = {}) {
  const MemoryFile file(content);
  HAUL_TRY(splitter, RowSplitter::open(file, {.format = format}, options));
  EXPECT_EQ(splitter->row_format().format, Format::kNdjson);
  std::vector<std::string> found;
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    const std::string_view bytes(reinterpret_cast<const char*>(rows.bytes.data()), rows.bytes.size());
    for (std::size_t row = 0; row < rows.view().size(); ++row) {
      const auto begin = static_cast<std::size_t>(rows.ends[row]);
      found.push_back(std::to_string(rows.lines[row]) + ":" +
                      std::string(bytes.substr(begin, static_cast<std::size_t>(rows.ends[row + 1]) - begin)));
    }
    for (const auto& row : rows.too_long) found.push_back(std::to_string(row.line) + ":TOO LONG");
    last = rows.last;
  }
  return found;
}

TEST(ColumnarSplitter, WritesEveryRowAsJsonWithNothingLost) {
  const auto batch = sample();

  for (const auto& rows :
       {read(to_parquet(*batch), Format::kParquet), read(to_arrow(*batch, false), Format::kArrow),
        read(to_arrow(*batch, true), Format::kArrow)}) {
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(*rows, kSampleRows);
  }
}

TEST(ColumnarSplitter, GivesWhatJsonCannotHoldAsSomethingNoDecoderTakes) {
  arrow::BinaryBuilder bytes;
  ASSERT_TRUE(bytes.Append("\xFF\x01").ok());
  const arrow::ArrayVector columns = {array(arrow::float64(), "[NaN]"), bytes.Finish().ValueOrDie()};
  const auto batch = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("x", arrow::float64()), arrow::field("y", arrow::binary())}), 1, columns);

  EXPECT_EQ(read(to_arrow(*batch, false), Format::kArrow),
            std::vector<std::string>{R"(1:{"x":"nan","y":{"base64":"/wE="}})"});
}

TEST(ColumnarSplitter, RefusesTypesThatNoContractHolds) {
  const auto batch = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("span", arrow::duration(arrow::TimeUnit::SECOND))}), 1,
      {array(arrow::duration(arrow::TimeUnit::SECOND), "[1]")});

  const auto rows = read(to_arrow(*batch, false), Format::kArrow);

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(rows.error().message.find("the column span has the type duration[s]"), std::string::npos);
}

TEST(ColumnarSplitter, ReportsTooLongRows) {
  EXPECT_EQ(read(to_parquet(*sample()), Format::kParquet, {.row_bytes_max = 20}),
            (std::vector<std::string>{"1:TOO LONG", "2:TOO LONG"}));
}

TEST(ColumnarSplitter, RefusesOrReadsDamagedFiles) {
  SeededRng rng(5);
  for (const auto& [content, format] : {std::pair{to_parquet(*sample()), Format::kParquet},
                                        std::pair{to_arrow(*sample(), false), Format::kArrow},
                                        std::pair{to_arrow(*sample(), true), Format::kArrow}}) {
    for (int round = 0; round < 300; ++round) {
      std::string damaged = content;
      if (round % 3 == 0) {
        damaged.resize(below(rng, damaged.size()));
      } else {
        for (int flips = round % 4; flips >= 0; --flips)
          damaged[below(rng, damaged.size())] ^= static_cast<char>(1U << below(rng, 8));
      }

      const auto rows = read(damaged, format);

      if (!rows) {
        EXPECT_EQ(rows.error().code, ErrorCode::kInvalidInput) << rows.error().message;
      }
    }
  }
}

}  // namespace
}  // namespace haul::ingest
