#include "haul/query/lineage.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "tpc.h"

namespace haul::adapters::duckdb {
namespace {

using query::Scan;
using testing::ElementsAre;
using testing::HasSubstr;

Scan scan(std::string schema, std::string name,
          std::initializer_list<std::pair<const char*, std::shared_ptr<arrow::DataType>>> columns) {
  Scan out{.schema = std::move(schema), .name = std::move(name)};
  for (const auto& [column, type] : columns) out.columns.columns.push_back({.name = column, .type = type});
  return out;
}

class Lineage : public testing::Test {
 protected:
  /// "out: a.x a.y; other: ; ''= b.x": as short as it can be compared.
  std::string lineage(const std::string& sql, const std::vector<Scan>& scans) {
    const auto columns = query::column_lineage(*engine_, {.sql = sql, .scans = scans});
    if (!columns)
      return fmt::format("error {}: {}", static_cast<int>(columns.error().code), columns.error().message);
    std::string out;
    for (const auto& [name, inputs] : *columns) {
      if (name.empty()) continue;
      out += name + ":" + words(inputs) + "; ";
    }
    return out + "rows:" + words(columns->at(""));
  }
  std::string lineage(const std::string& sql) { return lineage(sql, small_); }

  static std::string words(const std::vector<query::ColumnRef>& inputs) {
    std::string out;
    for (const auto& input : inputs)
      out += " " + input.dataset.substr(input.dataset.find('.') + 1) + "." + input.column;
    return out;
  }

  std::string datasets(const std::string& sql) {
    const auto names = query::datasets_of(*engine_, sql);
    return names ? fmt::format("{}", fmt::join(*names, " ")) : "error: " + names.error().message;
  }

  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
  const std::vector<Scan> small_ = {
      scan("s", "a",
           {{"x", arrow::int32()},
            {"y", arrow::utf8()},
            {"z", arrow::float64()},
            {"l", arrow::list(arrow::int32())}}),
      scan("s", "b", {{"x", arrow::int32()}, {"w", arrow::utf8()}}),
      scan("system", "runs", {{"id", arrow::int64()}}),
  };
};

TEST_F(Lineage, FollowsExpressionsAndKeepsFiltersApart) {
  EXPECT_EQ(lineage("SELECT x + 1 AS k, y || z AS m, 7 AS c FROM s.a WHERE l[1] > 0"),
            "c:; k: a.x; m: a.y a.z; rows: a.l");
  EXPECT_EQ(lineage("SELECT CASE WHEN x > 1 THEN y ELSE 'n' END AS k FROM s.a"), "k: a.x a.y; rows:");
  EXPECT_EQ(lineage("SELECT * EXCLUDE (l, y) REPLACE (z * 2 AS z) FROM s.a"), "x: a.x; z: a.z; rows:");
  EXPECT_EQ(lineage("SELECT list_transform(l, e -> e + x) AS k FROM s.a"), "k: a.l a.x; rows:");
  EXPECT_EQ(lineage("SELECT id FROM system.runs"), "id: runs.id; rows:");
}

TEST_F(Lineage, TellsGroupsFromAggregates) {
  EXPECT_EQ(lineage("SELECT y, sum(z) AS s, count(*) AS n FROM s.a GROUP BY y HAVING max(x) > 1"),
            "n:; s: a.z; y: a.y; rows: a.x a.y");
  EXPECT_EQ(lineage("SELECT sum(z) FILTER (x > 1) AS s, string_agg(y, ',' ORDER BY z) AS t FROM s.a"),
            "s: a.x a.z; t: a.y a.z; rows:");
  EXPECT_EQ(lineage("SELECT grouping(x) AS g, x, count(*) AS n FROM s.a GROUP BY ROLLUP (x, y)"),
            "g:; n:; x: a.x; rows: a.x a.y");
}

TEST_F(Lineage, PutsAWindowsOrderIntoItsValue) {
  EXPECT_EQ(lineage("SELECT sum(z) OVER (PARTITION BY y ORDER BY x) AS s FROM s.a"), "s: a.x a.y a.z; rows:");
  EXPECT_EQ(lineage("SELECT x FROM s.a QUALIFY row_number() OVER (PARTITION BY y ORDER BY z) = 1"),
            "x: a.x; rows: a.y a.z");
}

TEST_F(Lineage, FollowsJoins) {
  EXPECT_EQ(lineage("SELECT y, w FROM s.a LEFT JOIN s.b USING (x)"), "w: b.w; y: a.y; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT x, w FROM s.a FULL JOIN s.b USING (x)"), "w: b.w; x: a.x b.x; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT y FROM s.a SEMI JOIN s.b USING (x)"), "y: a.y; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT y, w FROM s.a JOIN s.b ON a.x + b.x > 3 OR a.y = b.w"),
            "w: b.w; y: a.y; rows: a.x a.y b.w b.x");
  EXPECT_EQ(lineage("SELECT w FROM s.a ASOF JOIN s.b ON a.x >= b.x"), "w: b.w; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT y, w FROM s.a POSITIONAL JOIN s.b"), "w: b.w; y: a.y; rows:");
}

