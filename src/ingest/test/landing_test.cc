#include "haul/ingest/landing.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include <numeric>

#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/lake/testing/memory_table_logs.h"

namespace haul::ingest {
namespace {

/// The contract under test has no rules: nothing is parsed.
class NoParser final : public expression::SqlParser {
 public:
  Result<std::string> parse_select(std::string_view) const override { return unused(); }
  Result<std::string> plan_select(std::string_view) const override { return unused(); }

 private:
  static Result<std::string> unused() { return fail(ErrorCode::kInvalidInput, "no SQL is expected here"); }
};

/// Nothing is queried where silver has no rows yet.
class NoEngine final : public query::SqlEngine {
 public:
  Result<query::QuerySummary> run(const query::QueryRequest&, query::ResultConsumer&) override {
    return unused();
  }
  Result<std::string> parse(std::string_view) override { return unused(); }
  Result<columnar::Schema> describe(const query::QueryRequest&) override { return unused(); }
  Result<query::QueryPlan> plan(const query::QueryRequest&) override { return unused(); }

 private:
  static tl::unexpected<Error> unused() {
    return fail(ErrorCode::kInvalidInput, "no query is expected here");
  }
};

/// JSON rows {"n": <number>}; every third one has a text for the number.
struct Rows {
  explicit Rows(int count) {
    for (int row = 0; row < count; ++row) {
      const std::string number = row % 3 == 2 ? "\"x\"" : std::to_string(row);
      text += "{\"n\": " + number + "}";
      ends.push_back(static_cast<std::int32_t>(text.size()));
    }
  }
  std::string text;
  std::vector<std::int32_t> ends{0};
};

class LandingTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files.create_directories("/lake")); }

  std::unique_ptr<Landing> open(std::vector<std::string> dedupe_by = {}) {
    LandingSpec spec;
    spec.lake_folder = "/lake";
    spec.source = "s";
    spec.silver = "s";
    spec.contract.id = "c";
    spec.contract.version = "1.0.0";
    contract::Object& object = spec.contract.objects.emplace_back();
    object.name = "s";
    object.schema.columns = {{"n", arrow::int64()}};
    spec.dedupe_by = std::move(dedupe_by);
    spec.app_ids = {"flow/log/0"};
    auto landing = Landing::open({{files, logs, clock, rng}, parser, engine}, std::move(spec));
    EXPECT_TRUE(landing) << landing.error().message;
    return std::move(*landing);
  }

  /// Rows [from, to) of partition 0, offsets equal to their number.
  Result<void> take(Landing& landing, std::size_t from, std::size_t to) const {
    LandingBatch batch;
    batch.first = Offset{from};
    batch.at = clock.now();
    batch.rows = {std::span(rows.ends).subspan(from, to - from + 1), as_bytes(rows.text)};
    return landing.take(batch);
  }

  std::int64_t rows_in(const Path& table) {
    const auto snapshot = logs.at(table).value()->snapshot(std::nullopt, std::nullopt);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return std::accumulate(snapshot->files.begin(), snapshot->files.end(), std::int64_t{0},
                           [](std::int64_t sum, const lake::DataFile& file) { return sum + file.rows; });
  }

  void expect_every_row_once() {
    EXPECT_EQ(rows_in("/lake/bronze/s"), 30);
    EXPECT_EQ(rows_in("/lake/silver/s"), 20);
    EXPECT_EQ(rows_in("/lake/quarantine/s"), 10);
  }

  haul::testing::FakeFileSystem files;
  haul::testing::ManualClock clock;
  SeededRng rng{7};
  lake::testing::MemoryTableLogs logs{clock};
  NoParser parser;
  NoEngine engine;
  Rows rows{30};
};

TEST_F(LandingTest, PutsEachRowIntoBronzeAndIntoSilverOrQuarantine) {
  const auto landing = open();

  ASSERT_TRUE(take(*landing, 0, 30));
  ASSERT_TRUE(landing->commit());

  expect_every_row_once();
  EXPECT_EQ(landing->counts().rows, 30U);
  EXPECT_EQ(landing->counts().quarantined_by_rule.at("type.n"), 10U);
}

TEST_F(LandingTest, GivesTheSameRowsWhereverCommitsAreCut) {
  const auto landing = open();

  for (std::size_t row = 0; row < 30; row += 3) {
    ASSERT_TRUE(take(*landing, row, row + 3));
    ASSERT_TRUE(landing->commit());
  }

  expect_every_row_once();
}

TEST_F(LandingTest, LetsEachTableGoOnFromItsOwnOffsetAfterACrashBetweenTwoCommits) {
  for (const char* table : {"/lake/quarantine/s", "/lake/silver/s"}) {
    const auto landing = open();
    const std::size_t from = landing->resume().front().raw();
    ASSERT_TRUE(take(*landing, from, from + 7));
    logs.set_failure(table, Error{ErrorCode::kUnavailable, "the process died here"});
    ASSERT_FALSE(landing->commit());
    logs.set_failure(table, std::nullopt);
  }

  const auto landing = open();
  ASSERT_TRUE(take(*landing, 0, 30));
  ASSERT_TRUE(landing->commit());

  expect_every_row_once();
}

TEST_F(LandingTest, DropsWhatItHasWhenABatchBeginsBeforeItsOffset) {
  const auto landing = open();
  ASSERT_TRUE(take(*landing, 0, 20));

  ASSERT_TRUE(take(*landing, 10, 30));
  ASSERT_TRUE(landing->commit());

  expect_every_row_once();
}

TEST_F(LandingTest, RefusesAGapInTheOffsets) {
  const auto landing = open();
  ASSERT_TRUE(take(*landing, 0, 10));

  const auto gap = take(*landing, 11, 12);

  ASSERT_FALSE(gap);
  EXPECT_NE(gap.error().message.find("offset 11"), std::string::npos) << gap.error().message;
}

TEST_F(LandingTest, KeepsTheFirstRowOfAKey) {
  rows.text = R"({"n": 1}{"n": 2}{"n": 1})";
  rows.ends = {0, 8, 16, 24};
  const auto landing = open({"n"});

  ASSERT_TRUE(take(*landing, 0, 3));
  ASSERT_TRUE(landing->commit());

  EXPECT_EQ(rows_in("/lake/silver/s"), 2);
  EXPECT_EQ(landing->counts().duplicates, 1U);
}

TEST_F(LandingTest, CountsOnlyWhatWasCommitted) {
  const auto landing = open();

  ASSERT_TRUE(take(*landing, 0, 5));

  EXPECT_EQ(landing->counts().rows, 0U);
  EXPECT_GT(landing->pending_bytes(), 0U);
}

}  // namespace
}  // namespace haul::ingest
