#include "haul/ingest/drop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "haul/base/units.h"

// <date/tz.h> uses its own copies of the C++20 calendar; the conversions are at the end of due().
#include <date/tz.h>

namespace haul::ingest {
namespace {

using std::chrono::days;

constexpr days kLookBack{400};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// "2013-01-31" alone.
std::optional<BusinessDate> read_date(std::string_view text) {
  const auto number = [&text](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const bool dashed = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!dashed && text.size() != 8) return std::nullopt;
  const int year = number(0, 4);
  const int month = number(dashed ? 5 : 4, 2);
  const int day = number(dashed ? 8 : 6, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return BusinessDate{date};
}

Result<Micros> read_time_of_day(const YamlNode& node) {
  HAUL_TRY(text, node.as_string());
  const auto is_digit = [&text](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && is_digit(0) && is_digit(1) && is_digit(3) && is_digit(4)) {
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    if (hours < 24 && minutes < 60) return Micros{std::chrono::hours{hours} + std::chrono::minutes{minutes}};
  }
  return fail(node.error("`by` needs a time of day such as \"06:00\""));
}

Result<std::vector<std::chrono::weekday>> read_days(const YamlNode& expect) {
  std::vector<std::chrono::weekday> found;
  const auto node = expect.find("days");
  if (!node) {
    for (unsigned day = 0; day < 7; ++day) found.emplace_back(day);
    return found;
  }
  for (const YamlNode& item : node->items()) {
    HAUL_TRY(name, item.as_string());
    const auto at = std::find(kWeekdays.begin(), kWeekdays.end(), name);
    if (at == kWeekdays.end()) {
      return fail(item.error(
          fmt::format("`days` cannot hold \"{}\"; write some of: {}", name, fmt::join(kWeekdays, ", "))));
    }
    found.emplace_back(static_cast<unsigned>(at - kWeekdays.begin()));
  }
  if (found.empty()) return fail(node->error("`days` needs at least one day, e.g. [mon, tue]"));
  return found;
}

Result<Micros> read_duration(const YamlNode& map, std::string_view key, Micros otherwise) {
  const auto node = map.find(key);
  if (!node) return otherwise;
  HAUL_TRY(text, node->as_string());
  auto duration = parse_duration(text);
  if (!duration) return fail(node->error(duration.error().message));
  return *duration;
}

bool is_known_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

Result<DeliveryCalendar> read_calendar(const YamlNode& expect) {
  HAUL_TRY_VOID(expect.allow_only({"since", "days", "by", "days_after", "timezone", "missing_after"}));
  DeliveryCalendar calendar;
  HAUL_TRY(since, expect.at("since"));
  HAUL_TRY(since_text, since.as_string());
  const auto first = read_date(since_text);
  if (!first) return fail(since.error("`since` needs a date such as 2026-01-31"));
  calendar.since = *first;
  HAUL_TRY(days_of_week, read_days(expect));
  calendar.weekdays = std::move(days_of_week);
  HAUL_TRY(by, expect.at("by"));
  HAUL_TRY(time, read_time_of_day(by));
  calendar.by = time;
  if (const auto node = expect.find("days_after")) {
    HAUL_TRY(count, node->as_integer());
    if (count < 0 || count > 31) return fail(node->error("`days_after` needs a number from 0 to 31"));
    calendar.days_after = days{count};
  }
  if (const auto node = expect.find("timezone")) {
    HAUL_TRY(zone, node->as_string());
    if (!is_known_zone(zone)) {
      return fail(node->error(
          fmt::format("no time zone is called \"{}\"; write an IANA name such as Europe/Berlin", zone)));
    }
    calendar.timezone = zone;
  }
  HAUL_TRY(missing_after, read_duration(expect, "missing_after", calendar.missing_after));
  calendar.missing_after = missing_after;
  return calendar;
}

}  // namespace

std::string to_string(BusinessDate date) {
  const std::chrono::year_month_day day{date};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

Result<NamePattern> NamePattern::parse(std::string_view pattern) {
  NamePattern parsed;
  const auto add = [&parsed](Part part) { parsed.parts_.push_back(std::move(part)); };
  if (pattern.empty() || pattern.find('/') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "a file name has at least one character and no slash");
  }
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      add({Kind::kAny});
      pattern.remove_prefix(1);
      continue;
    }
    if (pattern.front() != '{') {
      const std::size_t end = std::min(pattern.find_first_of("*{"), pattern.size());
      add({Kind::kText, std::string(pattern.substr(0, end))});
      pattern.remove_prefix(end);
      continue;
    }
    const std::size_t end = pattern.find('}');
    const std::string_view word = pattern.substr(0, end == std::string_view::npos ? end : end + 1);
    const Kind kind = word == "{date}" ? Kind::kDate : Kind::kSequence;
    if (word != "{date}" && word != "{sequence}") {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("a file name has {{date}} and {{sequence}}, not {}", word));
    }
    if (parsed.has(kind))
      return fail(ErrorCode::kInvalidInput, fmt::format("{} may stand once in a file name", word));
    add({kind});
    pattern.remove_prefix(word.size());
  }
  return parsed;
}

