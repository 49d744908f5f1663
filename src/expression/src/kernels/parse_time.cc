#include "parse_time.h"

#include "civil_time.h"
#include "parse_number.h"

namespace haul::expression {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Reads `word` in any case, or its first `short_form` letters where the text ends there.
bool read_word(std::string_view text, std::string_view word, std::size_t short_form, std::size_t* at) {
  std::size_t read = 0;
  for (; *at + read < text.size() && read < word.size(); ++read) {
    if (lower(text[*at + read]) != word[read]) return false;
  }
  if (read < word.size() && read != short_form) return false;
  *at += read;
  return true;
}

/// One or two digits.
bool read_pair(std::string_view text, std::size_t* at, std::int32_t* out) {
  if (*at >= text.size() || !is_digit(text[*at])) return false;
  *out = text[(*at)++] - '0';
  if (*at < text.size() && is_digit(text[*at])) *out = *out * 10 + (text[(*at)++] - '0');
  return true;
}

void skip_blanks(std::string_view text, std::size_t* at) {
  while (*at < text.size() && is_blank(text[*at])) ++*at;
}

bool parse_special(std::string_view text, bool negative, std::size_t at, std::int32_t* date,
                   std::size_t* end) {
  if (read_word(text, "infinity", 3, &at)) {
    *date = negative ? -kDateInfinity : kDateInfinity;
  } else if (read_word(text, "epoch", 5, &at)) {
    *date = 0;
  } else {
    return false;
  }
  skip_blanks(text, &at);
  *end = at;
  return at == text.size();
}

bool is_bc(std::string_view text) {
  return text.size() >= 5 && is_blank(text[0]) && text[1] == '(' && lower(text[2]) == 'b' &&
         lower(text[3]) == 'c' && text[4] == ')';
}

/// Hours (up to nine digits), minutes, seconds and a fraction, of which microseconds count.
bool read_clock(std::string_view text, std::size_t* at, std::int64_t* micros) {
  skip_blanks(text, at);
  std::int64_t hours = 0;
  const std::size_t start = *at;
  for (; *at < text.size() && is_digit(text[*at]); ++*at) {
    if (*at - start >= 9) return false;
    hours = hours * 10 + (text[*at] - '0');
  }
  if (*at == start || *at >= text.size() || text[(*at)++] != ':') return false;
  std::int32_t minutes = 0;
  std::int32_t seconds = 0;
  if (*at < text.size() && (!read_pair(text, at, &minutes) || minutes >= 60)) return false;
  if (*at < text.size()) {
    if (text[(*at)++] != ':') return false;
    if (*at < text.size() && (!read_pair(text, at, &seconds) || seconds >= 60)) return false;
  }
  std::int64_t fraction = 0;
  if (*at < text.size() && text[*at] == '.') {
    std::int64_t unit = 100'000;
    for (++*at; *at < text.size() && is_digit(text[*at]); ++*at, unit /= 10)
      fraction += (text[*at] - '0') * unit;
  }
  *micros = hours * kMicrosPerHour + minutes * kMicrosPerMinute + seconds * kMicrosPerSecond + fraction;
  return true;
}

bool two_digits(std::string_view text, std::size_t at, std::int64_t* out) {
  if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) return false;
  *out = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return true;
}

/// "+hh", "+hhmm", "+hh:mm" or "+hh:mm:ss". False: none of these, nothing is read.
bool read_offset(std::string_view text, std::size_t* at, std::int64_t* micros) {
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  std::size_t next = *at;
  if (next + 3 > text.size() || (text[next] != '+' && text[next] != '-')) return false;
  const std::int64_t sign = text[next] == '-' ? -1 : 1;
  if (!two_digits(text, ++next, &hours)) return false;
  next += 2;
  if (next < text.size()) {
    const bool colon = text[next] == ':';
    if (colon) ++next;
    if (two_digits(text, next, &minutes)) {
      next += 2;
      if (colon && next < text.size() && text[next] == ':') {
        ++next;
        if (two_digits(text, next, &seconds)) next += 2;
      }
    }
  }
  *at = next;
  *micros = sign * (hours * kMicrosPerHour + minutes * kMicrosPerMinute + seconds * kMicrosPerSecond);
  return true;
}

bool is_zone_letter(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '/' || c == '_' || c == '+' || c == '-';
}

bool read_zone(std::string_view text, bool use_offset, std::size_t* at, std::int64_t* time, Zone* zone) {
  std::int64_t offset = 0;
  if (text[*at] == 'Z') {
    ++*at;
    *zone = Zone::kOffset;
  } else if (read_offset(text, at, &offset)) {
    *zone = Zone::kOffset;
    if (use_offset && __builtin_sub_overflow(*time, offset, time)) return false;
  } else {
    if (text[(*at)++] != ' ') return false;
    const std::size_t start = *at;
    while (*at < text.size() && is_zone_letter(text[*at])) ++*at;
    const std::string_view name = text.substr(start, *at - start);
    const bool utc =
        name.size() == 3 && lower(name[0]) == 'u' && lower(name[1]) == 't' && lower(name[2]) == 'c';
    if (!name.empty() && !utc) *zone = Zone::kNamed;
  }
  skip_blanks(text, at);
  return *at == text.size();
}

}  // namespace

bool parse_date(std::string_view text, std::int32_t* date, std::size_t* end) {
  std::size_t at = 0;
  skip_blanks(text, &at);
  const bool negative = at < text.size() && text[at] == '-';
  if (negative) ++at;
  if (at >= text.size()) return false;
  if (!is_digit(text[at])) return parse_special(text, negative, at, date, end);

  std::int64_t year = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (year >= 100'000'000) return false;
    year = year * 10 + (text[at] - '0');
  }
  if (negative) year = -year;
  if (at >= text.size()) return false;
  const char separator = text[at++];
  if (separator != ' ' && separator != '-' && separator != '/' && separator != '\\') return false;
  std::int32_t month = 0;
  std::int32_t day = 0;
  if (!read_pair(text, &at, &month) || at >= text.size() || text[at++] != separator) return false;
  if (!read_pair(text, &at, &day)) return false;
  if (is_bc(text.substr(at))) {
    if (negative || year == 0) return false;
    year = 1 - year;
    at += 5;
  }
  if (at < text.size() && is_digit(text[at])) return false;
  *end = at;
  return date_of(year, month, day, date);
}

bool parse_timestamp(std::string_view text, bool use_offset, std::int64_t* time, Zone* zone) {
  std::int32_t date = 0;
  std::size_t at = 0;
  *zone = Zone::kNone;
  if (!parse_date(text, &date, &at)) return false;
  if (at == text.size()) return to_timestamp(date, time);
  if (text[at] == ' ' || text[at] == 'T') ++at;
  std::int64_t clock = 0;
  if (!read_clock(text, &at, &clock) || clock > kMicrosPerDay || !join(date, clock, time)) return false;
  return at == text.size() || read_zone(text, use_offset, &at, time, zone);
}

}  // namespace haul::expression
