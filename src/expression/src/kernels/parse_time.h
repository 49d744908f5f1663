#pragma once

#include <cstdint>
#include <string_view>

namespace haul::expression {

/// DuckDB's reading of a date at the start of the text: year, month, day with '-', '/', '\' or ' ' between
/// them,
/// "(BC)", "infinity", "epoch". `*end` is where it stopped. False: no date, or none that DuckDB has.
[[nodiscard]] bool parse_date(std::string_view text, std::int32_t* date, std::size_t* end);

/// What became of the time zone in a text.
enum class Zone : std::uint8_t { kNone, kOffset, kNamed };

/// DuckDB's reading of a timestamp: a date, then optionally a time, then "Z", an offset or the name of a
/// zone. With `use_offset` the offset is applied, else it is passed over. A name other than UTC: kNamed.
[[nodiscard]] bool parse_timestamp(std::string_view text, bool use_offset, std::int64_t* time, Zone* zone);

}  // namespace haul::expression
