// Files as Haul itself writes them, read back through SQL.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine_fixture.h"
#include "haul/columnar/parquet_writer.h"

namespace haul::adapters::duckdb {
namespace {

constexpr std::int64_t kRows = 5000;

class FileSink final : public ByteSink {
 public:
  explicit FileSink(const Path& path) : file_(path, std::ios::binary) {}
  Result<void> append(std::span<const std::byte> bytes) override {
    file_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return {};
  }

 private:
  std::ofstream file_;
};

/// Row i of a column, null where i is a multiple of 11.
template <class Builder, class ValueOf>
std::shared_ptr<arrow::Array> values(Builder&& builder, ValueOf value_of) {
  for (std::int64_t i = 0; i < kRows; ++i) {
    EXPECT_TRUE((i % 11 == 0 ? builder.AppendNull() : builder.Append(value_of(i))).ok());
  }
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> lists() {
  arrow::ListBuilder builder(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  auto& items = static_cast<arrow::Int64Builder&>(*builder.value_builder());
  for (std::int64_t i = 0; i < kRows; ++i) {
    EXPECT_TRUE((i % 11 == 0 ? builder.AppendNull() : builder.Append()).ok());
    for (std::int64_t item = 0; i % 11 != 0 && item < i % 4; ++item) EXPECT_TRUE(items.Append(i + item).ok());
  }
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Table> every_type() {
  auto* pool = arrow::default_memory_pool();
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto local = arrow::timestamp(arrow::TimeUnit::MICRO);
  const auto money = arrow::decimal128(12, 2);
  const auto text = [](std::int64_t i) { return "text " + std::to_string(i % 97); };
  const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns = {
      {"flag", values(arrow::BooleanBuilder(), [](std::int64_t i) { return i % 3 == 0; })},
      {"tiny",
       values(arrow::Int8Builder(), [](std::int64_t i) { return static_cast<std::int8_t>(i % 256 - 128); })},
      {"small",
       values(arrow::Int16Builder(), [](std::int64_t i) { return static_cast<std::int16_t>(i - 2500); })},
      {"whole",
       values(arrow::Int32Builder(), [](std::int64_t i) { return static_cast<std::int32_t>(i * -400'000); })},
      {"big", values(arrow::Int64Builder(), [](std::int64_t i) { return i * 1'000'000'000'000'000; })},
      {"single", values(arrow::FloatBuilder(), [](std::int64_t i) { return static_cast<float>(i) / 7; })},
      {"real", values(arrow::DoubleBuilder(), [](std::int64_t i) { return static_cast<double>(i) / 7; })},
      {"word", values(arrow::StringBuilder(), text)},
      {"raw", values(arrow::BinaryBuilder(),
                     [](std::int64_t i) { return std::string(1, static_cast<char>(i % 256)); })},
      {"day", values(arrow::Date32Builder(),
                     [](std::int64_t i) { return static_cast<std::int32_t>(i * 7 - 4000); })},
      {"arrived", values(arrow::TimestampBuilder(utc, pool),
                         [](std::int64_t i) { return 1'357'017'300'000'001 + i * 977; })},
      {"local_at",
       values(arrow::TimestampBuilder(local, pool), [](std::int64_t i) { return -i * 1'000'003; })},
      {"cost", values(arrow::Decimal128Builder(money, pool),
                      [](std::int64_t i) { return arrow::Decimal128(i * 12'345); })},
      {"stops", lists()},
  };
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

class OwnFiles : public EngineFixture {
 protected:
  query::Scan written(const arrow::Table& table) {
    const Path path = folder_.path() / "own.parquet";
    query::Scan scan{
        .schema = "silver", .name = "own", .columns = columnar::from_arrow(*table.schema()).value()};
    FileSink sink(path);
    auto writer = columnar::ParquetWriter::open(scan.columns, sink, {}).value();
    arrow::TableBatchReader batches(table);
    for (std::shared_ptr<arrow::RecordBatch> batch; batches.ReadNext(&batch).ok() && batch != nullptr;) {
      EXPECT_TRUE(writer->write(*batch));
    }
    EXPECT_TRUE(writer->finish());
    scan.files.push_back({.path = path});
    return scan;
  }
};

TEST_F(OwnFiles, GiveBackEveryValueOfEveryType) {
  const auto table = every_type();
  const query::Scan scan = written(*table);

  const auto back = query::run_to_table(*engine_, {.sql = "FROM silver.own", .scans = {scan}});

  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ((*back)->num_rows(), kRows);
  for (int i = 0; i < table->num_columns(); ++i) {
    EXPECT_TRUE((*back)->column(i)->Equals(table->column(i))) << table->field(i)->ToString();
  }
}

TEST_F(OwnFiles, GiveTheSameAnswersAsTheirRowsInMemory) {
  const auto table = every_type();
  const query::Scan from_file = written(*table);
  query::Scan from_memory = from_file;
  from_memory.files.clear();
  from_memory.rows = table;
  const std::string sql =
      "SELECT word, count(*), sum(whole), min(arrived), max(day), sum(cost), count(DISTINCT raw), "
      "sum(len(stops)), "
      "min(real) FROM silver.own WHERE arrived > '2013-01-01 05:15:00.5Z' AND NOT flag GROUP BY word ORDER "
      "BY "
      "word";

  const std::string answered = answer({.sql = sql, .scans = {from_file}});

  EXPECT_EQ(answered, answer({.sql = sql, .scans = {from_memory}}));
  EXPECT_EQ(std::count(answered.begin(), answered.end(), '\n'), 97) << answered;
}

}  // namespace
}  // namespace haul::adapters::duckdb
