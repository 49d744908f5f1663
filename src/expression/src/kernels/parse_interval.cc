#include "parse_interval.h"

#include "date_units.h"
#include "interval_math.h"
#include "parse_number.h"

namespace haul::expression {
namespace {

bool add_unit(DateUnit unit, std::int64_t count, Interval* total) {
  Interval one;
  switch (unit) {
    case DateUnit::kYear:
      one.months = 12;
      break;
    case DateUnit::kQuarter:
      one.months = 3;
      break;
    case DateUnit::kMonth:
      one.months = 1;
      break;
    case DateUnit::kWeek:
      one.days = 7;
      break;
    case DateUnit::kDay:
      one.days = 1;
      break;
    case DateUnit::kHour:
      one.micros = kMicrosPerHour;
      break;
    case DateUnit::kMinute:
      one.micros = kMicrosPerMinute;
      break;
    case DateUnit::kSecond:
      one.micros = kMicrosPerSecond;
      break;
    case DateUnit::kMillisecond:
      one.micros = 1000;
      break;
    case DateUnit::kMicrosecond:
      one.micros = 1;
      break;
    default:
      return false;
  }
  Interval part;
  return multiply(one, count, &part) && add(*total, part, total);
}

std::string_view next_word(std::string_view* text) {
  while (!text->empty() && is_blank(text->front())) text->remove_prefix(1);
  std::size_t end = 0;
  while (end < text->size() && !is_blank((*text)[end])) ++end;
  const std::string_view word = text->substr(0, end);
  text->remove_prefix(end);
  return word;
}

}  // namespace

bool parse_interval(std::string_view text, Interval* out) {
  Interval total;
  bool any = false;
  for (std::string_view word = next_word(&text); !word.empty(); word = next_word(&text)) {
    std::int64_t count = 0;
    if (word.find_first_not_of("-0123456789") != std::string_view::npos || !parse_integer(word, &count))
      return false;
    const auto unit = parse_unit(next_word(&text));
    if (!unit || !add_unit(*unit, count, &total)) return false;
    any = true;
  }
  *out = total;
  return any;
}

}  // namespace haul::expression