bool NamePattern::has(Kind kind) const {
  return std::any_of(parts_.begin(), parts_.end(), [kind](const Part& part) { return part.kind == kind; });
}

bool NamePattern::has_date() const { return has(Kind::kDate); }

bool NamePattern::has_sequence() const { return has(Kind::kSequence); }

std::optional<NamedFile> NamePattern::match(std::string_view name) const {
  NamedFile found;
  if (!match_from(0, name, found)) return std::nullopt;
  return found;
}

bool NamePattern::match_from(std::size_t part, std::string_view rest, NamedFile& found) const {
  if (part == parts_.size()) return rest.empty();
  switch (parts_[part].kind) {
    case Kind::kText:
      return rest.starts_with(parts_[part].text) &&
             match_from(part + 1, rest.substr(parts_[part].text.size()), found);
    case Kind::kAny:
      for (std::size_t taken = 0; taken <= rest.size(); ++taken) {
        if (match_from(part + 1, rest.substr(taken), found)) return true;
      }
      return false;
    case Kind::kDate:
      for (const std::size_t length : {8U, 10U}) {
        if (rest.size() < length) continue;
        found.date = read_date(rest.substr(0, length));
        if (found.date && match_from(part + 1, rest.substr(length), found)) return true;
      }
      return false;
    case Kind::kSequence: {
      constexpr std::size_t kDigitsMax = 18;
      const std::size_t digits =
          std::min(std::min(rest.find_first_not_of("0123456789"), rest.size()), kDigitsMax);
      for (std::size_t length = digits; length > 0; --length) {
        if (!match_from(part + 1, rest.substr(length), found)) continue;
        std::int64_t value = 0;
        for (const char c : rest.substr(0, length)) value = value * 10 + (c - '0');
        found.sequence = value;
        return true;
      }
      return false;
    }
  }
  return false;
}

IngestTime DeliveryCalendar::due(BusinessDate date) const {
  const auto local = date::local_days{date::days{(date + days_after).time_since_epoch().count()}} + by;
  // Of the two moments that a clock set back shows twice, the earlier one counts.
  const auto utc = date::locate_zone(timezone)->to_sys(local, date::choose::earliest);
  return IngestTime{std::chrono::duration_cast<Micros>(utc.time_since_epoch())};
}

std::vector<BusinessDate> DeliveryCalendar::due_dates(IngestTime now) const {
  std::vector<BusinessDate> dates;
  const BusinessDate today{std::chrono::floor<days>(now.time_since_epoch())};
  for (BusinessDate date = std::max(since, today - kLookBack); date <= today + days{1}; date += days{1}) {
    const auto weekday = std::find(weekdays.begin(), weekdays.end(), std::chrono::weekday{date});
    if (weekday != weekdays.end() && due(date) <= now) dates.push_back(date);
  }
  return dates;
}

Result<DropOptions> parse_drop(const YamlNode& from) {
  DropOptions drop;
  HAUL_TRY(path, from.at("path"));
  HAUL_TRY(folder, path.as_string());
  if (folder.empty()) return fail(path.error("`path` of a drop is the folder that files are dropped into"));
  drop.folder = folder;
  if (const auto node = from.find("name")) {
    HAUL_TRY(text, node->as_string());
    auto pattern = NamePattern::parse(text);
    if (!pattern) return fail(node->error(pattern.error().message));
    drop.name = std::move(*pattern);
  }
  if (const auto node = from.find("ready")) {
    HAUL_TRY(text, node->as_string());
    if (text != "rename" && text != "manifest") {
      return fail(node->error(fmt::format("`ready` cannot be \"{}\"; write one of: rename, manifest", text)));
    }
    if (text == "manifest") drop.ready = Readiness::kManifest;
  }
  HAUL_TRY(quiet, read_duration(from, "quiet", drop.quiet));
  drop.quiet = quiet;
  if (const auto node = from.find("expect")) {
    if (!drop.name || !drop.name->has_date()) {
      return fail(
          node->error("`expect` needs `name` with {date}: the business date is read from the file's name"));
    }
    HAUL_TRY(calendar, read_calendar(*node));
    drop.expect = std::move(calendar);
  }
  return drop;
}

}  // namespace haul::ingest
