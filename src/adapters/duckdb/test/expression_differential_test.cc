// Expressions against DuckDB itself: equal row by row, failures included, or refused. HAUL_SEED=n repeats a
// run, HAUL_EXPRESSIONS=n makes it longer.
#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "expression_generator.h"
#include "expression_sample.h"
#include "handles.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/expression/expression.h"

namespace haul::adapters::duckdb {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr int kRows = 96;

/// How a set of expressions fared.
struct Tally {
  int ran = 0;
  int refused = 0;  ///< By us, though DuckDB runs it.
  int unbound = 0;  ///< By both: it is no valid SQL.
  std::int64_t rows_failed = 0;
  std::int64_t rows_beyond = 0;  ///< Failed by us alone, outside the calendar that TIMESTAMPTZ has here.
  std::map<std::string, int> reasons;
};

std::string summary(const Tally& tally) {
  std::string text =
      fmt::format("{} equal, {} refused, {} no SQL, {} failed rows, {} beyond the calendar", tally.ran,
                  tally.refused, tally.unbound, tally.rows_failed, tally.rows_beyond);
  if (std::getenv("HAUL_REASONS") == nullptr) return text;
  for (const auto& [reason, times] : tally.reasons) text += fmt::format("\n{} x{}", times, reason);
  return text;
}

class ExpressionDifferential : public testing::Test {
 protected:
  ExpressionDifferential() : seed_(number_from("HAUL_SEED", 20130101)) {
    duckdb_open(nullptr, database_.out());
    duckdb_connect(database_.get(), connection_.out());
    for (const char* setting : {"SET TimeZone = 'UTC'", "PRAGMA disable_optimizer", "SET threads = 1"}) {
      ResultHandle result;
      duckdb_query(connection_.get(), setting, result.out());
    }
    sample_ = make_sample(seed_, kRows, connection_.get());
    parser_ = make_duckdb_sql_parser();
  }

  /// Runs it on both sides and reports the first row where they differ.
  void compare(const std::string& sql, Tally* tally) {
    std::string refusal;
    const Answers expected = ask_duckdb(connection_.get(), sql, kRows, &refusal);
    const auto compiled = expression::Expression::compile(sql, sample_.schema, *parser_);
    if (!compiled) {
      ++(expected.empty() ? tally->unbound : tally->refused);
      if (!expected.empty())
        ++tally->reasons[compiled.error().message.substr(compiled.error().message.find("`:") + 1)];
      return;
    }
    const auto evaluated = compiled->evaluate(*sample_.batch);
    ASSERT_TRUE(evaluated) << sql << ": " << evaluated.error().message;
    ASSERT_FALSE(expected.empty()) << sql << ": only DuckDB refuses it: " << refusal;
    const Answers ours = spell(*evaluated->values, evaluated->failed);
    ASSERT_EQ(ours.size(), expected.size()) << sql;
    for (std::size_t row = 0; row < ours.size(); ++row) {
      if (ours[row] == "FAILED") ++tally->rows_failed;
      if (ours[row] == expected[row]) continue;
      if ((ours[row] == "FAILED" || sql.find("TRY") != std::string::npos) && leaves_calendar(sql, row)) {
        ++tally->rows_beyond;
        continue;
      }
      ADD_FAILURE() << "seed " << seed_ << " row " << row << "\n  " << sql << "\n  ours   " << ours[row]
                    << "\n  DuckDB " << expected[row] << "\n  over  "
                    << describe_row(compiled->columns(), row);
      return;
    }
    ++tally->ran;
  }

