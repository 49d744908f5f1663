#include "haul/query/render.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <gtest/gtest.h>

#include <limits>

namespace haul::query {
namespace {

class StringSink final : public ByteSink {
 public:
  Result<void> append(std::span<const std::byte> bytes) override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  std::string text;
};

/// A column of one value and a null.
template <class Builder, class Value>
std::shared_ptr<arrow::Array> value_and_null(Builder&& builder, Value value) {
  std::shared_ptr<arrow::Array> out;
  EXPECT_TRUE(builder.Append(value).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  EXPECT_TRUE(builder.Finish(&out).ok());
  return out;
}

std::shared_ptr<arrow::Table> table_of(
    const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(values);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays, 2);
}

std::shared_ptr<arrow::Table> sample() {
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return table_of({{"route", value_and_null(arrow::StringBuilder(), "JFK, \"NYC\"\n→ LAX")},
                   {"legs", value_and_null(arrow::Int64Builder(), 11'262)},
                   {"share", value_and_null(arrow::DoubleBuilder(), 0.5)},
                   {"at", value_and_null(arrow::TimestampBuilder(time, arrow::default_memory_pool()),
                                         1'357'017'300'000'000)},
                   {"day", value_and_null(arrow::Date32Builder(), 15'706)},
                   {"late", value_and_null(arrow::BooleanBuilder(), true)},
                   {"raw", value_and_null(arrow::BinaryBuilder(), std::string("a\xFF"))}});
}

std::string rendered(std::unique_ptr<Renderer> (*make)(ByteSink&), const arrow::Table& table) {
  StringSink sink;
  EXPECT_TRUE(render(table, *make(sink)));
  return sink.text;
}

TEST(TableRenderer, AlignsTextLeftAndNumbersRight) {
  StringSink sink;

  ASSERT_TRUE(render(*sample(), *make_table_renderer(sink, {})));

  EXPECT_EQ(sink.text,
            "route              legs  share  at                    day         late  raw\n"
            "────────────────  ─────  ─────  ────────────────────  ──────────  ────  ─────\n"
            "JFK, \"NYC\" → LAX  11262    0.5  2013-01-01T05:15:00Z  2013-01-01  true  a\\xFF\n"
            "NULL               NULL   NULL  NULL                  NULL        NULL  NULL\n"
            "(2 rows)\n");
}

TEST(TableRenderer, CutsTheWidestColumnWhereTheLineIsTooLong) {
  StringSink sink;

  ASSERT_TRUE(render(*sample(), *make_table_renderer(sink, {.width_max = 70})));

  EXPECT_NE(sink.text.find("…"), std::string::npos) << sink.text;
}

TEST(JsonRenderer, WritesAnArrayOfObjects) {
  EXPECT_EQ(rendered(make_json_renderer, *sample()),
            "[\n{\"route\": \"JFK, \\\"NYC\\\"\\u000a→ LAX\", \"legs\": 11262, \"share\": 0.5, "
            "\"at\": \"2013-01-01T05:15:00Z\", \"day\": \"2013-01-01\", \"late\": true, \"raw\": \"Yf8=\"},\n"
            "{\"route\": null, \"legs\": null, \"share\": null, \"at\": null, \"day\": null, \"late\": null, "
            "\"raw\": null}\n]\n");
}

TEST(JsonRenderer, KeepsNumbersThatADoubleCannotHoldAsText) {
  const auto table =
      table_of({{"n", value_and_null(arrow::Int64Builder(), std::numeric_limits<std::int64_t>::max())},
                {"x", value_and_null(arrow::DoubleBuilder(), std::numeric_limits<double>::quiet_NaN())}});

  EXPECT_EQ(rendered(make_json_renderer, *table->Slice(0, 1)),
            "[\n{\"n\": \"9223372036854775807\", \"x\": null}\n]\n");
}

TEST(JsonRenderer, WritesASumOfIntegersAsANumber) {
  const auto whole = arrow::decimal128(38, 0);
  const auto table = table_of(
      {{"n", value_and_null(arrow::Decimal128Builder(whole), arrow::Decimal128(-336'776))},
       {"big", value_and_null(arrow::Decimal128Builder(whole), arrow::Decimal128((1LL << 53) + 1))},
       {"cost", value_and_null(arrow::Decimal128Builder(arrow::decimal128(9, 2)), arrow::Decimal128(1250))}});

  EXPECT_EQ(rendered(make_json_renderer, *table->Slice(0, 1)),
            "[\n{\"n\": -336776, \"big\": \"9007199254740993\", \"cost\": \"12.50\"}\n]\n");
}

TEST(CsvRenderer, QuotesWhatNeedsIt) {
  EXPECT_EQ(rendered(make_csv_renderer, *sample()),
            "route,legs,share,at,day,late,raw\n"
            "\"JFK, \"\"NYC\"\"\n→ LAX\",11262,0.5,2013-01-01T05:15:00Z,2013-01-01,true,a\\xFF\n"
            ",,,,,,\n");
}

TEST(CsvRenderer, TellsAnEmptyTextFromANull) {
  EXPECT_EQ(rendered(make_csv_renderer, *table_of({{"t", value_and_null(arrow::StringBuilder(), "")}})),
            "t\n\"\"\n\n");
}

TEST(ParquetRenderer, WritesAParquetFile) {
  const std::string bytes = rendered(make_parquet_renderer, *sample());

  EXPECT_TRUE(bytes.starts_with("PAR1"));
  EXPECT_TRUE(bytes.ends_with("PAR1"));
}

}  // namespace
}  // namespace haul::query
