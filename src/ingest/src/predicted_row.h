#pragma once

#include "column_sink.h"

namespace haul::ingest {

/// Appends the JSON scalar at `at` to the sink, which is the fast half of reading a row: no allocation, one
/// pass. The place behind the value; null where it is not a plain one (escapes, exponents, more than 15
/// digits, a nested value, a wrong type ...): then the sink may hold a part of it, and the whole parser
/// decides. `at` may be read up to 64 bytes past `end`; what lies past `end` may be returned, and the caller
/// drops it then.
[[nodiscard]] const char* append_predicted(const char* at, const char* end, ColumnSink& sink);

}  // namespace haul::ingest
