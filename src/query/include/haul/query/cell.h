#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>

namespace haul::query {

/// A value as a person reads it; appends nothing for null. Times in UTC, binary as text where it is UTF-8,
/// else \xNN.
void append_text(std::string& out, const arrow::Array& column, std::int64_t row);

/// A value as JSON; null for null. See make_json_renderer() for the mapping.
void append_json(std::string& out, const arrow::Array& column, std::int64_t row);

}  // namespace haul::query
