#include "change/compare_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "change/compare_types.h"
#include "shape.h"

namespace haul::contract {
namespace {

using Pairs = std::vector<const ColumnFacts*>;  // for each new column its old one, or null

/// What is judged apart, whole: names, keys and presence.
constexpr std::array<std::string_view, 5> kJudged{"name", "id", "primaryKey", "primaryKeyPosition",
                                                  "required"};

bool look_alike(const ColumnFacts& a, const ColumnFacts& b) {
  static constexpr std::array<std::string_view, 6> kApart{"name",         "id",           "description",
                                                          "businessName", "physicalName", "customProperties"};
  return changed_keys(a.node, b.node, kApart).empty();
}

bool has_alias(const ColumnFacts& column, const std::string& name) {
  return std::find(column.aliases.begin(), column.aliases.end(), name) != column.aliases.end();
}

/// The columns of one object.
class ColumnComparison {
 public:
  ColumnComparison(const ObjectPair& object, Places places, Changes& changes)
      : object_(object), places_(places), changes_(changes), old_of_(pair()) {}

  void run() {
    for (std::size_t n = 0; n < columns().size(); ++n) {
      if (old_of_[n] == nullptr) {
        added(columns()[n]);
      } else {
        judge({*old_of_[n], columns()[n]});
      }
    }
    compare_order();
    for (const ColumnFacts& column : object_.before.columns) {
      if (!is_kept(column)) removed(column);
    }
  }

 private:
  [[nodiscard]] const std::vector<ColumnFacts>& columns() const { return object_.after.columns; }
  [[nodiscard]] bool is_kept(const ColumnFacts& old) const {
    return std::find(old_of_.begin(), old_of_.end(), &old) != old_of_.end();
  }

  /// By id, by name, by alias; what is left by looking the same, in order.
  [[nodiscard]] Pairs pair() const {
    Pairs pairs(columns().size(), nullptr);
    const auto pair_where = [&](auto fits) {
      for (std::size_t n = 0; n < pairs.size(); ++n) {
        for (const ColumnFacts& old : object_.before.columns) {
          if (pairs[n] != nullptr) break;
          const bool taken = std::find(pairs.begin(), pairs.end(), &old) != pairs.end();
          if (!taken && fits(old, columns()[n])) pairs[n] = &old;
        }
      }
    };
    pair_where([](const ColumnFacts& a, const ColumnFacts& b) { return !a.id.empty() && a.id == b.id; });
    pair_where([](const ColumnFacts& a, const ColumnFacts& b) { return a.name == b.name; });
    pair_where([](const ColumnFacts& a, const ColumnFacts& b) { return has_alias(b, a.name); });
    pair_where([](const ColumnFacts& a, const ColumnFacts& b) { return look_alike(a, b); });
    return pairs;
  }

  Finding finding(const ColumnFacts& column, std::string_view key, std::string message) const {
    const auto value = column.node.find(key);
    return {.object = object_.after.object->name,
            .column = column.name,
            .message = std::move(message),
            .place = value ? value->place() : column.node.place()};
  }

  void add(std::string_view rule, Finding found, ExampleShows shows, std::vector<ExampleRows> examples) {
    found.shows = shows;
    found.examples = std::move(examples);
    changes_.add(rule, std::move(found));
  }

  void added(const ColumnFacts& column) {
    if (default_of(column) != "null") {
      return changes_.add("COLUMN_ADDED",
                          finding(column, "name",
                                  fmt::format("the column {} is new; rows without it get its default {}",
                                              column.name, default_of(column))));
    }
    if (takes(column, Value{})) {
      return changes_.add(
          "COLUMN_ADDED",
          finding(column, "name", fmt::format("the column {} is new and may be missing", column.name)));
    }
    add("COLUMN_NO_ADD_REQUIRED",
        finding(
            column, "name",
            fmt::format("the column {} is new and required; producers that do not send it yet are refused: "
                        "leave it optional for a version",
                        column.name)),
        ExampleShows::kRefused, one_by_one(object_.old_rows.rows({})));
  }

  void removed(const ColumnFacts& column) {
    add("COLUMN_NO_DELETE",
        finding(column, "name",
                fmt::format("the column {} is gone; mark it `deprecated` for a version before", column.name)),
        ExampleShows::kMissed, rows_with_value(column));
  }

  /// Old rows that have a value in the column.
  std::vector<ExampleRows> rows_with_value(const ColumnFacts& column) const {
    for (const Value& value : values_to_try(column, column)) {
      if (value.kind == Value::Kind::kNull || !takes(column, value)) continue;
      return one_by_one(object_.old_rows.rows({{column.name, value}}));
    }
    return {};
  }

  void judge(const ColumnPair& pair) {
    const std::size_t before = changes_.size();
    judge_name(pair);
    judge_type(pair);
    judge_presence(pair);
    judge_privacy(pair);
    judge_default(pair);
    if (pair.after.is_deprecated && !pair.before.is_deprecated) {
      changes_.add("COLUMN_DEPRECATED", finding(pair.after, "deprecated",
                                                fmt::format("the column {} is deprecated", pair.after.name)));
    }
    compare_rules(object_, &pair, changes_);
    compare_descriptions(pair.before.node, pair.after.node, changes_.size() > before, kJudged,
                         {.object = object_.after.object->name,
                          .column = pair.after.name,
                          .message = pair.after.name,
                          .place = {}},
                         changes_);
  }

