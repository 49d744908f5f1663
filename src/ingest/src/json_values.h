#pragma once

#include <simdjson.h>

#include <cstdint>

#include "column_sink.h"

namespace haul::ingest {

/// What became of one JSON value.
enum class Appended : std::uint8_t {
  kYes,
  kWrongType,  ///< JSON, but not what the column holds.
  kMalformed,  ///< No JSON.
};

/// Appends a value of any kind, arrays and objects included; null is null everywhere. Members of objects that
/// the type lacks are checked and counted in `unknown_fields`; missing ones are null. Unless kYes comes back,
/// the sink may hold a part of the value: truncate it.
Appended append_value(simdjson::ondemand::value value, ColumnSink& sink, std::uint64_t& unknown_fields);

/// Whether the value is JSON to its last byte (the parser alone does not look into what nobody reads).
bool is_wellformed(simdjson::ondemand::value value);

/// The text of a scalar as it stands in the row.
[[nodiscard]] std::string_view token_of(simdjson::ondemand::value& value);

}  // namespace haul::ingest
