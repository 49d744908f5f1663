// Casts between DATE, TIMESTAMP and TIMESTAMPTZ; the zone of every session is UTC.
#include "../allow_list.h"
#include "../row_loops.h"
#include "civil_time.h"

namespace haul::expression {
namespace {

Outcome outcome(bool in_range) { return in_range ? Outcome::kValue : Outcome::kFailed; }

template <Zoned zoned>
Value date_to_time(const Call& call) {
  return map_rows<std::int64_t, std::int32_t>(call, [](std::int32_t date, std::int64_t* out) {
    return outcome(to_timestamp(date, out) && in_calendar<zoned>(*out));
  });
}
template <Zoned zoned>
Value time_to_date(const Call& call) {
  return map_rows<std::int32_t, std::int64_t>(call, [](std::int64_t time, std::int32_t* out) {
    *out = to_date(time);
    return outcome(in_calendar<zoned>(time));
  });
}
Value same_time(const Call& call) {
  return map_rows<std::int64_t, std::int64_t>(call, [](std::int64_t time, std::int64_t* out) {
    *out = time;
    return outcome(in_calendar<Zoned::kUtc>(time));
  });
}

}  // namespace

void add_time_casts(AllowList& list) {
  list.add_cast(TypeId::kDate, TypeId::kTimestamp, date_to_time<Zoned::kNo>);
  list.add_cast(TypeId::kDate, TypeId::kTimestampTz, date_to_time<Zoned::kUtc>);
  list.add_cast(TypeId::kTimestamp, TypeId::kDate, time_to_date<Zoned::kNo>);
  list.add_cast(TypeId::kTimestampTz, TypeId::kDate, time_to_date<Zoned::kUtc>);
  list.add_cast(TypeId::kTimestamp, TypeId::kTimestampTz, same_time);
  list.add_cast(TypeId::kTimestampTz, TypeId::kTimestamp, same_time);
}

}  // namespace haul::expression
