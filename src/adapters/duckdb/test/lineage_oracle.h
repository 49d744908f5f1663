#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "haul/query/lineage.h"
#include "session.h"

namespace haul::adapters::duckdb {

/// Values for the columns of a test table, as SQL literals.
class ValuePool {
 public:
  virtual ~ValuePool() = default;
  [[nodiscard]] virtual std::string value(const columnar::Column& column, Rng& rng) const = 0;
};

/// Says what a query's result really depends on: it runs the query over generated rows, then again with other
/// values in one column of one table, and looks which result columns changed. It knows nothing of plans.
class LineageOracle {
 public:
  /// Two sets of rows for each table; the second one lends its columns.
  LineageOracle(std::vector<query::Scan> tables, const ValuePool& values, Rng& rng, int rows);

  struct Verdict {
    std::string broken = {};  ///< Empty: every observed dependence is in the lineage.
    int observed = 0;         ///< Pairs (input column, result column) where a change was seen.
    bool has_rows = false;
  };
  /// Checks that where other values in a column change a result column, the lineage lists it there or under
  /// "".
  Verdict check(const std::string& sql, const std::map<std::string, std::vector<query::ColumnRef>>& lineage,
                const std::vector<query::DatasetName>& datasets);

 private:
  /// Each result column's values, sorted.
  using Answer = std::map<std::string, std::vector<std::string>>;

  void fill(const std::string& schema, const query::Scan& table, const ValuePool& values, Rng& rng, int rows);
  void show(const query::Scan& table, std::string_view other_column);
  std::optional<Answer> answer(const std::string& sql);

  std::vector<query::Scan> tables_;
  Session session_;
};

}  // namespace haul::adapters::duckdb
