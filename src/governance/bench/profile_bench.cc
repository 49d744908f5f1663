// What a profile costs per value, by kind of column. Items = values.
#include <arrow/api.h>
#include <benchmark/benchmark.h>

#include "haul/base/rng.h"
#include "haul/governance/profile.h"

namespace haul::governance {
namespace {

constexpr std::int64_t kRows = 65'536;

void profile_doubles(benchmark::State& state) {
  SeededRng rng(1);
  arrow::DoubleBuilder builder;
  for (std::int64_t i = 0; i < kRows; ++i) {
    if (!builder.Append(static_cast<double>(rng.next() >> 20U)).ok()) state.SkipWithError("setup");
  }
  const auto values = builder.Finish().ValueOrDie();
  ColumnProfile profile({.name = "kg", .type = arrow::float64()});
  for (auto _ : state) benchmark::DoNotOptimize(profile.add(*values).has_value());
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(profile_doubles);

void profile_texts(benchmark::State& state) {
  SeededRng rng(1);
  arrow::StringBuilder builder;
  for (std::int64_t i = 0; i < kRows; ++i) {
    if (!builder.Append("SH" + std::to_string(rng.next() >> 30U)).ok()) state.SkipWithError("setup");
  }
  const auto values = builder.Finish().ValueOrDie();
  ColumnProfile profile({.name = "shipment_id", .type = arrow::utf8()});
  for (auto _ : state) benchmark::DoNotOptimize(profile.add(*values).has_value());
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(profile_texts);

}  // namespace
}  // namespace haul::governance
