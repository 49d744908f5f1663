// The rules of a typical contract over batches of 4,096 and 65,536 rows: nanoseconds per row and rule are
// 1e9 / items_per_second.
#include <arrow/api.h>
#include <benchmark/benchmark.h>

#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/base/rng.h"
#include "haul/expression/expression.h"

namespace haul::adapters::duckdb {
namespace {

const columnar::Schema& legs() {
  static const columnar::Schema schema{{{"delay", arrow::int32()},
                                        {"distance", arrow::float64()},
                                        {"origin", arrow::utf8()},
                                        {"destination", arrow::utf8()},
                                        {"planned", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                        {"actual", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")}}};
  return schema;
}

template <class Builder, class Make>
std::shared_ptr<arrow::Array> column(Builder builder, std::int64_t rows, Make make) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto status = row % 16 == 0 ? builder.AppendNull() : builder.Append(make());
    if (!status.ok()) status.Abort();
  }
  return *builder.Finish();
}

std::shared_ptr<arrow::RecordBatch> some_legs(std::int64_t rows) {
  SeededRng random(1);
  const auto site = [&] {
    return std::vector<std::string>{"JFK", "LGA", "EWR", "BOS", "ORD"}[below(random, 5)];
  };
  const auto time = [&] { return static_cast<std::int64_t>(below(random, 1'000'000'000)) * 1'000'000; };
  const auto zoned = [] {
    return arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                   arrow::default_memory_pool());
  };
  return arrow::RecordBatch::Make(
      columnar::to_arrow(legs()), rows,
      {column(arrow::Int32Builder(), rows, [&] { return static_cast<int>(below(random, 500)); }),
       column(arrow::DoubleBuilder(), rows, [&] { return static_cast<double>(below(random, 5000)); }),
       column(arrow::StringBuilder(), rows, site), column(arrow::StringBuilder(), rows, site),
       column(zoned(), rows, time), column(zoned(), rows, time)});
}

void rule(benchmark::State& state, const char* sql) {
  const auto parser = make_duckdb_sql_parser();
  const auto compiled = expression::Expression::compile(sql, legs(), *parser);
  const auto batch = some_legs(state.range(0));
  if (!compiled) state.SkipWithError(compiled.error().message.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(compiled->evaluate(*batch));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void compile(benchmark::State& state) {
  const auto parser = make_duckdb_sql_parser();
  for (auto _ : state) {
    benchmark::DoNotOptimize(expression::Expression::compile("delay BETWEEN -120 AND 2880", legs(), *parser));
  }
}

#define HAUL_RULE(name, sql) BENCHMARK_CAPTURE(rule, name, sql)->Arg(4'096)->Arg(65'536)
HAUL_RULE(not_null, "origin IS NOT NULL");
HAUL_RULE(integer_against_literal, "delay < 2880");
HAUL_RULE(float_against_literal, "distance >= 0.0");
HAUL_RULE(between, "delay BETWEEN -120 AND 2880");
HAUL_RULE(in_list, "origin IN ('JFK', 'LGA', 'EWR')");
HAUL_RULE(text_pair, "origin <> destination");
HAUL_RULE(length, "length(origin) = 3");
HAUL_RULE(regexp, "regexp_full_match(origin, '[A-Z]{3}')");
HAUL_RULE(time_order, "actual IS NULL OR actual >= planned - INTERVAL 1 DAY");
HAUL_RULE(arithmetic, "delay + 60 > 0 AND distance * 1.6 < 20000");
BENCHMARK(compile);
#undef HAUL_RULE

}  // namespace
}  // namespace haul::adapters::duckdb
