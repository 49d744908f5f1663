#include "haul/edi/date_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace haul::edi {
namespace {

namespace chrono = std::chrono;

/// A time as the digits say it, with hundredths of a second.
struct Digits {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int hundredths = 0;
  bool has_time = false;
};

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Of digits only.
int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool is_in_calendar(const Digits& at) {
  const chrono::year_month_day date{chrono::year{at.year}, chrono::month{static_cast<unsigned>(at.month)},
                                    chrono::day{static_cast<unsigned>(at.day)}};
  return date.ok() && at.year > 0 && at.hour < 24 && at.minute < 60 && at.second < 60;
}

/// Fills `at` by a pattern of the letters C (century) Y M D h m s and f (hundredths, first digit first).
std::optional<Digits> read(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size() || !are_digits(text)) return std::nullopt;
  Digits at;
  at.month = at.day = 0;
  int century = -1;
  int weight = 10;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = text[i] - '0';
    const auto push = [digit](int& value) { value = value * 10 + digit; };
    switch (pattern[i]) {
      case 'C':
        if (century < 0) century = 0;
        push(century);
        break;
      case 'Y':
        push(at.year);
        break;
      case 'M':
        push(at.month);
        break;
      case 'D':
        push(at.day);
        break;
      case 'h':
        push(at.hour);
        at.has_time = true;
        break;
      case 'm':
        push(at.minute);
        break;
      case 's':
        push(at.second);
        break;
      default:
        at.hundredths += digit * weight;
        weight = 1;
        break;
    }
  }
  at.year += 100 * (century >= 0 ? century : (at.year >= 80 ? 19 : 20));
  if (!is_in_calendar(at)) return std::nullopt;
  return at;
}

