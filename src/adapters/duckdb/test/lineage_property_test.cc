// Lineage against what queries do: an input column whose values change a result must be in the lineage.
#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <regex>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/query/lineage.h"
#include "lineage_oracle.h"
#include "random_query.h"
#include "tpc.h"

namespace haul::adapters::duckdb {
namespace {

constexpr std::uint64_t kSeed = 20131101;

class SmallValues final : public ValuePool {
 public:
  std::string value(const columnar::Column& column, Rng& rng) const override {
    static constexpr const char* kTexts[] = {"'a'", "'b'", "'c'", "'dd'"};
    return column.type->id() == arrow::Type::STRING ? kTexts[below(rng, 4)] : std::to_string(below(rng, 6));
  }
};

/// Values that TPC-H's predicates look for, taken from the queries: texts that a column is compared with, and
/// dates.
class TpchValues final : public ValuePool {
 public:
  explicit TpchValues(const std::vector<TpcQuery>& queries) {
    for (const TpcQuery& query : queries) learn(query.sql);
  }

  std::string value(const columnar::Column& column, Rng& rng) const override {
    switch (column.type->id()) {
      case arrow::Type::STRING:
        return text(column.name, rng);
      case arrow::Type::DATE32:
        return fmt::format("DATE '{}' + {}::INTEGER", dates_[below(rng, dates_.size())], below(rng, 90));
      case arrow::Type::DECIMAL128:
        return below(rng, 2) == 0 ? fmt::format("0.0{}", below(rng, 10)) : std::to_string(below(rng, 400));
      default:
        return std::to_string(column.name == "p_size" ? sizes_[below(rng, sizes_.size())]
                                                      : 1 + static_cast<int>(below(rng, 6)));
    }
  }

 private:
  void learn(const std::string& sql) {
    const std::regex compared(R"((\w+)\s*(?:=|<>|LIKE|NOT LIKE|IN \()\s*((?:'[^']*'[,\s]*)+))");
    const std::regex literal("'([^']*)'");
    for (std::sregex_iterator found(sql.begin(), sql.end(), compared), end; found != end; ++found) {
      const std::string list = (*found)[2];
      for (std::sregex_iterator item(list.begin(), list.end(), literal); item != end; ++item) {
        texts_[(*found)[1]].push_back(std::regex_replace((*item)[1].str(), std::regex("%"), "x"));
      }
    }
    const std::regex date(R"('(\d{4}-\d\d-\d\d)')");
    for (std::sregex_iterator found(sql.begin(), sql.end(), date), end; found != end; ++found)
      dates_.push_back((*found)[1]);
  }

  std::string text(const std::string& column, Rng& rng) const {
    static const std::vector<std::string> kOthers = {"13-a", "31-b", "23-c", "plain", "green"};
    const auto known = texts_.find(column);
    const std::vector<std::string>& from =
        known == texts_.end() || below(rng, 5) == 0 ? kOthers : known->second;
    return "'" + from[below(rng, from.size())] + "'";
  }

  std::map<std::string, std::vector<std::string>> texts_;
  std::vector<std::string> dates_;
  std::vector<int> sizes_ = {49, 14, 23, 45, 19, 3, 36, 9, 15, 5, 1};
};

class LineageProperty : public testing::Test {
 protected:
  LineageOracle::Verdict check(LineageOracle& oracle, const std::vector<query::Scan>& tables,
                               const std::string& sql) {
    const auto lineage = query::column_lineage(*engine_, {.sql = sql, .scans = tables});
    const auto datasets = query::datasets_of(*engine_, sql);
    if (!lineage || !datasets) {
      ADD_FAILURE() << sql << "\n" << (lineage ? datasets.error().message : lineage.error().message);
      return {};
    }
    LineageOracle::Verdict verdict = oracle.check(sql, *lineage, *datasets);
    EXPECT_EQ(verdict.broken, "") << sql;
    return verdict;
  }

  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
  SeededRng rng_{kSeed};
};

TEST_F(LineageProperty, HoldsForGeneratedQueries) {
  const std::vector<query::Scan> tables = random_query_tables();
  LineageOracle oracle(tables, SmallValues(), rng_, 12);
  int observed = 0;

  for (int i = 0; i < 100 && !HasFailure(); ++i)
    observed += check(oracle, tables, random_query(rng_)).observed;

  EXPECT_GT(observed, 300) << "too few dependences seen for the test to mean anything; seed " << kSeed;
}

TEST_F(LineageProperty, HoldsForTheTpchQueries) {
  const std::vector<TpcQuery> queries = tpc_queries("tpch");
  const std::vector<query::Scan> tables = tpc_scans("tpch");
  LineageOracle oracle(tables, TpchValues(queries), rng_, 24);
  int with_rows = 0;

  for (const TpcQuery& query : queries) with_rows += check(oracle, tables, query.sql).has_rows ? 1 : 0;

  EXPECT_GE(with_rows, 15) << "too few queries have a result for the test to mean anything; seed " << kSeed;
}

}  // namespace
}  // namespace haul::adapters::duckdb