  /// The one documented difference: a TIMESTAMPTZ outside the years 1 to 287,000 fails a calendar function.
  bool leaves_calendar(const std::string& sql, std::size_t row) const {
    if (sql.find("tz") == std::string::npos && sql.find("TIMESTAMPTZ") == std::string::npos) return false;
    // An interval can carry any instant out; a text or literal can bring one from before year 1.
    for (const char* part : {"INTERVAL", "- TIMESTAMP", "(BC)", "AS DATE)", "AS TIMESTAMP)"}) {
      if (sql.find(part) != std::string::npos) return true;
    }
    const auto cell = [&](const char* name) { return spell(*sample_.batch->GetColumnByName(name), {})[row]; };
    const auto far = [](const std::string& text, const char* kind, std::int64_t first, std::int64_t last) {
      if (text == "NULL") return false;
      const std::int64_t value = std::strtoll(text.c_str() + std::strlen(kind), nullptr, 10);
      return value < first || value > last;
    };
    return far(cell("ts"), "timestamp ", -62'135'596'800'000'000, 9'000'000'000'000'000'000) ||
           far(cell("tz"), "instant ", -62'135'596'800'000'000, 9'000'000'000'000'000'000) ||
           far(cell("d"), "date ", -719162, 104'166'666);
  }

  std::string describe_row(const std::vector<std::string>& columns, std::size_t row) const {
    std::string all;
    for (const auto& name : columns) {
      all += " " + name + "=" + spell(*sample_.batch->GetColumnByName(name), {})[row];
    }
    return all;
  }

  std::uint64_t seed_;
  DatabaseHandle database_;
  ConnectionHandle connection_;
  Sample sample_;
  std::unique_ptr<expression::SqlParser> parser_;
};

TEST_F(ExpressionDifferential, HoldsForEveryComparisonOfEveryType) {
  const std::map<std::string, std::vector<std::string>> operands{
      {"b", {"b", "TRUE"}},
      {"i8", {"i8", "i64", "5", "500", "f64", "d92"}},
      {"i32", {"i16", "-1", "2147483647", "1.5"}},
      {"i64", {"i32", "f32", "9223372036854775807", "d380"}},
      {"f32", {"f32", "f64", "2.5", "'nan'::FLOAT", "0", "i64"}},
      {"f64", {"f32", "2.5e0", "'nan'::DOUBLE", "'-inf'::DOUBLE", "-0e0", "(f64 * -1)"}},
      {"d92", {"d184", "0.5", "1"}},
      {"d380", {"d380", "d92", "0"}},
      {"s", {"u", "''", "'abc'", "'h\xc3\xa9llo'"}},
      {"d", {"DATE '2013-01-01'", "ts", "tz", "'infinity'::DATE", "d"}},
      {"ts", {"ts", "TIMESTAMP '2013-01-01 05:15:00'"}},
      {"tz", {"tz", "TIMESTAMPTZ '2013-01-01 05:15:00+02'", "ts"}},
      {"bl", {"bl"}},
      {"(ts - TIMESTAMP '2013-01-01')", {"INTERVAL 1 MONTH", "(i32 * INTERVAL 1 HOUR)"}}};
  Tally tally;

  for (const auto& [left, rights] : operands) {
    for (const std::string& right : rights) {
      for (const char* sign : {"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"}) {
        compare(fmt::format("{} {} {}", left, sign, right), &tally);
        compare(fmt::format("{} {} {}", right, sign, left), &tally);
      }
      compare(fmt::format("{0} IN ({1}, {0})", left, right), &tally);
      compare(fmt::format("{0} NOT IN ({1}, NULL)", left, right), &tally);
      compare(fmt::format("{0} BETWEEN {1} AND {0}", left, right), &tally);
    }
  }

  EXPECT_EQ(tally.refused, 0) << summary(tally);
  EXPECT_GT(tally.ran, 800);
}

class ExpressionsOfDepth : public ExpressionDifferential, public testing::WithParamInterface<int> {};

TEST_P(ExpressionsOfDepth, GiveWhatDuckDbGivesOrAreRefused) {
  const int depth = GetParam();
  const auto count =
      static_cast<int>(number_from("HAUL_EXPRESSIONS", 1200) / static_cast<std::uint64_t>(depth));
  ExpressionGenerator generator(seed_ + static_cast<std::uint64_t>(depth));
  Tally tally;

  for (int i = 0; i < count; ++i) compare(generator.make(generator.any_kind(), depth), &tally);

  const std::string found = summary(tally);
  GTEST_LOG_(INFO) << "seed " << seed_ << ", depth " << depth << ": " << found;
  EXPECT_GT(tally.ran, count * 6 / 10) << "too few run to prove anything";
  EXPECT_LT(tally.refused, count / 5);
  EXPECT_GT(tally.rows_failed, 0);
  EXPECT_LT(tally.rows_beyond, count * kRows / 50);
}

INSTANTIATE_TEST_SUITE_P(Depths, ExpressionsOfDepth, testing::Values(1, 2, 3));

}  // namespace
}  // namespace haul::adapters::duckdb