std::string to_text(const Digits& at, std::string_view offset) {
  std::string text = fmt::format("{:04}-{:02}-{:02}", at.year, at.month, at.day);
  if (!at.has_time && offset.empty()) return text;
  text += fmt::format("T{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
  if (at.hundredths > 0) text += fmt::format(".{:02}", at.hundredths);
  return text.append(offset);
}

std::string offset_text(int minutes) {
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

/// Day of the month of the n-th Sunday (1 ...), or the last one (0).
unsigned sunday(int year, unsigned month, unsigned nth) {
  const auto first = chrono::year{year} / chrono::month{month};
  const chrono::sys_days day = nth > 0 ? chrono::sys_days{first / chrono::Sunday[nth]}
                                       : chrono::sys_days{first / chrono::Sunday[chrono::last]};
  return static_cast<unsigned>(chrono::year_month_day{day}.day());
}

/// Whether clocks in the United States show daylight time: from 2 h on the second Sunday of March to 2 h on
/// the first of November (since 2007), before that from April's first to October's last. The hour that comes
/// twice counts as daylight time.
bool is_daylight(const Digits& at) {
  const bool recent = at.year >= 2007;
  const int from_month = recent ? 3 : 4;
  const int to_month = recent ? 11 : 10;
  if (at.month < from_month || at.month > to_month) return false;
  if (at.month > from_month && at.month < to_month) return true;
  const bool starts = at.month == from_month;
  const unsigned nth = starts ? (recent ? 2U : 1U) : (recent ? 1U : 0U);
  const auto change = static_cast<int>(sunday(at.year, static_cast<unsigned>(at.month), nth));
  if (at.day != change) return (at.day > change) == starts;
  return (at.hour >= 2) == starts;
}

struct Zone {
  char letter;
  int standard_minutes;
};
constexpr std::array<Zone, 8> kZones = {
    {{'E', -300}, {'C', -360}, {'M', -420}, {'P', -480}, {'A', -540}, {'T', -240}, {'H', -600}, {'N', -210}}};

/// The offset of a zone's name: Eastern, Central, Mountain, Pacific, Alaska, aTlantic, Hawaii, Newfoundland.
std::optional<std::string> zone_offset(char zone, char kind, const Digits& at) {
  const auto* const found =
      std::find_if(kZones.begin(), kZones.end(), [zone](const Zone& z) { return z.letter == zone; });
  if (found == kZones.end() || (kind != 'S' && kind != 'D' && kind != 'T')) return std::nullopt;
  const bool daylight = kind == 'D' || (kind == 'T' && zone != 'H' && is_daylight(at));
  return offset_text(found->standard_minutes + (daylight ? 60 : 0));
}

std::optional<std::string> x12_offset(std::string_view code, const Digits& at) {
  if (code.empty() || code == "LT") return std::string();
  if (code.size() != 2) return std::nullopt;
  if (code == "UT" || code == "GM") return std::string("Z");
  if (are_digits(code)) {  // 01 to 12 are ahead of UTC, 13 to 24 behind: 13 is 12 hours, 24 is one
    const int hours = number(code);
    if (hours < 1 || hours > 24) return std::nullopt;
    return offset_text(60 * (hours <= 12 ? hours : hours - 25));
  }
  return zone_offset(code[0], code[1], at);
}

std::optional<std::string> edifact_offset(std::string_view zone, const Digits& at) {
  if (zone == "UTC" || zone == "GMT" || zone == "ZZZ") return std::string(zone == "ZZZ" ? "" : "Z");
  if (zone == "CET" || zone == "CES") return std::string(zone == "CET" ? "+01:00" : "+02:00");
  if (zone.size() == 3 && zone[2] == 'T') return zone_offset(zone[0], zone[1], at);
  return std::nullopt;
}

/// "+0130" or "-05": what follows a time in the formats 205 and 208.
std::optional<std::string> numeric_offset(std::string_view text) {
  if (text.size() != 3 && text.size() != 5) return std::nullopt;
  if ((text[0] != '+' && text[0] != '-') || !are_digits(text.substr(1))) return std::nullopt;
  const int hours = number(text.substr(1, 2));
  const int minutes = text.size() == 5 ? number(text.substr(3, 2)) : 0;
  if (hours > 23 || minutes > 59) return std::nullopt;
  return offset_text((text[0] == '-' ? -1 : 1) * (hours * 60 + minutes));
}

enum class Trail : std::uint8_t { kNone, kZone, kOffset };
struct DtmFormat {
  std::string_view code;
  std::string_view pattern;
  Trail trail;
};
constexpr std::array<DtmFormat, 16> kDtmFormats = {{{"2", "DDMMYY", Trail::kNone},
                                                    {"3", "MMDDYY", Trail::kNone},
                                                    {"4", "DDMMCCYY", Trail::kNone},
                                                    {"5", "DDMMCCYYhhmm", Trail::kNone},
                                                    {"101", "YYMMDD", Trail::kNone},
                                                    {"102", "CCYYMMDD", Trail::kNone},
                                                    {"201", "YYMMDDhhmm", Trail::kNone},
                                                    {"202", "YYMMDDhhmmss", Trail::kNone},
                                                    {"203", "CCYYMMDDhhmm", Trail::kNone},
                                                    {"204", "CCYYMMDDhhmmss", Trail::kNone},
                                                    {"205", "CCYYMMDDhhmm", Trail::kOffset},
                                                    {"208", "CCYYMMDDhhmmss", Trail::kOffset},
                                                    {"301", "YYMMDDhhmm", Trail::kZone},
                                                    {"302", "YYMMDDhhmmss", Trail::kZone},
                                                    {"303", "CCYYMMDDhhmm", Trail::kZone},
                                                    {"304", "CCYYMMDDhhmmss", Trail::kZone}}};

std::string_view format_by_length(std::size_t length) {
  switch (length) {
    case 6:
      return "101";
    case 8:
      return "102";
    case 10:
      return "201";
    case 12:
      return "203";
    default:
      return "204";
  }
}

std::string_view x12_time_pattern(std::size_t length) {
  constexpr std::string_view kLongest = "hhmmssff";
  return length == 4 || (length >= 6 && length <= 8) ? kLongest.substr(0, length) : std::string_view();
}

}  // namespace

bool is_x12_date(std::string_view date) {
  return read(date, date.size() == 6 ? "YYMMDD" : "CCYYMMDD").has_value();
}

bool is_x12_time(std::string_view time) {
  const std::string_view pattern = x12_time_pattern(time.size());
  return !pattern.empty() &&
         read(std::string("20000101").append(time), std::string("CCYYMMDD").append(pattern)).has_value();
}

bool x12_time(std::string_view date, std::string_view time, std::string_view code, std::string* text) {
  std::string digits(date);
  std::string pattern(date.size() == 6 ? "YYMMDD" : "CCYYMMDD");
  if (!time.empty()) {
    const std::string_view of_time = x12_time_pattern(time.size());
    if (of_time.empty()) return false;
    digits += time;
    pattern += of_time;
  }
  const auto at = read(digits, pattern);
  if (!at) return false;
  const auto offset = x12_offset(time.empty() ? std::string_view() : code, *at);
  if (!offset) return false;
  *text = to_text(*at, *offset);
  return true;
}

bool edifact_time(std::string_view value, std::string_view format, std::string* text) {
  if (format.empty()) format = format_by_length(value.size());
  const auto* const known = std::find_if(kDtmFormats.begin(), kDtmFormats.end(),
                                         [format](const DtmFormat& f) { return f.code == format; });
  if (known == kDtmFormats.end() || value.size() < known->pattern.size()) return false;
  const auto at = read(value.substr(0, known->pattern.size()), known->pattern);
  const std::string_view trail = value.substr(known->pattern.size());
  if (!at || (known->trail == Trail::kNone && !trail.empty())) return false;
  std::optional<std::string> offset = std::string();
  if (known->trail == Trail::kZone) offset = edifact_offset(trail, *at);
  if (known->trail == Trail::kOffset) offset = numeric_offset(trail);
  if (!offset) return false;
  *text = to_text(*at, *offset);
  return true;
}

}  // namespace haul::edi
