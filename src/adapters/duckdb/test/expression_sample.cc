#include "expression_sample.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "handles.h"

namespace haul::adapters::duckdb {
namespace {

using Random = SeededRng;
__extension__ typedef __int128 Wide;

template <class T>
std::vector<T> integers(Random& random) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> all{0, 1, T{-1}, 2, 3, 7, 10, T{-10}, 100, Limits::min(), Limits::max()};
  all.push_back(static_cast<T>(Limits::max() - 1));
  all.push_back(static_cast<T>(Limits::min() + 1));
  for (int i = 0; i < 12; ++i) all.push_back(static_cast<T>(random.next() >> below(random, 64)));
  return all;
}

template <class T>
std::vector<T> floats(Random& random) {
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity();
  std::vector<T> all{T{0},
                     -T{0},
                     T{1},
                     T{-1},
                     T(0.5),
                     T(2.5),
                     T(-2.5),
                     T(3.5),
                     T(0.1),
                     T(1e15),
                     T(123456.789),
                     Limits::max(),
                     Limits::lowest(),
                     Limits::min(),
                     inf,
                     -inf,
                     Limits::quiet_NaN(),
                     Limits::denorm_min(),
                     T(127.7),
                     T(-128.4),
                     T(2147483647.5),
                     T(9.3e18),
                     T(1e-5),
                     T(16777217),
                     T(1e16)};
  for (int i = 0; i < 8; ++i)
    all.push_back(static_cast<T>(static_cast<double>(below(random, 2'000'000)) / 1000 - 1000));
  return all;
}

std::vector<std::string> texts() {
  return {"",
          "a",
          "A",
          "abc",
          "ABC",
          "%",
          "a_c",
          "100%",
          " abc ",
          "\t12\n",
          "12",
          "-7",
          "+5",
          "1e3",
          "1.5",
          "2.5e-1",
          "1_000",
          "0x1F",
          "0b101",
          "99999999999999999999",
          "true",
          "No",
          "nan",
          "-inf",
          "Infinity",
          "2013-01-01",
          "1969-12-31 23:59:59.999999",
          "2020-02-30",
          "epoch",
          "-infinity",
          "2013-01-01T05:15:00Z",
          "2013-06-01 10:20+02:30",
          "0044-03-15 (BC)",
          "2020/1/2 3:4",
          "2020-01-01 x",
          "2020-01-01 10:00 UTC",
          "h\xc3\xa9llo",
          "\xc3\x9cnicode\xe2\x82\xac",
          "stra\xc3\x9f"
          "e",
          "\xf0\x9f\x9a\x9a truck",
          "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
          "\xc2\xa0nbsp\xc2\xa0",
          "a\nb",
          "12abc",
          ".5",
          "5.",
          ".",
          "-",
          "1e400",
          "127.5",
          "-128.5",
          "00012",
          "1e",
          "12 34",
          "999e-2",
          "\xc4\xb0stanbul"};
}

std::vector<std::int32_t> dates(Random& random) {
  std::vector<std::int32_t> all{0,          1,           -1,        -25567,     15706,
                                18321,      -719528,     -719529,   2932896,    59,
                                10957,      -106751991,  106751991, 2147483646, -2147483646,
                                2147483647, -2147483647, 365,       -3652,      146097};
  for (int i = 0; i < 8; ++i) all.push_back(static_cast<std::int32_t>(below(random, 40000)) - 10000);
  return all;
}

std::vector<std::int64_t> times(Random& random) {
  using Limits = std::numeric_limits<std::int64_t>;
  std::vector<std::int64_t> all{0,
                                1,
                                -1,
                                999'999,
                                -999'999,
                                1'356'998'400'000'000,
                                1'357'016'100'123'456,
                                -2'208'988'800'000'000,
                                -62'135'596'800'000'001,
                                253'402'300'799'999'999,
                                Limits::max(),
                                -Limits::max(),
                                Limits::max() - 1,
                                -9'223'372'022'400'000'000,
                                86'400'000'000,
                                951'782'399'500'000};
  for (int i = 0; i < 10; ++i) {
    all.push_back(static_cast<std::int64_t>(below(random, 4'000'000'000'000'000)) - 1'000'000'000'000'000);
  }
  return all;
}

std::vector<Wide> decimals(Random& random, int digits) {
  Wide limit = 1;
  for (int i = 0; i < digits; ++i) limit *= 10;
  std::vector<Wide> all{0, 1, -1, 50, -50, 49, 99, 100, 250, -250, limit - 1, 1 - limit, limit / 2};
  for (int i = 0; i < 8; ++i)
    all.push_back(static_cast<Wide>(static_cast<std::int64_t>(random.next())) % limit);
  return all;
}

/// Appends the picked values to DuckDB's appender row by row and to Arrow column by column.
class SampleBuilder {
 public:
  SampleBuilder(std::uint64_t seed, int rows, duckdb_connection connection)
      : random_(seed), rows_(rows), connection_(connection) {}

  template <class Builder, class T, class Append>
  void add(const std::string& name, std::shared_ptr<arrow::DataType> type, std::vector<T> pool,
           Append append) {
    Builder builder(type, arrow::default_memory_pool());
    std::vector<std::function<void(duckdb_appender)>> cells;
    for (int row = 0; row < rows_; ++row) {
      // The first rows go through the pool, so that every special value is there; the others mix.
      const bool null = below(random_, 8) == 0;
      const T value = pool[static_cast<std::size_t>(row) < pool.size() ? static_cast<std::size_t>(row)
                                                                       : below(random_, pool.size())];
      if (null) {
        ok(builder.AppendNull());
        cells.push_back([](duckdb_appender to) { duckdb_append_null(to); });
      } else {
        ok(append_arrow(builder, value));
        cells.push_back([value, append](duckdb_appender to) { append(to, value); });
      }
    }
    schema_.columns.push_back({name, type});
    arrays_.push_back(*builder.Finish());
    cells_.push_back(std::move(cells));
  }

  Sample finish(const std::string& columns) {
    ResultHandle created;
    duckdb_query(connection_, ("CREATE TABLE sample(row_id INTEGER, " + columns + ")").c_str(),
                 created.out());
    {
      AppenderHandle appender;
      duckdb_appender_create(connection_, nullptr, "sample", appender.out());
      for (std::size_t row = 0; row < static_cast<std::size_t>(rows_); ++row) {
        duckdb_append_int32(appender.get(), static_cast<std::int32_t>(row));
        for (const auto& column : cells_) column[row](appender.get());
        duckdb_appender_end_row(appender.get());
      }
    }
    return {schema_, arrow::RecordBatch::Make(columnar::to_arrow(schema_), rows_, arrays_)};
  }

  Random& random() { return random_; }

 private:
  static void ok(const arrow::Status& status) {
    if (!status.ok()) status.Abort();
  }
  template <class Builder, class T>
  static arrow::Status append_arrow(Builder& builder, const T& value) {
    if constexpr (std::is_same_v<T, Wide>) {
      return builder.Append(
          arrow::Decimal128(static_cast<std::int64_t>(value >> 64), static_cast<std::uint64_t>(value)));
    } else if constexpr (std::is_same_v<Builder, arrow::BooleanBuilder>) {
      return builder.Append(value != 0);
    } else {
      return builder.Append(value);
    }
  }

  Random random_;
  int rows_;
  duckdb_connection connection_;
  columnar::Schema schema_;
  std::vector<std::shared_ptr<arrow::Array>> arrays_;
  std::vector<std::vector<std::function<void(duckdb_appender)>>> cells_;
};

void append_decimal(duckdb_appender to, Wide value, std::uint8_t width, std::uint8_t scale) {
  duckdb_decimal decimal{
      width, scale, {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)}};
  duckdb_value boxed = duckdb_create_decimal(decimal);
  duckdb_append_value(to, boxed);
  duckdb_destroy_value(&boxed);
}

}  // namespace

Sample make_sample(std::uint64_t seed, int rows, duckdb_connection connection) {
  SampleBuilder builder(seed, rows, connection);
  Random& random = builder.random();
  const auto number = [](auto append) {
    return [append](duckdb_appender to, auto value) { append(to, value); };
  };
  builder.add<arrow::BooleanBuilder>(
      "b", arrow::boolean(), std::vector<char>{1, 0},
      [](duckdb_appender to, char value) { duckdb_append_bool(to, value != 0); });
  builder.add<arrow::Int8Builder>("i8", arrow::int8(), integers<std::int8_t>(random),
                                  number(duckdb_append_int8));
  builder.add<arrow::Int16Builder>("i16", arrow::int16(), integers<std::int16_t>(random),
                                   number(duckdb_append_int16));
  builder.add<arrow::Int32Builder>("i32", arrow::int32(), integers<std::int32_t>(random),
                                   number(duckdb_append_int32));
  builder.add<arrow::Int64Builder>("i64", arrow::int64(), integers<std::int64_t>(random),
                                   number(duckdb_append_int64));
  builder.add<arrow::FloatBuilder>("f32", arrow::float32(), floats<float>(random),
                                   number(duckdb_append_float));
  builder.add<arrow::DoubleBuilder>("f64", arrow::float64(), floats<double>(random),
                                    number(duckdb_append_double));
  const auto decimal = [&](const std::string& name, std::uint8_t width, std::uint8_t scale) {
    builder.add<arrow::Decimal128Builder>(
        name, arrow::decimal128(width, scale), decimals(random, width),
        [width, scale](duckdb_appender to, Wide value) { append_decimal(to, value, width, scale); });
  };
  decimal("d92", 9, 2);
  decimal("d184", 18, 4);
  decimal("d380", 38, 10);
  const auto text = [](duckdb_appender to, const std::string& value) {
    duckdb_append_varchar_length(to, value.data(), value.size());
  };
  builder.add<arrow::StringBuilder>("s", arrow::utf8(), texts(), text);
  auto others = texts();
  std::rotate(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(below(random, others.size())),
              others.end());
  builder.add<arrow::StringBuilder>("u", arrow::utf8(), others, text);
  builder.add<arrow::Date32Builder>(
      "d", arrow::date32(), dates(random),
      [](duckdb_appender to, std::int32_t value) { duckdb_append_date(to, {value}); });
  const auto time = [](duckdb_appender to, std::int64_t value) { duckdb_append_timestamp(to, {value}); };
  builder.add<arrow::TimestampBuilder>("ts", arrow::timestamp(arrow::TimeUnit::MICRO), times(random), time);
  builder.add<arrow::TimestampBuilder>("tz", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), times(random),
                                       time);
  builder.add<arrow::BinaryBuilder>("bl", arrow::binary(), texts(),
                                    [](duckdb_appender to, const std::string& value) {
                                      duckdb_append_blob(to, value.data(), value.size());
                                    });
  return builder.finish(
      "b BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INTEGER, i64 BIGINT, f32 FLOAT, f64 DOUBLE, d92 "
      "DECIMAL(9,2), "
      "d184 DECIMAL(18,4), d380 DECIMAL(38,10), s VARCHAR, u VARCHAR, d DATE, ts TIMESTAMP, tz TIMESTAMPTZ, "
      "bl BLOB");
}

}  // namespace haul::adapters::duckdb