TEST_F(Lineage, FollowsSubqueries) {
  EXPECT_EQ(lineage("SELECT (SELECT max(w) FROM s.b WHERE b.x = a.x) AS m FROM s.a"),
            "m: b.w; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT y FROM s.a WHERE x IN (SELECT x FROM s.b WHERE w > 'k')"),
            "y: a.y; rows: a.x b.w b.x");
  EXPECT_EQ(lineage("SELECT x IN (SELECT x FROM s.b) AS k FROM s.a"), "k: a.x b.x; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT EXISTS (SELECT 1 FROM s.b WHERE b.x = a.x) AS k FROM s.a"),
            "k: a.x; rows: a.x b.x");
  EXPECT_EQ(lineage("SELECT y, w FROM s.a, LATERAL (SELECT w FROM s.b WHERE b.x > a.x)"),
            "w: b.w; y: a.y; rows: a.x b.x");
}

TEST_F(Lineage, FollowsCtes) {
  EXPECT_EQ(lineage("WITH m AS MATERIALIZED (SELECT x, z FROM s.a WHERE y > 'k') SELECT p.x, q.z FROM m p "
                    "JOIN m q USING (x)"),
            "x: a.x; z: a.z; rows: a.x a.y");
  EXPECT_EQ(lineage("WITH RECURSIVE r AS (SELECT x, y AS v FROM s.a UNION ALL SELECT b.x, r.v || b.w FROM r "
                    "JOIN s.b ON b.x = r.x + 1)"
                    " SELECT v FROM r"),
            "v: a.y b.w; rows: a.x b.x");
}

TEST_F(Lineage, FollowsSetOperations) {
  EXPECT_EQ(lineage("SELECT x AS k FROM s.a UNION ALL SELECT x FROM s.b"), "k: a.x b.x; rows:");
  EXPECT_EQ(lineage("SELECT y AS k FROM s.a UNION SELECT w FROM s.b"), "k: a.y b.w; rows: a.y b.w");
  EXPECT_EQ(lineage("SELECT y AS k FROM s.a EXCEPT SELECT w FROM s.b"), "k: a.y; rows: a.y b.w");
  EXPECT_EQ(lineage("SELECT x FROM s.a UNION ALL BY NAME SELECT w FROM s.b"), "w: b.w; x: a.x; rows:");
}

TEST_F(Lineage, CountsWhatDecidesWhichRowsAreKept) {
  EXPECT_EQ(lineage("SELECT x FROM s.a ORDER BY z LIMIT 3"), "x: a.x; rows: a.z");
  EXPECT_EQ(lineage("SELECT x FROM s.a LIMIT (SELECT max(x) FROM s.b)"), "x: a.x; rows: b.x");
  EXPECT_EQ(lineage("SELECT DISTINCT ON (x) y FROM s.a ORDER BY z"), "y: a.y; rows: a.x a.z");
  EXPECT_EQ(lineage("SELECT x FROM s.a USING SAMPLE 3"), "x: a.x; rows:");
}

TEST_F(Lineage, FollowsListsAndFunctionsInFrom) {
  EXPECT_EQ(lineage("SELECT unnest(l) AS u, x FROM s.a"), "u: a.l; x: a.x; rows: a.l");
  EXPECT_EQ(lineage("SELECT a.x, u FROM s.a, unnest(a.l) t(u)"), "u: a.l; x: a.x; rows: a.l");
  EXPECT_EQ(lineage("SELECT y, g FROM s.a, generate_series(1, x) t(g)"), "g: a.x; y: a.y; rows: a.x");
  EXPECT_EQ(lineage("SELECT range AS r FROM range(3)"), "r:; rows:");
  EXPECT_EQ(lineage("SELECT x, value FROM s.a, json_each(y)"), "value: a.y; x: a.x; rows: a.y");
  EXPECT_EQ(lineage("VALUES (1, 'a')"), "col0:; col1:; rows:");
}

TEST_F(Lineage, FollowsPivots) {
  EXPECT_EQ(lineage("SELECT p, q FROM (PIVOT s.b ON w IN ('p', 'q') USING sum(x))"),
            "p: b.w b.x; q: b.w b.x; rows:");
  EXPECT_THAT(
      lineage(
          "SELECT c1, c30 FROM (PIVOT s.b ON w IN ('c1','c2','c3','c4','c5','c6','c7','c8','c9','c10','c11',"
          "'c12','c13','c14','c15','c16','c17','c18','c19','c20','c21','c22','c23','c30') USING sum(x))"),
      HasSubstr("c1: b.w b.x; c30: b.w b.x;"));
}

TEST_F(Lineage, NamesRepeatedColumnsAsATableWould) {
  EXPECT_EQ(lineage("SELECT x, z AS X, y AS x FROM s.a"), "X_1: a.z; x: a.x; x_2: a.y; rows:");
}

