#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace haul {

using Micros = std::chrono::microseconds;

/// Empty tag clocks: they keep the two kinds of time apart at compile time; neither can be read.
struct EventTimeline {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Micros;
  using time_point = std::chrono::time_point<EventTimeline, Micros>;
  static constexpr bool is_steady = false;
};
struct IngestTimeline {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Micros;
  using time_point = std::chrono::time_point<IngestTimeline, Micros>;
  static constexpr bool is_steady = false;
};

/// When it happened on the road, as the device says (UTC, since 1970-01-01). May be late or wrong.
using EventTime = EventTimeline::time_point;
/// When our log accepted it (UTC). Never decreases within a partition. `event - ingest` does not compile.
using IngestTime = IngestTimeline::time_point;

/// "2013-01-01T05:15:00Z", with ".ffffff" only where the fraction is not zero.
[[nodiscard]] std::string format_utc(Micros since_epoch);
[[nodiscard]] inline std::string format_utc(EventTime at) { return format_utc(at.time_since_epoch()); }
[[nodiscard]] inline std::string format_utc(IngestTime at) { return format_utc(at.time_since_epoch()); }

/// Reads RFC 3339 and its common relaxations: a space for the T, seconds optional, fraction of 1 to 9 digits
/// (cut to microseconds), "Z" or "+hh[:mm]" or none (then UTC), a date alone (midnight). Allocation-free,
/// about 20 ns. kInvalidInput names what was read; no allocation happens on success.
Result<Micros> parse_utc(std::string_view text);

/// The hot-path twin of parse_utc: false where the text is no time; `*out` is written on success only.
[[nodiscard]] bool try_parse_utc(std::string_view text, std::int64_t* out) noexcept;

/// Reads "5m", "1h", "250ms", "7d", "2s", "10 seconds", "1 minute". kInvalidInput otherwise.
Result<Micros> parse_duration(std::string_view text);

}  // namespace haul
