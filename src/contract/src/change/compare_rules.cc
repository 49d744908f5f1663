#include "change/compare_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "change/rule_meaning.h"
#include "change/sql_values.h"

namespace haul::contract {
namespace {

using Kind = RuleFacts::Kind;

/// Which changes a kind of rule has, where it refuses rows.
struct KindOfRule {
  Kind kind;
  std::string_view added;
  std::string_view tightened;
  std::string_view changed;
  std::string_view loosened;
  std::string_view removed;
};
constexpr std::array<KindOfRule, 14> kKinds{{
    {Kind::kLowest, "RANGE_NO_NARROW", "RANGE_NO_NARROW", "RANGE_NO_NARROW", "RANGE_WIDENED",
     "RANGE_WIDENED"},
    {Kind::kHighest, "RANGE_NO_NARROW", "RANGE_NO_NARROW", "RANGE_NO_NARROW", "RANGE_WIDENED",
     "RANGE_WIDENED"},
    {Kind::kStep, "MULTIPLE_NO_TIGHTEN", "MULTIPLE_NO_TIGHTEN", "MULTIPLE_NO_TIGHTEN", "MULTIPLE_LOOSENED",
     "MULTIPLE_LOOSENED"},
    {Kind::kShortest, "LENGTH_NO_NARROW", "LENGTH_NO_NARROW", "LENGTH_NO_NARROW", "LENGTH_WIDENED",
     "LENGTH_WIDENED"},
    {Kind::kLongest, "LENGTH_NO_NARROW", "LENGTH_NO_NARROW", "LENGTH_NO_NARROW", "LENGTH_WIDENED",
     "LENGTH_WIDENED"},
    {Kind::kPattern, "PATTERN_SAME", "PATTERN_SAME", "PATTERN_SAME", "PATTERN_REMOVED", "PATTERN_REMOVED"},
    {Kind::kFormat, "FORMAT_SAME", "FORMAT_SAME", "FORMAT_SAME", "FORMAT_REMOVED", "FORMAT_REMOVED"},
    {Kind::kValues, "ENUM_NO_ADD", "ENUM_VALUE_NO_DELETE", "ENUM_VALUE_NO_DELETE", "ENUM_VALUE_ADDED",
     "ENUM_REMOVED"},
    {Kind::kNoneOf, "RULE_NO_ADD", "RULE_NO_TIGHTEN", "RULE_SAME_CONDITION", "RULE_LOOSENED", "RULE_REMOVED"},
    {Kind::kNotNull, "RULE_NO_ADD", "RULE_NO_TIGHTEN", "RULE_SAME_CONDITION", "RULE_LOOSENED",
     "RULE_REMOVED"},
    {Kind::kCondition, "RULE_NO_ADD", "RULE_NO_TIGHTEN", "RULE_SAME_CONDITION", "RULE_LOOSENED",
     "RULE_REMOVED"},
    {Kind::kUnique, "UNIQUE_NO_ADD", "UNIQUE_NO_ADD", "UNIQUE_NO_ADD", "UNIQUE_REMOVED", "UNIQUE_REMOVED"},
    {Kind::kReference, "RULE_NO_ADD", "RULE_NO_TIGHTEN", "RULE_SAME_CONDITION", "RULE_LOOSENED",
     "RULE_REMOVED"},
    {Kind::kNumber, "RULE_NO_ADD", "RULE_NO_TIGHTEN", "RULE_SAME_CONDITION", "RULE_LOOSENED", "RULE_REMOVED"},
}};

const KindOfRule& kind_of(Kind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const KindOfRule& each) { return each.kind == kind; });
}

/// The rules of one column or of an object, paired and judged.
class RuleComparison {
 public:
  RuleComparison(const ObjectPair& object, const ColumnPair* column, Changes& changes)
      : object_(object), column_(column), changes_(changes) {}

  void run(const std::vector<RuleFacts>& before, const std::vector<RuleFacts>& after) {
    for (const auto& [old_rule, new_rule] : pair_rules(before, after)) {
      if (old_rule != nullptr && new_rule != nullptr) {
        judge(*old_rule, *new_rule);
      } else if (new_rule != nullptr) {
        added(*new_rule);
      } else {
        removed(*old_rule);
      }
    }
  }

 private:
  [[nodiscard]] std::string subject() const {
    return column_ == nullptr ? object_.after.object->name : column_->after.name;
  }

  void add(std::string_view id, const RuleFacts& rule, std::string message, ExampleShows shows,
           std::vector<ExampleRows> examples) {
    changes_.add(id, {.object = object_.after.object->name,
                      .column = column_ == nullptr ? "" : column_->after.name,
                      .message = std::move(message),
                      .place = rule.place,
                      .shows = shows,
                      .examples = std::move(examples)});
  }

