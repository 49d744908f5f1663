#include "haul/ingest/landing.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "haul/ingest/landing_counts.h"
#include "landing_fixture.h"

namespace haul::ingest {
namespace {

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

class LandingTest : public LandingFixture {
 protected:
  std::unique_ptr<Landing> open(std::vector<std::string> dedupe_by = {}) {
    contract::Object object;
    object.schema.columns = {{"n", arrow::int64()}};
    return LandingFixture::open(std::move(object), std::move(dedupe_by));
  }

  /// Rows [from, to) of partition 0, offsets equal to their number.
  Result<void> take(Landing& landing, std::size_t from, std::size_t to) const {
    LandingBatch batch;
    batch.first = Offset{from};
    batch.at = clock.now();
    batch.file = "rows.json";
    batch.producer = "s/ab12";
    batch.rows = {std::span(rows->ends).subspan(from, to - from + 1), as_bytes(rows->text)};
    batch.storage = rows;
    return landing.take(batch);
  }

  /// What the commits of silver say they took, added up.
  LandingCounts counted_in_silver() {
    const auto history = logs.at("/lake/silver/s").value()->history(100);
    EXPECT_TRUE(history) << history.error().message;
    LandingCounts sum;
    for (const lake::HistoryEntry& entry : *history) {
      const auto counts = entry.parameters.find(std::string(kCountsParameter));
      if (counts == entry.parameters.end()) continue;
      const auto decoded = decode_counts(counts->second);
      EXPECT_TRUE(decoded) << decoded.error().message;
      sum += *decoded;
    }
    return sum;
  }

  void expect_every_row_once() {
    EXPECT_EQ(rows_in("/lake/bronze/s"), 30);
    EXPECT_EQ(rows_in("/lake/silver/s"), 20);
    EXPECT_EQ(rows_in("/lake/quarantine/s"), 10);
  }

  const std::shared_ptr<Rows> rows = std::make_shared<Rows>(30);
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
  const LandingCounts counts = counted_in_silver();
  EXPECT_EQ(counts.rows, 30U);
  EXPECT_EQ(counts.valid, 20U);
  EXPECT_EQ(counts.quarantined_by_rule.at("type.n"), 10U);
  EXPECT_EQ(counts.files.at("s/ab12").name, "rows.json");
  EXPECT_EQ(counts.files.at("s/ab12").rows, 30U);
  EXPECT_EQ(counts.files.at("s/ab12").quarantined, 10U);
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
  rows->text = R"({"n": 1}{"n": 2}{"n": 1})";
  rows->ends = {0, 8, 16, 24};
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
