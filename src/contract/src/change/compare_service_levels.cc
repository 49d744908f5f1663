#include "change/compare_service_levels.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "change/compare_columns.h"
#include "haul/contract/service_level.h"
#include "shape.h"

namespace haul::contract {
namespace {

struct Level {
  YamlNode node;
  std::string id;
  ServiceLevel level;

  [[nodiscard]] std::string said() const {
    return level.unit.empty() ? level.value : fmt::format("{} {}", level.value, level.unit);
  }
};

std::vector<Level> levels_of(const Version& version) {
  std::vector<Level> levels;
  const auto list = version.root().find("slaProperties");
  for (const YamlNode& node : list ? list->items() : std::vector<YamlNode>()) {
    const auto value = node.find("value");
    levels.push_back({.node = node,
                      .id = text_at(node, "id").value_or(""),
                      .level = {.property = text_at(node, "property").value_or(""),
                                .value = value ? std::string(value->text()) : "",
                                .unit = text_at(node, "unit").value_or(""),
                                .element = text_at(node, "element").value_or("")}});
  }
  return levels;
}

bool is_end(const Level& level) {
  return level.level.property == "endOfSupport" || level.level.property == "endOfLife";
}

bool is_same(const Level& a, const Level& b) {
  if (a.level.property != b.level.property) return false;
  return a.id.empty() || b.id.empty() ? a.level.element == b.level.element : a.id == b.id;
}

void add(std::string_view rule, const Level& level, std::string message, Changes& changes) {
  changes.add(rule, {.message = std::move(message), .place = level.node.place()});
}

void judge_end(const Level& before, const Level& after, Changes& changes) {
  const auto was = parse_utc(before.level.value);
  const auto is = parse_utc(after.level.value);
  const bool later = was && is && *is > *was;
  add(later ? "END_DATE_LATER" : "END_DATE_EARLIER", after,
      fmt::format("{} is {}, was {}", after.level.property, after.said(), before.said()), changes);
}

void judge(const Level& before, const Level& after, Changes& changes) {
  const bool same_element = before.level.element == after.level.element;
  const auto was = amount_of(before.level);
  const auto is = amount_of(after.level);
  const bool same_value = was && is ? *was == *is : before.said() == after.said();
  if (same_value && same_element) {
    return compare_descriptions(before.node, after.node, false, {},
                                {.message = after.level.property, .place = {}}, changes);
  }
  if (is_end(after)) return judge_end(before, after, changes);
  const Better better = better_of(after.level.property);
  const std::string message =
      fmt::format("{} is {}, was {}", after.level.property, after.said(), before.said());
  if (!was || !is || better == Better::kUnknown || !same_element) {
    return add("SERVICE_LEVEL_CHANGED", after, message, changes);
  }
  const bool promises_more = (better == Better::kLess) == (*is < *was);
  add(promises_more ? "SERVICE_LEVEL_TIGHTENED" : "SERVICE_LEVEL_LOOSENED", after, message, changes);
}

}  // namespace

void compare_service_levels(const Version& before, const Version& after, Changes& changes) {
  const std::vector<Level> olds = levels_of(before);
  std::vector<bool> kept(olds.size(), false);
  for (const Level& level : levels_of(after)) {
    const auto old =
        std::find_if(olds.begin(), olds.end(), [&](const Level& each) { return is_same(each, level); });
    if (old != olds.end()) {
      kept[static_cast<std::size_t>(old - olds.begin())] = true;
      judge(*old, level, changes);
    } else {
      add(is_end(level) ? "END_DATE_EARLIER" : "SERVICE_LEVEL_ADDED", level,
          fmt::format("{} {} is new", level.level.property, level.said()), changes);
    }
  }
  for (std::size_t i = 0; i < olds.size(); ++i) {
    if (kept[i]) continue;
    add(is_end(olds[i]) ? "END_DATE_LATER" : "SERVICE_LEVEL_LOOSENED", olds[i],
        fmt::format("{} {} is gone", olds[i].level.property, olds[i].said()), changes);
  }
}

}  // namespace haul::contract
