#pragma once

#include <string>
#include <string_view>

namespace haul::edi {

/// Dates and times of both standards as RFC 3339 text: with an offset where the sender gave a zone, without
/// one where he gave none (then the reader of the text decides). All fail (false, `*text` untouched) on what
/// is no date or time of the calendar. Two-digit years are 1980 to 2079.

/// CCYYMMDD or YYMMDD.
[[nodiscard]] bool is_x12_date(std::string_view date);
/// HHMM, HHMMSS, HHMMSSD or HHMMSSDD.
[[nodiscard]] bool is_x12_time(std::string_view time);
/// A date, with `time` and the time code (X12 element 623) where they are not empty. ET, CT, MT, PT, AT and
/// the like are daylight time by the rule of the United States; LT (local time) and none give no offset. An
/// unknown code fails.
[[nodiscard]] bool x12_time(std::string_view date, std::string_view time, std::string_view code,
                            std::string* text);

/// A value of DTM (C507) by its format code 2379: 2, 3, 4, 5, 101, 102, 201 to 205, 208, 301 to 304. Without
/// a format its length decides: 6, 8, 10, 12 or 14 digits.
[[nodiscard]] bool edifact_time(std::string_view value, std::string_view format, std::string* text);

}  // namespace haul::edi