  /// Rows that break a rule of the new version and are fine in the old one.
  std::vector<ExampleRows> refused_by(const RuleFacts& rule) const {
    if (rule.kind == Kind::kCondition) return rows_for_condition(rule, object_.before, object_.old_rows);
    if (rule.kind == Kind::kUnique) return twins(rule.columns);
    return column_ == nullptr ? std::vector<ExampleRows>() : refused_rows(object_, *column_, &rule);
  }

  /// Rows that break a rule of the old version and are fine in the new one.
  std::vector<ExampleRows> refused_before_by(const RuleFacts& rule) const {
    if (rule.kind == Kind::kCondition) return rows_for_condition(rule, object_.after, object_.new_rows);
    if (rule.kind == Kind::kUnique) return twins(rule.columns);
    return column_ == nullptr ? std::vector<ExampleRows>() : accepted_rows(object_, *column_, &rule);
  }

  /// Two rows with the same values in these columns; none: in the rule's own.
  std::vector<ExampleRows> twins(std::vector<std::string> columns) const {
    std::vector<ExampleRows> pairs;
    if (columns.empty()) columns.push_back(column_->before.name);
    for (const std::string& row : object_.old_rows.rows({})) {
      const bool whole = std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
        return row.find("\"" + column + "\": ") != std::string::npos;
      });
      if (whole) pairs.push_back({row, row});
    }
    return pairs;
  }

  static ExampleShows shown_by(const RuleFacts& rule, ExampleShows otherwise) {
    return rule.kind == Kind::kUnique ? ExampleShows::kTogether : otherwise;
  }

  void added(const RuleFacts& rule) {
    if (rule.kind == Kind::kProse) return;  // told with the descriptions
    const bool same_as_required =
        rule.kind == Kind::kNotNull && column_ != nullptr && !takes(column_->before, Value{});
    if (same_as_required) return;
    if (!rule.refuses()) {
      return add("RULE_ADDED", rule,
                 fmt::format("{} has {}, which counts rows and keeps them", subject(), rule.shown),
                 ExampleShows::kNothing, {});
    }
    add(kind_of(rule.kind).added, rule, fmt::format("{} has {}, and had no such rule", subject(), rule.shown),
        shown_by(rule, ExampleShows::kRefused), refused_by(rule));
  }

  void removed(const RuleFacts& rule) {
    if (rule.kind == Kind::kProse) return;
    if (!rule.refuses()) {
      return add("RULE_REMOVED", rule, fmt::format("{} no longer has {}", subject(), rule.shown),
                 ExampleShows::kNothing, {});
    }
    add(kind_of(rule.kind).removed, rule, fmt::format("{} no longer has {}", subject(), rule.shown),
        shown_by(rule, ExampleShows::kAccepted), refused_before_by(rule));
  }

  void judge(const RuleFacts& before, const RuleFacts& after) {
    if (before.kind == Kind::kProse && after.kind == Kind::kProse) return;
    if (before.kind != after.kind) {
      removed(before);
      return added(after);
    }
    judge_severity(before, after);
    if (after.kind == Kind::kValues) return judge_values(before, after);
    const Meaning meaning = compare_meaning(before, after);
    if (meaning == Meaning::kSame) return;
    if (meaning == Meaning::kLooser) {
      return add(before.refuses() ? kind_of(after.kind).loosened : "RULE_LOOSENED", after,
                 fmt::format("{} has {}, had {}", subject(), said(after), said(before)),
                 shown_by(after, ExampleShows::kAccepted),
                 before.refuses() ? refused_before_by(before) : std::vector<ExampleRows>());
    }
    const bool tighter = meaning == Meaning::kTighter;
    const std::string message = fmt::format("{} has {}, had {}", subject(), said(after), said(before));
    if (!after.refuses()) {
      return add(tighter ? "RULE_TIGHTENED" : "RULE_CONDITION_CHANGED", after, message,
                 ExampleShows::kNothing, {});
    }
    const KindOfRule& kind = kind_of(after.kind);
    add(tighter ? kind.tightened : kind.changed, after, message, shown_by(after, ExampleShows::kRefused),
        refused_by(after));
  }

  void judge_severity(const RuleFacts& before, const RuleFacts& after) {
    if (before.severity == after.severity) return;
    const std::string message = fmt::format("{}: {} has severity {}, had {}", subject(), after.shown,
                                            to_string(after.severity), to_string(before.severity));
    if (after.severity < before.severity) {
      const bool lets_in = before.refuses() && !after.refuses();
      return add("RULE_SEVERITY_LOWERED", after, message, shown_by(after, ExampleShows::kAccepted),
                 lets_in ? refused_before_by(before) : std::vector<ExampleRows>());
    }
    if (!after.refuses()) return add("RULE_SEVERITY_RAISED", after, message, ExampleShows::kNothing, {});
    add("RULE_SEVERITY_NO_RAISE", after, message, shown_by(after, ExampleShows::kRefused),
        before.refuses() ? std::vector<ExampleRows>() : refused_by(after));
  }

  /// Listed values one by one: each is somebody's.
  void judge_values(const RuleFacts& before, const RuleFacts& after) {
    const auto missing_in = [](const Value& value, const RuleFacts& rule) { return !keeps(rule, value); };
    for (const Value& value : before.values) {
      if (!missing_in(value, after)) continue;
      const std::string message = fmt::format("{} may no longer be {}", subject(), value.json);
      if (!after.refuses()) {
        add("RULE_TIGHTENED", after, message, ExampleShows::kNothing, {});
      } else {
        add("ENUM_VALUE_NO_DELETE", after, message, ExampleShows::kRefused,
            takes(column_->before, value) ? one_by_one(object_.old_rows.rows({{column_->before.name, value}}))
                                          : std::vector<ExampleRows>());
      }
    }
    for (const Value& value : after.values) {
      if (!missing_in(value, before)) continue;
      const std::string message = fmt::format("{} may be {}", subject(), value.json);
      if (!before.refuses()) {
        add("RULE_LOOSENED", after, message, ExampleShows::kNothing, {});
      } else {
        add("ENUM_VALUE_ADDED", after, message, ExampleShows::kAccepted,
            takes(column_->after, value) ? one_by_one(object_.new_rows.rows({{column_->after.name, value}}))
                                         : std::vector<ExampleRows>());
      }
    }
  }

  const ObjectPair& object_;
  const ColumnPair* column_;
  Changes& changes_;
};

