#include "random_query.h"

#include <arrow/type.h>
#include <fmt/format.h>

namespace haul::adapters::duckdb {
namespace {

enum class Kind : std::uint8_t { kNumber, kText };

struct Field {
  std::string name;
  Kind kind;
};

/// What stands in FROM, and the fields that it gives.
struct Source {
  std::string sql;
  std::vector<Field> fields;
};

class Writer {
 public:
  explicit Writer(Rng& rng) : rng_(rng) {}

  std::string query(int depth) {
    switch (below(rng_, depth > 0 ? 8 : 3)) {
      case 0:
        return plain(depth);
      case 1:
        return grouped(depth);
      case 2:
        return windowed(depth);
      case 3:
        return set_operation(depth);
      case 4:
        return with_cte(depth);
      case 5:
        return fmt::format("SELECT DISTINCT c0, c1 FROM ({})", query(depth - 1));
      case 6:
        return fmt::format("SELECT c0, c1 FROM ({}) ORDER BY ALL LIMIT {}", query(depth - 1),
                           1 + below(rng_, 6));
      default:
        return correlated();
    }
  }

 private:
  std::string alias() { return "q" + std::to_string(aliases_++); }

  Source table() {
    const std::string name = alias();
    if (below(rng_, 2) == 0) {
      return {"g.a AS " + name,
              {{name + ".x", Kind::kNumber},
               {name + ".y", Kind::kNumber},
               {name + ".z", Kind::kNumber},
               {name + ".t", Kind::kText}}};
    }
    return {"g.b AS " + name,
            {{name + ".x", Kind::kNumber}, {name + ".v", Kind::kNumber}, {name + ".w", Kind::kText}}};
  }

  Source source(int depth) {
    if (depth > 0 && below(rng_, 3) == 0) {
      const std::string name = alias();
      return {fmt::format("({}) AS {}", query(depth - 1), name),
              {{name + ".c0", Kind::kNumber}, {name + ".c1", Kind::kText}}};
    }
    if (below(rng_, 2) == 0) return table();
    Source left = table();
    const Source right = table();
    std::vector<Field> both = left.fields;
    both.insert(both.end(), right.fields.begin(), right.fields.end());
    static constexpr const char* kJoins[] = {"JOIN",      "LEFT JOIN", "RIGHT JOIN",
                                             "FULL JOIN", "SEMI JOIN", "ANTI JOIN"};
    const auto join = below(rng_, 6);
    const std::string condition = below(rng_, 2) == 0
                                      ? fmt::format("{} = {}", left.fields[0].name, right.fields[0].name)
                                      : fmt::format("{} > {}", number(left.fields), number(right.fields));
    return {fmt::format("{} {} {} ON {}", left.sql,
                        kJoins[join == 3 && condition.find('>') != std::string::npos ? 0 : join], right.sql,
                        condition),
            join >= 4 ? left.fields : both};
  }

  std::string one_of(const std::vector<Field>& fields, Kind kind) {
    std::vector<std::string> fitting;
    for (const Field& field : fields) {
      if (field.kind == kind) fitting.push_back(field.name);
    }
    return fitting[below(rng_, fitting.size())];
  }

  std::string number(const std::vector<Field>& fields) {
    const std::string one = one_of(fields, Kind::kNumber);
    switch (below(rng_, 6)) {
      case 0:
        return fmt::format("({} + {})", one, one_of(fields, Kind::kNumber));
      case 1:
        return fmt::format("CASE WHEN {} THEN {} ELSE {} END", predicate(fields), one, below(rng_, 4));
      case 2:
        return fmt::format("coalesce({}, length({}))", one, one_of(fields, Kind::kText));
      case 3:
        return fmt::format("({} % 3)", one);
      default:
        return one;
    }
  }

  std::string text(const std::vector<Field>& fields) {
    const std::string one = one_of(fields, Kind::kText);
    switch (below(rng_, 4)) {
      case 0:
        return fmt::format("({} || {}::VARCHAR)", one, one_of(fields, Kind::kNumber));
      case 1:
        return fmt::format("upper({})", one);
      default:
        return one;
    }
  }

  std::string predicate(const std::vector<Field>& fields) {
    switch (below(rng_, 4)) {
      case 0:
        return fmt::format("{} > {}", one_of(fields, Kind::kNumber), below(rng_, 4));
      case 1:
        return fmt::format("{} <> 'b'", one_of(fields, Kind::kText));
      case 2:
        return fmt::format("{} <= {}", one_of(fields, Kind::kNumber), one_of(fields, Kind::kNumber));
      default:
        return fmt::format("{} IS NOT NULL", one_of(fields, Kind::kText));
    }
  }

