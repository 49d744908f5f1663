#include <arrow/api.h>
#include <benchmark/benchmark.h>

#include "haul/base/rng.h"
#include "haul/columnar/parquet_writer.h"
#include "haul/columnar/selection.h"

namespace haul::columnar {
namespace {

constexpr std::int64_t kBatchRows = 65'536;
constexpr int kBatches = 16;

/// Counts bytes and forgets them: the benchmark measures encoding, not the disk.
class CountingSink final : public ByteSink {
 public:
  Result<void> append(std::span<const std::byte> bytes) override {
    taken += bytes.size();
    return {};
  }
  std::uint64_t taken = 0;
};

const auto kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

Schema positions_schema() {
  return {.columns = {{.name = "event_id", .type = arrow::utf8(), .presence = Presence::kRequired},
                      {.name = "vehicle_id", .type = arrow::utf8(), .presence = Presence::kRequired},
                      {.name = "ts", .type = kUtc, .presence = Presence::kRequired},
                      {.name = "lat", .type = arrow::float64(), .presence = Presence::kRequired},
                      {.name = "lon", .type = arrow::float64(), .presence = Presence::kRequired},
                      {.name = "speed_kmh", .type = arrow::float64()},
                      {.name = "heading_deg", .type = arrow::float64()},
                      {.name = "status", .type = arrow::utf8()},
                      {.name = "seq", .type = arrow::int64()},
                      {.name = "ignition", .type = arrow::boolean()}}};
}

/// A fleet of 5,000 vehicles that report in turn, to 5 decimals of a degree and whole degrees of heading.
BatchPtr positions(Rng& rng, std::int64_t first) {
  arrow::StringBuilder event_id;
  arrow::StringBuilder vehicle_id;
  arrow::StringBuilder status;
  arrow::TimestampBuilder ts(kUtc, arrow::default_memory_pool());
  arrow::DoubleBuilder lat;
  arrow::DoubleBuilder lon;
  arrow::DoubleBuilder speed;
  arrow::DoubleBuilder heading;
  arrow::Int64Builder seq;
  arrow::BooleanBuilder ignition;
  constexpr const char* kStatuses[] = {"MOVING", "IDLE", "STOPPED"};
  for (std::int64_t row = first; row < first + kBatchRows; ++row) {
    (void)event_id.Append("evt-" + std::to_string(100'000'000 + row));
    (void)vehicle_id.Append("truck-" + std::to_string(10'000 + row % 5'000));
    (void)ts.Append(1'700'000'000'000'000 + row * 200);
    (void)lat.Append(30.0 + static_cast<double>(below(rng, 1'000'000)) / 1e5);
    (void)lon.Append(-97.0 + static_cast<double>(below(rng, 1'000'000)) / 1e5);
    (void)speed.Append(static_cast<double>(below(rng, 1'200)) / 10.0);
    (void)heading.Append(static_cast<double>(below(rng, 360)));
    (void)status.Append(kStatuses[below(rng, 3)]);
    (void)seq.Append(row / 5'000);
    (void)ignition.Append(below(rng, 10) != 0);
  }
  arrow::ArrayVector columns;
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &event_id, &vehicle_id, &ts, &lat, &lon, &speed, &heading, &status, &seq, &ignition}) {
    columns.push_back(builder->Finish().ValueOrDie());
  }
  return arrow::RecordBatch::Make(to_arrow(positions_schema()), kBatchRows, std::move(columns));
}

// One file of 16 batches of 65,536 positions with 10 columns, statistics included. Items = rows.
void write_positions(benchmark::State& state) {
  SeededRng rng(7);
  std::vector<BatchPtr> batches;
  for (int index = 0; index < kBatches; ++index) batches.push_back(positions(rng, index * kBatchRows));
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    CountingSink sink;
    auto writer = ParquetWriter::open(positions_schema(), sink, {});
    for (const BatchPtr& batch : batches) {
      if (!(*writer)->write(*batch)) state.SkipWithError("write");
    }
    if (!(*writer)->finish()) state.SkipWithError("finish");
    bytes = sink.taken;
  }
  state.SetItemsProcessed(state.iterations() * kBatches * kBatchRows);
  state.counters["bytes_per_row"] = static_cast<double>(bytes) / static_cast<double>(kBatches * kBatchRows);
}
BENCHMARK(write_positions)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace haul::columnar