constexpr std::size_t kValuesTried = 6;

/// The rows of `maker` with each value that `is_wanted` in the column; those that are fine otherwise first.
template <class Wanted, class Otherwise>
std::vector<ExampleRows> rows_with(const RowMaker& maker, const ColumnPair& column, const std::string& name,
                                   Wanted is_wanted, Otherwise is_fine_otherwise) {
  std::vector<Value> wanted;
  for (Value& value : values_to_try(column.before, column.after)) {
    if (is_wanted(value)) wanted.push_back(std::move(value));
  }
  std::stable_partition(wanted.begin(), wanted.end(), is_fine_otherwise);
  std::vector<ExampleRows> examples;
  for (std::size_t i = 0; i < std::min(wanted.size(), kValuesTried); ++i) {
    for (ExampleRows& example : one_by_one(maker.rows({{name, wanted[i]}})))
      examples.push_back(std::move(example));
  }
  return examples;
}

/// Whether the column takes `value`, `rule` apart.
bool takes_without(const ColumnFacts& column, const RuleFacts* rule, const Value& value) {
  if (value.kind == Value::Kind::kNull && column.required) return false;
  return std::all_of(column.rules.begin(), column.rules.end(), [&](const RuleFacts& each) {
    return &each == rule || !each.refuses() || keeps(each, value);
  });
}

}  // namespace

std::vector<ExampleRows> refused_rows(const ObjectPair& object, const ColumnPair& column,
                                      const RuleFacts* rule) {
  return rows_with(
      object.old_rows, column, column.before.name,
      [&](const Value& value) {
        return takes(column.before, value) &&
               (rule == nullptr ? !takes(column.after, value) : !keeps(*rule, value));
      },
      [&](const Value& value) { return takes_without(column.after, rule, value); });
}

std::vector<ExampleRows> accepted_rows(const ObjectPair& object, const ColumnPair& column,
                                       const RuleFacts* rule) {
  return rows_with(
      object.new_rows, column, column.after.name,
      [&](const Value& value) {
        return takes(column.after, value) &&
               (rule == nullptr ? !takes(column.before, value) : !keeps(*rule, value));
      },
      [&](const Value& value) { return takes_without(column.before, rule, value); });
}

void compare_rules(const ObjectPair& object, const ColumnPair* column, Changes& changes) {
  RuleComparison comparison(object, column, changes);
  if (column == nullptr) return comparison.run(object.before.rules, object.after.rules);
  comparison.run(column->before.rules, column->after.rules);
}

}  // namespace haul::contract
