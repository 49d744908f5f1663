#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reading.h"
#include "sql_text.h"

namespace haul::contract {
namespace {

/// A word for a unit of time, and what one of it is.
struct TimeUnit {
  std::string_view word;
  int months;
  std::int64_t seconds;
};
constexpr std::array kUnits{
    TimeUnit{"s", 0, 1},          TimeUnit{"sec", 0, 1},         TimeUnit{"second", 0, 1},
    TimeUnit{"seconds", 0, 1},    TimeUnit{"min", 0, 60},        TimeUnit{"minute", 0, 60},
    TimeUnit{"minutes", 0, 60},   TimeUnit{"h", 0, 3600},        TimeUnit{"hr", 0, 3600},
    TimeUnit{"hour", 0, 3600},    TimeUnit{"hours", 0, 3600},    TimeUnit{"d", 0, 86'400},
    TimeUnit{"day", 0, 86'400},   TimeUnit{"days", 0, 86'400},   TimeUnit{"w", 0, 604'800},
    TimeUnit{"week", 0, 604'800}, TimeUnit{"weeks", 0, 604'800}, TimeUnit{"month", 1, 0},
    TimeUnit{"months", 1, 0},     TimeUnit{"y", 12, 0},          TimeUnit{"yr", 12, 0},
    TimeUnit{"year", 12, 0},      TimeUnit{"years", 12, 0}};
constexpr double kValueMax = 100'000;

ServiceLevel::Measure measure_of(std::string_view property) {
  if (property == "freshness" || property == "latency") return ServiceLevel::Measure::kFreshness;
  return property == "retention" ? ServiceLevel::Measure::kRetention : ServiceLevel::Measure::kNone;
}

/// `m` is minutes of a freshness and months of a retention, as other tools of the standard read it.
const TimeUnit* find_unit(std::string word, ServiceLevel::Measure measure) {
  word = lower(word);
  if (word == "m") word = measure == ServiceLevel::Measure::kRetention ? "months" : "minutes";
  const auto* const found =
      std::find_if(kUnits.begin(), kUnits.end(), [&word](const TimeUnit& unit) { return unit.word == word; });
  return found == kUnits.end() ? nullptr : found;
}

/// One entry of `slaProperties` that promises something measurable.
class LevelReader {
 public:
  LevelReader(Reading& reading, const YamlNode& node) : reading_(reading), node_(node) {}

  /// Leaves the measure at kNone, with a word why, where it cannot be taken.
  void read(ServiceLevel& level) {
    if (level.property == "endOfSupport" || level.property == "endOfLife") {
      return read_end_date(level);  // `haul check` looks at the clock
    }
    if (measure_of(level.property) == ServiceLevel::Measure::kNone) {
      return reading_.not_enforced(node_, fmt::format("service level {}", level.property),
                                   "kept with the contract; nothing measures it in this version");
    }
    if (read_element(level) && read_span(level)) level.measure = measure_of(level.property);
  }

 private:
  void read_end_date(const ServiceLevel& level) {
    if (parse_utc(level.value)) return;
    const YamlNode value = *node_.find("value");
    reading_.problems.add(
        value, fmt::format("`{}` is {}; write a date as '2030-12-31'", level.property, value.describe()));
  }

  void not_measured(const ServiceLevel& level, std::string reason) {
    reading_.not_enforced(node_, fmt::format("service level {}", level.property), std::move(reason));
  }

  bool read_element(ServiceLevel& level) {
    const Contract& contract = reading_.contract;
    const auto dot = level.element.find('.');
    const bool names_object = dot != std::string::npos;
    level.column = names_object ? level.element.substr(dot + 1) : level.element;
    level.object = names_object                   ? level.element.substr(0, dot)
                   : contract.objects.size() == 1 ? contract.objects.front().name
                                                  : "";
    const auto object = std::find_if(contract.objects.begin(), contract.objects.end(),
                                     [&](const Object& each) { return each.name == level.object; });
    if (level.element.empty() || level.element == level.object || object == contract.objects.end()) {
      not_measured(level, fmt::format("it names no column of time; add element: {}.COLUMN",
                                      contract.objects.empty() ? "OBJECT" : contract.objects.front().name));
      return false;
    }
    if (reading_.broken_columns.contains(object->name + "." + level.column)) return false;
    const auto column = object->schema.find(level.column);
    if (!column) {
      std::vector<std::string_view> names;
      for (const auto& each : object->schema.columns) names.push_back(each.name);
      const YamlNode place = node_.find("element").value_or(node_);
      reading_.problems.add(place, fmt::format("{} has no column {}{}", object->name, level.column,
                                               advise(level.column, names)));
      return false;
    }
    return is_open_time(object->schema.columns[*column], level);
  }

  bool is_open_time(const columnar::Column& column, const ServiceLevel& level) {
    const auto type = column.type->id();
    if (type != arrow::Type::TIMESTAMP && type != arrow::Type::DATE32) {
      not_measured(level, fmt::format("{} is no timestamp or date", level.element));
      return false;
    }
    if (column.privacy == columnar::Privacy::kPersonal) {
      not_measured(level, fmt::format("{} is personal, and its values are not looked at", level.element));
      return false;
    }
    return true;
  }

  bool read_span(ServiceLevel& level) {
    const auto value = node_.find("value");
    const auto number = value->as_number();
    if (!number || *number <= 0 || *number > kValueMax) {
      reading_.problems.add(*value, fmt::format("a {} needs a number above 0 and at most {}, has {}",
                                                level.property, kValueMax, value->describe()));
      return false;
    }
    const TimeUnit* unit = find_unit(level.unit.empty() ? "d" : level.unit, measure_of(level.property));
    if (unit == nullptr) {
      reading_.problems.add(
          *node_.find("unit"),
          fmt::format("`{}` is no unit of time; write seconds, minutes, hours, days, weeks, "
                      "months or years",
                      level.unit));
      return false;
    }
    if (unit->months > 0 && std::floor(*number) != *number) {
      reading_.problems.add(*value, "months and years are counted whole; write a smaller unit");
      return false;
    }
    level.months = unit->months * static_cast<int>(*number);
    level.span = Micros(std::llround(*number * 1e6 * static_cast<double>(unit->seconds)));
    return true;
  }

  Reading& reading_;
  const YamlNode& node_;
};

}  // namespace

void read_service_levels(Reading& reading, const YamlNode& root) {
  const std::string otherwise = text_at(root, "slaDefaultElement").value_or("");
  const auto levels = root.find("slaProperties");
  for (const YamlNode& node : levels ? levels->items() : std::vector<YamlNode>()) {
    const auto property = text_at(node, "property");
    const auto value = node.find("value");
    if (!property || !value) continue;
    ServiceLevel level{.property = *property,
                       .value = std::string(value->text()),
                       .unit = text_at(node, "unit").value_or(""),
                       .element = text_at(node, "element").value_or(otherwise)};
    LevelReader(reading, node).read(level);
    const std::string own = text_at(node, "id").value_or("");
    level.id = reading.free_rule_id(!own.empty()            ? own
                                    : level.element.empty() ? level.property
                                                            : level.property + "." + level.element);
    reading.contract.service_levels.push_back(std::move(level));
  }
}

}  // namespace haul::contract
