#include "haul/base/time.h"

#include <fmt/format.h>

#include <array>

namespace haul {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// Two decimal digits at `at`, or -1.
int two_digits(const char* at) noexcept {
  const int tens = at[0] - '0';
  const int ones = at[1] - '0';
  return (tens < 0 || tens > 9 || ones < 0 || ones > 9) ? -1 : tens * 10 + ones;
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", days_from_civil).
std::int64_t days_from_civil(std::int64_t year, int month, int day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

bool is_leap(int year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) noexcept {
  static constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

/// Reads through a text; every step says whether it could.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  [[nodiscard]] bool next_is(char c) const noexcept { return at_ != end_ && *at_ == c; }

  bool take(char c) noexcept {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  bool take_two(int low, int high, int* out) noexcept {
    if (end_ - at_ < 2) return false;
    *out = two_digits(at_);
    at_ += 2;
    return *out >= low && *out <= high;
  }
  bool take_date(std::int64_t* days) noexcept {
    int century = 0;
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_two(0, 99, &century) || !take_two(0, 99, &year) || !take('-') || !take_two(1, 12, &month) ||
        !take('-') || !take_two(1, 31, &day)) {
      return false;
    }
    const int full_year = century * 100 + year;
    if (day > days_in_month(full_year, month)) return false;
    *days = days_from_civil(full_year, month, day);
    return true;
  }
  bool take_fraction(std::int64_t* micros) noexcept {
    std::int64_t scale = kMicrosPerSecond;
    int digits = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, ++digits) {
      scale /= 10;
      *micros += (*at_ - '0') * scale;  // digits after the sixth have scale 0: cut
    }
    return digits >= 1 && digits <= 9;
  }
  /// "Z", "+hh", "+hhmm", "+hh:mm" or nothing.
  bool take_offset(std::int64_t* seconds) noexcept {
    if (at_end() || take('Z') || take('z')) return true;
    const bool west = next_is('-');
    if (!take('-') && !take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!take_two(0, 23, &hours)) return false;
    if (!at_end() && ((take(':') && at_end()) || !take_two(0, 59, &minutes))) return false;
    *seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace

bool try_parse_utc(std::string_view text, std::int64_t* out) noexcept {
  TimeReader reader(text);
  std::int64_t days = 0;
  if (!reader.take_date(&days)) return false;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;
  std::int64_t offset = 0;
  if (!reader.at_end()) {
    if (!reader.take('T') && !reader.take(' ') && !reader.take('t')) return false;
    if (!reader.take_two(0, 23, &hour) || !reader.take(':') || !reader.take_two(0, 59, &minute)) return false;
    if (reader.take(':')) {
      if (!reader.take_two(0, 59, &second)) return false;
      if (reader.take('.') && !reader.take_fraction(&fraction)) return false;
    }
    if (!reader.take_offset(&offset) || !reader.at_end()) return false;
  }
  const std::int64_t seconds = days * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset;
  *out = seconds * kMicrosPerSecond + fraction;
  return true;
}

Result<Micros> parse_utc(std::string_view text) {
  std::int64_t micros = 0;
  if (!try_parse_utc(text, &micros)) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("\"{}\" is no time; write it like 2013-01-01T05:15:00Z", text.substr(0, 64)));
  }
  return Micros{micros};
}

std::string format_utc(Micros since_epoch) {
  const auto day = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const std::int64_t in_day = (since_epoch - day).count();
  const std::int64_t seconds = in_day / kMicrosPerSecond;
  const std::int64_t fraction = in_day % kMicrosPerSecond;
  std::string text = fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction != 0) text += fmt::format(".{:06d}", fraction);
  return text + "Z";
}

Result<Micros> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t micros;
  };
  static constexpr std::array<Unit, 21> kUnits{{
      {"us", 1},
      {"ms", 1'000},
      {"s", 1'000'000},
      {"second", 1'000'000},
      {"seconds", 1'000'000},
      {"millisecond", 1'000},
      {"milliseconds", 1'000},
      {"microsecond", 1},
      {"microseconds", 1},
      {"m", 60'000'000},
      {"min", 60'000'000},
      {"minute", 60'000'000},
      {"minutes", 60'000'000},
      {"h", 3'600'000'000},
      {"hour", 3'600'000'000},
      {"hours", 3'600'000'000},
      {"d", 86'400'000'000},
      {"day", 86'400'000'000},
      {"days", 86'400'000'000},
      {"w", 604'800'000'000},
      {"weeks", 604'800'000'000},
  }};
  std::int64_t count = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 9) {
    count = count * 10 + (text[digits++] - '0');
  }
  std::string_view unit = text.substr(digits);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  for (const Unit& known : kUnits) {
    if (digits > 0 && unit == known.name) return Micros{count * known.micros};
  }
  return fail(
      ErrorCode::kInvalidInput,
      fmt::format("\"{}\" is no duration; write it like 500ms, 30s, 5m, 2h or 7d", text.substr(0, 64)));
}

}  // namespace haul
