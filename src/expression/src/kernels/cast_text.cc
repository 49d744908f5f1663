// Casts from VARCHAR to booleans, numbers, dates and timestamps, and constants to TIMESTAMPTZ and INTERVAL.
#include "../allow_list.h"
#include "../row_loops.h"
#include "parse_interval.h"
#include "parse_number.h"
#include "parse_time.h"

namespace haul::expression {
namespace {

using Text = std::string_view;

Outcome outcome(bool parsed) { return parsed ? Outcome::kValue : Outcome::kFailed; }

template <class T>
Value text_to_integer(const Call& call) {
  return map_rows<T, Text>(call, [](Text text, T* out) { return outcome(parse_integer(text, out)); });
}
template <class T>
Value text_to_float(const Call& call) {
  return map_rows<T, Text>(call, [](Text text, T* out) { return outcome(parse_float(text, out)); });
}
Value text_to_boolean(const Call& call) {
  return map_rows<bool, Text>(call, [](Text text, bool* out) { return outcome(parse_boolean(text, out)); });
}

Value text_to_date(const Call& call) {
  return map_rows<std::int32_t, Text>(call, [](Text text, std::int32_t* out) {
    std::size_t end = 0;
    return outcome(parse_date(text, out, &end));
  });
}
Value text_to_timestamp(const Call& call) {
  return map_rows<std::int64_t, Text>(call, [](Text text, std::int64_t* out) {
    Zone zone = Zone::kNone;
    return outcome(parse_timestamp(text, false, out, &zone) && zone != Zone::kNamed);
  });
}
/// Of a constant only: a named zone needs tables of the world's zones, and is refused.
Value text_to_instant(const Call& call) {
  return map_rows<std::int64_t, Text>(call, [](Text text, std::int64_t* out) {
    Zone zone = Zone::kNone;
    return outcome(parse_timestamp(text, true, out, &zone) && zone != Zone::kNamed);
  });
}
Value text_to_interval(const Call& call) {
  return map_rows<Interval, Text>(
      call, [](Text text, Interval* out) { return outcome(parse_interval(text, out)); });
}

}  // namespace

void add_text_casts(AllowList& list) {
  const TypeId text = TypeId::kVarchar;
  list.add_cast(text, TypeId::kBoolean, text_to_boolean);
  list.add_cast(text, TypeId::kTinyInt, text_to_integer<std::int8_t>);
  list.add_cast(text, TypeId::kSmallInt, text_to_integer<std::int16_t>);
  list.add_cast(text, TypeId::kInteger, text_to_integer<std::int32_t>);
  list.add_cast(text, TypeId::kBigInt, text_to_integer<std::int64_t>);
  list.add_cast(text, TypeId::kFloat, text_to_float<float>);
  list.add_cast(text, TypeId::kDouble, text_to_float<double>);
  list.add_cast(text, TypeId::kDate, text_to_date);
  list.add_cast(text, TypeId::kTimestamp, text_to_timestamp);
  list.add_cast(text, TypeId::kTimestampTz, text_to_instant, CastInput::kConstant);
  list.add_cast(text, TypeId::kInterval, text_to_interval, CastInput::kConstant);
}

}  // namespace haul::expression
