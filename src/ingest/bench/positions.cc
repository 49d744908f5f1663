#include "positions.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include "haul/base/rng.h"
#include "haul/base/time.h"

namespace haul::ingest {
namespace {

const auto kUtc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");

columnar::Column required(std::string name, std::shared_ptr<arrow::DataType> type) {
  return {.name = std::move(name), .type = std::move(type), .presence = columnar::Presence::kRequired};
}

}  // namespace

columnar::Schema positions_schema() {
  return {.columns = {required("event_id", arrow::utf8()),
                      required("vehicle_id", arrow::utf8()),
                      required("ts", kUtc),
                      required("lat", arrow::float64()),
                      required("lon", arrow::float64()),
                      {.name = "speed_kmh", .type = arrow::float64()},
                      {.name = "heading_deg", .type = arrow::float64()},
                      {.name = "status", .type = arrow::utf8()},
                      {.name = "seq", .type = arrow::int64()},
                      {.name = "ignition", .type = arrow::boolean()}}};
}

OwnedRows positions(std::uint64_t seed, int rows) {
  constexpr const char* kStatuses[] = {"IN_TRANSIT", "IDLE", "STOPPED", "UNLOADING"};
  SeededRng rng(seed);
  OwnedRows result;
  for (int row = 0; row < rows; ++row) {
    const auto at = Micros{1'700'000'000'000'000 + row * 12'345LL};
    result.add(fmt::format(
        R"({{"event_id":"{}","vehicle_id":"truck-{:05}","ts":"{}","lat":{:.6f},"lon":{:.6f},)"
        R"("speed_kmh":{:.1f},"heading_deg":{:.1f},"status":"{}","seq":{},"ignition":{}}})",
        new_uuid(rng), below(rng, 5'000), format_utc(at),
        30.0 + static_cast<double>(below(rng, 1'000'000)) / 1e6,
        -97.0 - static_cast<double>(below(rng, 1'000'000)) / 1e6,
        static_cast<double>(below(rng, 1'200)) / 10.0, static_cast<double>(below(rng, 3'600)) / 10.0,
        kStatuses[below(rng, 4)], row, below(rng, 10) != 0));
  }
  return result;
}

columnar::Schema flights_schema() {
  columnar::Schema schema;
  const auto add = [&schema](std::string name, std::shared_ptr<arrow::DataType> type,
                             columnar::Presence presence) {
    schema.columns.push_back({.name = std::move(name), .type = std::move(type), .presence = presence});
  };
  using enum columnar::Presence;
  for (const auto* name : {"year", "month", "day"}) add(name, arrow::int32(), kRequired);
  add("dep_time", arrow::int32(), kOptional);
  add("sched_dep_time", arrow::int32(), kRequired);
  add("dep_delay", arrow::float64(), kOptional);
  add("arr_time", arrow::int32(), kOptional);
  add("sched_arr_time", arrow::int32(), kRequired);
  add("arr_delay", arrow::float64(), kOptional);
  add("carrier", arrow::utf8(), kRequired);
  add("flight", arrow::int32(), kRequired);
  add("tailnum", arrow::utf8(), kOptional);
  for (const auto* name : {"origin", "dest"}) add(name, arrow::utf8(), kRequired);
  add("air_time", arrow::float64(), kOptional);
  add("distance", arrow::float64(), kRequired);
  for (const auto* name : {"hour", "minute"}) add(name, arrow::int32(), kRequired);
  add("time_hour", kUtc, kRequired);
  return schema;
}

}  // namespace haul::ingest