TEST_F(Lineage, NamesAConstructThatItDoesNotKnow) {
  EXPECT_EQ(lineage("SELECT rowid FROM s.a"),
            "error 1000: the lineage of this query cannot be determined: the row number (rowid) of s.a is "
            "not known to it");
  EXPECT_EQ(lineage("WITH RECURSIVE r(k, v) USING KEY (k) AS (SELECT x, y FROM s.a UNION ALL SELECT k + 1, v "
                    "FROM r WHERE k < 9) FROM r"),
            "error 1000: the lineage of this query cannot be determined: USING KEY of the CTE r is not known "
            "to it");
}

TEST_F(Lineage, KnowsEveryTpchAndTpcdsQuery) {
  for (const std::string suite : {"tpch", "tpcds"}) {
    const std::vector<Scan> scans = tpc_scans(suite);
    const std::vector<TpcQuery> queries = tpc_queries(suite);
    ASSERT_EQ(queries.size(), suite == "tpch" ? 22U : 99U);
    for (const TpcQuery& query : queries) {
      const std::string answer = lineage(query.sql, scans);
      EXPECT_EQ(answer.find("error"), std::string::npos) << suite << " " << query.number << ": " << answer;
    }
  }
}

TEST_F(Lineage, AgreesWithTpchQueriesReadByHand) {
  const std::vector<TpcQuery> queries = tpc_queries("tpch");
  const std::vector<Scan> scans = tpc_scans("tpch");
  const auto of = [&](std::size_t number) { return lineage(queries[number - 1].sql, scans); };

  EXPECT_EQ(
      of(1),
      "avg_disc: lineitem.l_discount; avg_price: lineitem.l_extendedprice; avg_qty: lineitem.l_quantity; "
      "count_order:; l_linestatus: lineitem.l_linestatus; l_returnflag: lineitem.l_returnflag; "
      "sum_base_price: lineitem.l_extendedprice; "
      "sum_charge: lineitem.l_discount lineitem.l_extendedprice lineitem.l_tax; "
      "sum_disc_price: lineitem.l_discount lineitem.l_extendedprice; sum_qty: lineitem.l_quantity; "
      "rows: lineitem.l_linestatus lineitem.l_returnflag lineitem.l_shipdate");
  EXPECT_EQ(of(6),
            "revenue: lineitem.l_discount lineitem.l_extendedprice; "
            "rows: lineitem.l_discount lineitem.l_quantity lineitem.l_shipdate");
  EXPECT_EQ(of(13),
            "c_count: orders.o_orderkey; custdist:; "
            "rows: customer.c_custkey orders.o_comment orders.o_custkey orders.o_orderkey");
  EXPECT_EQ(of(14),
            "promo_revenue: lineitem.l_discount lineitem.l_extendedprice part.p_type; "
            "rows: lineitem.l_partkey lineitem.l_shipdate part.p_partkey");
  EXPECT_EQ(of(22),
            "cntrycode: customer.c_phone; numcust:; totacctbal: customer.c_acctbal; "
            "rows: customer.c_acctbal customer.c_custkey customer.c_phone orders.o_custkey");
}

TEST_F(Lineage, FindsDatasetsBehindCtesAliasesAndSubqueries) {
  EXPECT_EQ(
      datasets(
          "WITH b AS (SELECT * FROM s.b), c AS (SELECT * FROM b) "
          "SELECT * FROM s.a AS b JOIN c USING (x) WHERE EXISTS (SELECT 1 FROM t.d) UNION SELECT * FROM s.a"),
      "s.a s.b t.d");
  EXPECT_EQ(datasets("WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 5) FROM r"),
            "");
  EXPECT_EQ(
      datasets("SELECT (SELECT max(x) FROM s.b), y FROM s.a, LATERAL (SELECT x FROM s.c WHERE c.x = a.x)"),
      "s.a s.b s.c");
  EXPECT_EQ(datasets("PIVOT s.b ON w IN ('p') USING sum(x)"), "s.b");
  EXPECT_EQ(datasets("DESCRIBE s.a"), "s.a");
}

TEST_F(Lineage, RefusesATableWithoutASchemaOutsideItsCtesScope) {
  EXPECT_EQ(datasets("SELECT *\nFROM (WITH c AS (SELECT 1) FROM c) JOIN c ON true"),
            "error: table c has no schema: write e.g. silver.c (line 2, column 41)");
  EXPECT_EQ(datasets("WITH c AS (FROM d), d AS (SELECT 1) FROM c"),
            "error: table d has no schema: write e.g. silver.d (line 1, column 17)");
  EXPECT_EQ(datasets("FROM s.a AT (VERSION => 3)"),
            "error: s.a AT (...): the whole query has one --as-of instead (line 1, column 6)");
  EXPECT_EQ(datasets("FROM x.s.a"),
            "error: x.s.a: a dataset is written schema.name, e.g. s.a (line 1, column 6)");
}

}  // namespace
}  // namespace haul::adapters::duckdb