  void judge_name(const ColumnPair& pair) {
    if (pair.before.name == pair.after.name) return;
    const bool aliased = has_alias(pair.after, pair.before.name);
    std::string message = fmt::format("the column {} is now called {}", pair.before.name, pair.after.name);
    if (!aliased) {
      message += fmt::format("; list the old name: customProperties: [{{property: aliases, value: [{}]}}]",
                             pair.before.name);
    }
    Finding found = finding(pair.after, "name", std::move(message));
    found.was = pair.before.name;
    add(aliased ? "COLUMN_RENAMED" : "COLUMN_NO_RENAME", std::move(found), ExampleShows::kMissed,
        rows_with_value(pair.before));
  }

  void judge_type(const ColumnPair& pair) {
    const TypeChange change = compare_types(pair.before, pair.after);
    if (change == TypeChange::kNone) return;
    const std::string was = type_of(pair.before);
    const std::string is = type_of(pair.after);
    const std::string message = fmt::format("{} is {}, was {}", pair.after.name, is, was);
    const Finding found = finding(pair.after, "logicalType", message);
    if (change == TypeChange::kWidened) {
      return add("COLUMN_TYPE_WIDENED", found, ExampleShows::kAccepted,
                 accepted_rows(object_, pair, nullptr));
    }
    add(change == TypeChange::kNarrowed ? "COLUMN_TYPE_NO_NARROW" : "COLUMN_SAME_TYPE", found,
        ExampleShows::kRefused, refused_rows(object_, pair, nullptr));
  }

  /// "int16", "0 to 255" for an unsigned format.
  static std::string type_of(const ColumnFacts& column) {
    const bool is_unsigned = column.range && column.range->lowest == 0;
    return is_unsigned ? fmt::format("an integer from 0 to {}", column.range->highest)
                       : describe_type(*column.type);
  }

  void judge_presence(const ColumnPair& pair) {
    const bool old_takes_null = takes(pair.before, Value{});
    if (pair.after.required && old_takes_null) {
      add("COLUMN_NO_REQUIRE",
          finding(pair.after, "required",
                  fmt::format("{} is required, and could be missing", pair.after.name)),
          ExampleShows::kRefused, one_by_one(object_.old_rows.rows({{pair.before.name, Value{}}})));
    }
    if (pair.before.required && takes(pair.after, Value{})) {
      add("COLUMN_MADE_OPTIONAL",
          finding(pair.after, "required",
                  fmt::format("{} may be missing, and was required", pair.after.name)),
          ExampleShows::kAccepted, one_by_one(object_.new_rows.rows({{pair.after.name, Value{}}})));
    }
  }

  /// What rows get that lack the column, as JSON.
  static std::string default_of(const ColumnFacts& column) {
    const auto value = custom_property(column.node, "default");
    return value ? value->to_json() : "null";
  }

  void judge_default(const ColumnPair& pair) {
    const std::string was = default_of(pair.before);
    const std::string is = default_of(pair.after);
    if (was == is) return;
    changes_.add("DEFAULT_CHANGED",
                 finding(pair.after, "customProperties",
                         fmt::format("rows without {} get {}, got {}", pair.after.name, is, was)));
  }

  void judge_privacy(const ColumnPair& pair) {
    const auto word = [](const ColumnFacts& column) {
      return text_at(column.node, "classification").value_or("");
    };
    if (pair.before.is_personal && !pair.after.is_personal) {
      changes_.add(
          "COLUMN_NO_OPEN",
          finding(pair.after, "classification",
                  fmt::format("{} is no longer personal: its values would stand in statistics, reasons and "
                              "logs",
                              pair.after.name)));
    } else if (!pair.before.is_personal && pair.after.is_personal) {
      changes_.add("COLUMN_CLOSED",
                   finding(pair.after, "classification",
                           fmt::format("{} is personal: files have no statistics of it, and reasons "
                                       "and logs no values",
                                       pair.after.name)));
    } else if (word(pair.before) != word(pair.after)) {
      changes_.add("COLUMN_CLASSIFICATION_CHANGED",
                   finding(pair.after, "classification",
                           fmt::format("{} has the classification `{}`, had `{}`", pair.after.name,
                                       word(pair.after), word(pair.before))));
    }
  }

  /// By name, the order of columns says nothing. Without a header every old column has to keep its place.
  void compare_order() {
    const auto place_of = [&](const ColumnFacts& old) { return &old - object_.before.columns.data(); };
    std::ptrdiff_t last = -1;
    for (std::size_t n = 0; n < columns().size(); ++n) {
      const ColumnFacts* old = old_of_[n];
      if (old == nullptr) continue;
      const bool moved = places_ == Places::kByPosition ? place_of(*old) != static_cast<std::ptrdiff_t>(n)
                                                        : place_of(*old) < last;
      last = std::max(last, place_of(*old));
      if (moved) return moved_to(columns()[n], n + 1, static_cast<std::size_t>(place_of(*old)) + 1);
    }
  }

  /// The first that stands elsewhere speaks for those after it.
  void moved_to(const ColumnFacts& column, std::size_t is, std::size_t was) {
    std::string message = fmt::format("the column {} stands at place {}, stood at {}", column.name, is, was);
    if (places_ == Places::kByName) return changes_.add("COLUMN_REORDERED", finding(column, "name", message));
    message += ", and files have no header; add new columns at the end";
    changes_.add("COLUMN_SAME_POSITION", finding(column, "name", message));
  }

  const ObjectPair& object_;
  Places places_;
  Changes& changes_;
  Pairs old_of_;
};

}  // namespace

void compare_columns(const ObjectPair& object, Places places, Changes& changes) {
  ColumnComparison(object, places, changes).run();
}

}  // namespace haul::contract
