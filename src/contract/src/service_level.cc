#include "haul/contract/service_level.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "shape.h"
#include "sql_text.h"

namespace haul::contract {
namespace {

constexpr std::array<std::string_view, 7> kLessIsMore{
    "errorRate", "freshness", "frequency", "latency", "timeToDetect", "timeToNotify", "timeToRepair"};
constexpr std::array<std::string_view, 3> kMoreIsMore{"availability", "retention", "throughput"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr double kMinute = 60;
constexpr double kHour = 3'600;
constexpr double kDay = 86'400;

struct TimeUnit {
  std::string_view name;  ///< Lower case, without the s of several.
  double seconds;
};
constexpr std::array<TimeUnit, 19> kUnits{{{"ms", 0.001},
                                           {"millisecond", 0.001},
                                           {"s", 1},
                                           {"sec", 1},
                                           {"second", 1},
                                           {"min", kMinute},
                                           {"minute", kMinute},
                                           {"h", kHour},
                                           {"hr", kHour},
                                           {"hour", kHour},
                                           {"d", kDay},
                                           {"day", kDay},
                                           {"w", 7 * kDay},
                                           {"week", 7 * kDay},
                                           {"mo", 30 * kDay},
                                           {"month", 30 * kDay},
                                           {"y", 365 * kDay},
                                           {"yr", 365 * kDay},
                                           {"year", 365 * kDay}}};

std::optional<double> seconds_in(std::string_view unit, std::string_view property) {
  std::string word = lower(unit);
  if (word == "m") return property == "retention" ? 30 * kDay : kMinute;
  const auto find = [&] {
    return std::find_if(kUnits.begin(), kUnits.end(),
                        [&](const TimeUnit& each) { return each.name == word; });
  };
  if (find() == kUnits.end() && word.size() > 1 && word.back() == 's') word.pop_back();
  const auto* const found = find();
  return found == kUnits.end() ? std::nullopt : std::optional(found->seconds);
}

}  // namespace

Better better_of(std::string_view property) {
  if (is_one_of(property, kLessIsMore)) return Better::kLess;
  return is_one_of(property, kMoreIsMore) ? Better::kMore : Better::kUnknown;
}

std::optional<double> amount_of(const ServiceLevel& level) {
  char* end = nullptr;
  const double number = std::strtod(level.value.c_str(), &end);
  const bool is_number = end != level.value.c_str() && *end == '\0' && std::isfinite(number);
  if (!is_number) return std::nullopt;
  return number * seconds_in(level.unit, level.property).value_or(1);
}

std::vector<EndDate> end_dates(const Version& version) {
  std::vector<EndDate> dates;
  const auto levels = version.root().find("slaProperties");
  for (const YamlNode& level : levels ? levels->items() : std::vector<YamlNode>()) {
    const std::string property = text_at(level, "property").value_or("");
    if (property != "endOfSupport" && property != "endOfLife") continue;
    const YamlNode value = *level.find("value");
    const auto at = parse_utc(value.text());
    if (!at) continue;
    dates.push_back({.is_life = property == "endOfLife",
                     .at = *at,
                     .element = text_at(level, "element").value_or(""),
                     .place = value.place()});
  }
  return dates;
}

}  // namespace haul::contract
