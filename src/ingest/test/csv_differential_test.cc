#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "haul/base/rng.h"
#include "haul/base/time.h"
#include "haul/ingest/row_splitter.h"
#include "memory_file.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

const FormatOptions kFormat{.format = Format::kCsv, .csv = {.null_text = "NA"}};

columnar::Schema schema() {
  return {.columns = {{.name = "i8", .type = arrow::int8()},
                      {.name = "i64", .type = arrow::int64()},
                      {.name = "f64", .type = arrow::float64()},
                      {.name = "f32", .type = arrow::float32()},
                      {.name = "text", .type = arrow::utf8()},
                      {.name = "flag", .type = arrow::boolean()},
                      {.name = "day", .type = arrow::date32()},
                      {.name = "at", .type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                      {.name = "cost", .type = arrow::decimal128(10, 3)}}};
}

std::string random_number(Rng& rng) {
  const auto value = static_cast<double>(static_cast<std::int64_t>(rng.next()) >> below(rng, 63));
  switch (below(rng, 4)) {
    case 0:
      return fmt::format("{:.{}f}", value / 1e9, below(rng, 12));
    case 1:
      return fmt::format("{:e}", value * 1e-20);
    case 2:
      return fmt::format("{}", value / 3);
    default:
      return fmt::format("{}", below(rng, 100));
  }
}

std::string random_text(Rng& rng) {
  static constexpr std::string_view kPieces[] = {"a", "Zürich", " ", ",", "\"", "\n", "NA", "🚚", "0", "\r\n"};
  std::string text;
  for (auto count = below(rng, 6); count > 0; --count) text += kPieces[below(rng, std::size(kPieces))];
  return text;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string random_field(std::size_t column, Rng& rng) {
  if (below(rng, 8) == 0) return below(rng, 2) == 0 ? "" : "NA";
  const auto micros = static_cast<std::int64_t>(below(rng, 4'000'000'000)) * 999'983 - 1'000'000'000'000'000;
  switch (column) {
    case 0:
      return fmt::format("{}", static_cast<int>(below(rng, 256)) - 128);
    case 1:
      return fmt::format("{}", static_cast<std::int64_t>(rng.next()) >> below(rng, 63));
    case 2:
      return random_number(rng);
    case 3:
      return fmt::format("{}", static_cast<float>(below(rng, 1'000'000)) / 128);
    case 4:
      return quoted(random_text(rng));
    case 5:
      return below(rng, 2) == 0 ? "true" : "false";
    case 6:
      return format_utc(Micros{micros}).substr(0, 10);
    case 7:
      return format_utc(Micros{micros});
    default:
      return fmt::format("{}.{:03}", static_cast<int>(below(rng, 2'000'000)) - 1'000'000, below(rng, 1'000));
  }
}

std::shared_ptr<arrow::Table> read_by_arrow(const std::string& content) {
  auto convert = arrow::csv::ConvertOptions::Defaults();
  for (const auto& column : schema().columns) convert.column_types[column.name] = column.type;
  convert.null_values = {"", "NA"};
  convert.strings_can_be_null = true;
  convert.quoted_strings_can_be_null = false;
  auto parse = arrow::csv::ParseOptions::Defaults();
  parse.newlines_in_values = true;
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  const auto reader = arrow::csv::TableReader::Make(
      arrow::io::default_io_context(),
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(content)), read, parse, convert);
  const auto table =
      reader.ok() ? (*reader)->Read() : arrow::Result<std::shared_ptr<arrow::Table>>(reader.status());
  EXPECT_TRUE(table.ok()) << table.status().ToString();
  return table.ok() ? *table : nullptr;
}

std::shared_ptr<arrow::Table> read_by_us(const std::string& content) {
  const MemoryFile file(content);
  const auto splitter = RowSplitter::open(file, kFormat, {.chunk_bytes = 4'000});
  EXPECT_TRUE(splitter);
  const auto decoder = Decoder::make(kFormat, schema(), (*splitter)->header());
  EXPECT_TRUE(decoder);
  arrow::RecordBatchVector batches;
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    EXPECT_TRUE(rows);
    auto batch = (*decoder)->decode(rows->view());
    EXPECT_TRUE(batch);
    EXPECT_EQ(rejections(*batch), "");
    batches.push_back(batch->rows);
    last = rows->last;
  }
  return arrow::Table::FromRecordBatches(batches).ValueOrDie()->CombineChunks().ValueOrDie();
}

TEST(CsvDecoder, ReadsWhatArrowsReaderReads) {
  constexpr std::uint64_t kSeed = 20130101;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRng rng(kSeed);
  std::string content = "i8,i64,f64,f32,text,flag,day,at,cost\n";
  for (int row = 0; row < 3'000; ++row) {
    for (std::size_t column = 0; column < 9; ++column)
      content += (column > 0 ? "," : "") + random_field(column, rng);
    content += "\n";
  }

  const auto theirs = read_by_arrow(content);
  const auto ours = read_by_us(content);

  ASSERT_NE(theirs, nullptr);
  ASSERT_EQ(ours->num_rows(), 3'000);
  for (const auto& name : theirs->ColumnNames()) {
    EXPECT_TRUE(ours->GetColumnByName(name)->Equals(theirs->GetColumnByName(name))) << name;
  }
}

}  // namespace
}  // namespace haul::ingest
