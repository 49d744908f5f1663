#include "change/rule_meaning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace haul::contract {
namespace {

using Kind = RuleFacts::Kind;
using Comparison = SetRule::Comparison;

/// The numbers that a bound allows, where they are one stretch.
struct Stretch {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  [[nodiscard]] bool contains(const Stretch& other) const {
    const bool from = low < other.low || (low == other.low && (!low_open || other.low_open));
    const bool to = high > other.high || (high == other.high && (!high_open || other.high_open));
    return from && to;
  }
};

std::optional<Stretch> stretch_of(const RuleFacts& rule) {
  Stretch stretch;
  switch (rule.comparison) {
    case Comparison::kEqual:
      stretch.low = stretch.high = rule.low;
      return stretch;
    case Comparison::kBetween:
      stretch.low = rule.low;
      stretch.high = rule.high;
      return stretch;
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      stretch.low = rule.low;
      stretch.low_open = rule.comparison == Comparison::kGreater;
      return stretch;
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      stretch.high = rule.low;
      stretch.high_open = rule.comparison == Comparison::kLess;
      return stretch;
    case Comparison::kNotEqual:
    case Comparison::kNotBetween:
      return std::nullopt;
  }
  return std::nullopt;
}

Meaning by_order(bool old_in_new, bool new_in_old) {
  if (old_in_new && new_in_old) return Meaning::kSame;
  if (new_in_old) return Meaning::kTighter;
  return old_in_new ? Meaning::kLooser : Meaning::kOther;
}

Meaning compare_limits(const RuleFacts& before, const RuleFacts& after, double sign) {
  if (before.number == after.number && before.exclusive == after.exclusive) return Meaning::kSame;
  const bool tighter =
      before.number == after.number ? after.exclusive : sign * after.number > sign * before.number;
  return tighter ? Meaning::kTighter : Meaning::kLooser;
}

Meaning compare_steps(double before, double after) {
  if (before == after) return Meaning::kSame;
  if (std::fmod(after, before) == 0) return Meaning::kTighter;
  return std::fmod(before, after) == 0 ? Meaning::kLooser : Meaning::kOther;
}

bool has_all(const std::vector<Value>& values, const std::vector<Value>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Value& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  });
}

Meaning compare_numbers(const RuleFacts& before, const RuleFacts& after) {
  if (before.text != after.text) return Meaning::kOther;
  const bool same_bound =
      before.comparison == after.comparison && before.low == after.low && before.high == after.high;
  if (same_bound) return Meaning::kSame;
  const auto old_stretch = stretch_of(before);
  const auto new_stretch = stretch_of(after);
  if (!old_stretch || !new_stretch) return Meaning::kOther;
  return by_order(new_stretch->contains(*old_stretch), old_stretch->contains(*new_stretch));
}

/// Whether two rules may be the same one although their keys differ.
bool keys_allow(const RuleFacts& before, const RuleFacts& after) {
  return before.key.empty() || after.key.empty() || before.is_option || after.is_option;
}

}  // namespace

Meaning compare_meaning(const RuleFacts& before, const RuleFacts& after) {
  switch (after.kind) {
    case Kind::kLowest:
    case Kind::kShortest:
      return compare_limits(before, after, 1);
    case Kind::kHighest:
    case Kind::kLongest:
      return compare_limits(before, after, -1);
    case Kind::kStep:
      return compare_steps(before.number, after.number);
    case Kind::kValues:
      return by_order(has_all(after.values, before.values), has_all(before.values, after.values));
    case Kind::kNoneOf:
      return by_order(has_all(before.values, after.values), has_all(after.values, before.values));
    case Kind::kNumber:
      return compare_numbers(before, after);
    case Kind::kUnique:
      return before.columns == after.columns ? Meaning::kSame : Meaning::kOther;
    case Kind::kNotNull:
    case Kind::kProse:
      return Meaning::kSame;
    case Kind::kPattern:
    case Kind::kFormat:
    case Kind::kCondition:
    case Kind::kReference:
      return before.text == after.text ? Meaning::kSame : Meaning::kOther;
  }
  return Meaning::kOther;
}

std::vector<RulePair> pair_rules(const std::vector<RuleFacts>& before, const std::vector<RuleFacts>& after) {
  std::vector<const RuleFacts*> old_of(after.size(), nullptr);
  std::vector<bool> taken(before.size(), false);
  const auto pair_where = [&](auto fits) {
    for (std::size_t n = 0; n < after.size(); ++n) {
      for (std::size_t o = 0; o < before.size() && old_of[n] == nullptr; ++o) {
        if (taken[o] || !fits(before[o], after[n])) continue;
        old_of[n] = &before[o];
        taken[o] = true;
      }
    }
  };
  pair_where([](const RuleFacts& a, const RuleFacts& b) {
    return !a.key.empty() && a.key == b.key && a.is_option == b.is_option;
  });
  pair_where([](const RuleFacts& a, const RuleFacts& b) {
    return a.kind == b.kind && a.kind != Kind::kProse && compare_meaning(a, b) == Meaning::kSame;
  });
  pair_where([](const RuleFacts& a, const RuleFacts& b) { return a.kind == b.kind && keys_allow(a, b); });
  std::vector<RulePair> pairs;
  for (std::size_t n = 0; n < after.size(); ++n) pairs.emplace_back(old_of[n], &after[n]);
  for (std::size_t o = 0; o < before.size(); ++o) {
    if (!taken[o]) pairs.emplace_back(&before[o], nullptr);
  }
  return pairs;
}

std::string said(const RuleFacts& rule) {
  if (rule.kind == Kind::kPattern) return fmt::format("the pattern {}", rule.text);
  if (rule.kind == Kind::kCondition) return fmt::format("{} ({})", rule.shown, rule.text);
  if (rule.kind != Kind::kNumber) return rule.shown;
  switch (rule.comparison) {
    case Comparison::kEqual:
      return fmt::format("{} ({})", rule.shown, rule.low);
    case Comparison::kNotEqual:
      return fmt::format("{} (not {})", rule.shown, rule.low);
    case Comparison::kGreater:
      return fmt::format("{} (above {})", rule.shown, rule.low);
    case Comparison::kGreaterOrEqual:
      return fmt::format("{} (at least {})", rule.shown, rule.low);
    case Comparison::kLess:
      return fmt::format("{} (below {})", rule.shown, rule.low);
    case Comparison::kLessOrEqual:
      return fmt::format("{} (at most {})", rule.shown, rule.low);
    case Comparison::kBetween:
      return fmt::format("{} ({} to {})", rule.shown, rule.low, rule.high);
    case Comparison::kNotBetween:
      return fmt::format("{} (outside {} to {})", rule.shown, rule.low, rule.high);
  }
  return rule.shown;
}

}  // namespace haul::contract