  std::string where(const std::vector<Field>& fields) {
    return below(rng_, 2) == 0 ? "" : " WHERE " + predicate(fields);
  }

  std::string plain(int depth) {
    const Source from = source(depth);
    return fmt::format("SELECT {} AS c0, {} AS c1 FROM {}{}", number(from.fields), text(from.fields),
                       from.sql, where(from.fields));
  }

  std::string grouped(int depth) {
    const Source from = source(depth);
    static constexpr const char* kAggregates[] = {"sum({})", "max({})", "count({})", "count(DISTINCT {})",
                                                  "sum({}) FILTER (WHERE {} > 1)"};
    const std::string aggregate = fmt::format(fmt::runtime(kAggregates[below(rng_, 5)]), number(from.fields),
                                              one_of(from.fields, Kind::kNumber));
    const std::string key = text(from.fields);
    const bool has_groups = below(rng_, 4) != 0;
    return fmt::format("SELECT ({})::BIGINT AS c0, {} AS c1 FROM {}{}{}{}", aggregate,
                       has_groups ? key : "max(" + key + ")", from.sql, where(from.fields),
                       has_groups ? " GROUP BY " + key : "",
                       below(rng_, 3) == 0 ? " HAVING count(*) > 1" : "");
  }

  std::string windowed(int depth) {
    const Source from = source(depth);
    static constexpr const char* kFunctions[] = {"sum({})", "max({})", "lag({})", "count({})"};
    const std::string function = fmt::format(fmt::runtime(kFunctions[below(rng_, 4)]), number(from.fields));
    const std::string partition = below(rng_, 2) == 0 ? "" : "PARTITION BY " + text(from.fields) + " ";
    return fmt::format("SELECT ({} OVER ({}ORDER BY {}, {}))::BIGINT AS c0, {} AS c1 FROM {}{}", function,
                       partition, number(from.fields), text(from.fields), text(from.fields), from.sql,
                       where(from.fields));
  }

  std::string set_operation(int depth) {
    static constexpr const char* kOperations[] = {"UNION", "UNION ALL", "EXCEPT", "INTERSECT"};
    return fmt::format("SELECT c0, c1 FROM ({}) {} SELECT c0, c1 FROM ({})", query(depth - 1),
                       kOperations[below(rng_, 4)], query(depth - 1));
  }

  std::string with_cte(int depth) {
    const std::string name = alias();
    const std::string first = alias();
    const std::string second = alias();
    return fmt::format(
        "WITH {0} AS ({1}) SELECT {2}.c0, {3}.c1 FROM {0} AS {2} JOIN {0} AS {3} ON {2}.c1 = {3}.c1", name,
        query(depth - 1), first, second);
  }

  std::string correlated() {
    const Source outer = table();
    const Source inner = table();
    const std::string matches =
        fmt::format("{} {} {}", inner.fields[0].name, below(rng_, 2) == 0 ? "=" : ">", outer.fields[0].name);
    switch (below(rng_, 4)) {
      case 0:
        return fmt::format("SELECT (SELECT max({}) FROM {} WHERE {})::BIGINT AS c0, {} AS c1 FROM {}",
                           number(inner.fields), inner.sql, matches, text(outer.fields), outer.sql);
      case 1:
        return fmt::format("SELECT {} AS c0, {} AS c1 FROM {} WHERE {}EXISTS (SELECT 1 FROM {} WHERE {})",
                           number(outer.fields), text(outer.fields), outer.sql,
                           below(rng_, 2) == 0 ? "NOT " : "", inner.sql, matches);
      case 2:
        return fmt::format("SELECT ({} IN (SELECT {} FROM {}{}))::BIGINT AS c0, {} AS c1 FROM {}",
                           number(outer.fields), number(inner.fields), inner.sql, where(inner.fields),
                           text(outer.fields), outer.sql);
      default:
        return fmt::format("SELECT {} AS c0, i.c1 FROM {}, LATERAL (SELECT {} AS c1 FROM {} WHERE {}) AS i",
                           number(outer.fields), outer.sql, text(inner.fields), inner.sql, matches);
    }
  }

  Rng& rng_;
  int aliases_ = 0;
};

}  // namespace

std::vector<query::Scan> random_query_tables() {
  const auto number = [](std::string name) {
    return columnar::Column{.name = std::move(name), .type = arrow::int64()};
  };
  const auto text = [](std::string name) {
    return columnar::Column{.name = std::move(name), .type = arrow::utf8()};
  };
  return {{.schema = "g", .name = "a", .columns = {{number("x"), number("y"), number("z"), text("t")}}},
          {.schema = "g", .name = "b", .columns = {{number("x"), number("v"), text("w")}}}};
}

std::string random_query(Rng& rng) { return Writer(rng).query(2); }

}  // namespace haul::adapters::duckdb
