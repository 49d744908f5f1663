// What becomes of rows whose key silver has: the same, a newer, an older, another.
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "haul/ingest/row_batches.h"
#include "landing_fixture.h"

namespace haul::ingest {
namespace {

class LandingKeys : public LandingFixture {
 protected:
  std::unique_ptr<Landing> open(const std::string& version_column) {
    contract::Object object;
    object.schema.columns = {{"id", arrow::utf8()}, {"at", arrow::int64()}, {"state", arrow::utf8()}};
    object.version_column = version_column;
    return LandingFixture::open(std::move(object), {"id"});
  }

  /// Rows of (id, at, state) behind those of before.
  void take(Landing& landing, const std::vector<std::tuple<std::string, int, std::string>>& rows) {
    const auto raw = std::make_shared<RowBatch>();
    for (const auto& [id, at, state] : rows) {
      raw->add(
          as_bytes(R"({"id":")" + id + R"(","at":)" + std::to_string(at) + R"(,"state":")" + state + R"("})"),
          raw->lines.size() + 1);
    }
    LandingBatch batch;
    batch.first = landing.resume().front();
    batch.at = clock.now();
    batch.rows = {raw->ends, raw->bytes};
    batch.storage = raw;
    const auto taken = landing.take(batch);
    ASSERT_TRUE(taken) << taken.error().message;
  }

  static void commit(Landing& landing) {
    const auto committed = landing.commit();
    ASSERT_TRUE(committed) << committed.error().message;
  }
};

TEST_F(LandingKeys, DropARowWithTheSameContentAsADuplicate) {
  const auto landing = open("");

  take(*landing, {{"a", 1, "new"}, {"a", 1, "new"}, {"b", 1, "new"}});
  commit(*landing);
  take(*landing, {{"b", 1, "new"}});
  commit(*landing);

  EXPECT_EQ(rows_in("/lake/silver/s"), 2);
  EXPECT_EQ(landing->counts().duplicates, 2U);
  EXPECT_EQ(landing->counts().quarantined, 0U);
}

TEST_F(LandingKeys, QuarantineOtherContentWhereNoVersionSaysWhichIsNewer) {
  const auto landing = open("");

  take(*landing, {{"a", 1, "new"}, {"b", 1, "new"}});
  commit(*landing);
  take(*landing, {{"a", 2, "late"}});
  commit(*landing);

  EXPECT_EQ(rows_in("/lake/silver/s"), 2);
  EXPECT_EQ(rows_in("/lake/quarantine/s"), 1);
  EXPECT_EQ(landing->counts().quarantined_by_rule.at("s.conflict"), 1U);
}

TEST_F(LandingKeys, LetTheNewerVersionTakeThePlaceOfTheOlderOne) {
  const auto landing = open("at");

  take(*landing, {{"a", 1, "new"}, {"b", 1, "new"}});
  commit(*landing);
  take(*landing, {{"a", 3, "late"}, {"a", 2, "early"}, {"a", 4, "done"}});
  commit(*landing);

  EXPECT_EQ(rows_in("/lake/silver/s"), 2);
  EXPECT_EQ(landing->counts().replaced, 2U);
  EXPECT_EQ(landing->counts().superseded, 1U);
  EXPECT_EQ(landing->counts().valid, 4U);
  EXPECT_EQ(rows_in("/lake/bronze/s"), 5);
}

TEST_F(LandingKeys, ReplaceARowThatAnEarlierCommitPutThere) {
  const auto landing = open("at");

  for (int version = 1; version <= 5; ++version) {
    take(*landing,
         {{"a", version, "v" + std::to_string(version)}, {"x" + std::to_string(version), 1, "new"}});
    commit(*landing);
  }

  EXPECT_EQ(rows_in("/lake/silver/s"), 6);
  EXPECT_EQ(landing->counts().replaced, 4U);
}

TEST_F(LandingKeys, QuarantineOtherContentOfTheSameVersion) {
  const auto landing = open("at");

  take(*landing, {{"a", 1, "new"}, {"a", 1, "other"}, {"a", 1, "new"}});
  commit(*landing);

  EXPECT_EQ(rows_in("/lake/silver/s"), 1);
  EXPECT_EQ(landing->counts().quarantined_by_rule.at("s.conflict"), 1U);
  EXPECT_EQ(landing->counts().duplicates, 1U);
}

TEST_F(LandingKeys, GiveTheSameRowsWhereverCommitsAreCut) {
  SeededRng order(11);
  std::vector<std::tuple<std::string, int, std::string>> rows;
  for (int row = 0; row < 300; ++row) {
    const auto version = static_cast<int>(below(order, 6));
    rows.emplace_back("k" + std::to_string(below(order, 40)), version,
                      "s" + std::to_string(version) + (below(order, 5) == 0 ? "x" : ""));
  }
  const auto whole = open("at");
  take(*whole, rows);
  commit(*whole);
  const LandingCounts expected = whole->counts();
  const std::int64_t silver = rows_in("/lake/silver/s");

  lake = "/other";
  ASSERT_TRUE(files.create_directories(lake));
  const auto cut = open("at");
  for (std::size_t from = 0; from < rows.size();) {
    const std::size_t to = std::min(rows.size(), from + 1 + below(order, 30));
    take(*cut,
         {rows.begin() + static_cast<std::ptrdiff_t>(from), rows.begin() + static_cast<std::ptrdiff_t>(to)});
    if (below(order, 2) == 0) commit(*cut);
    from = to;
  }
  commit(*cut);

  EXPECT_EQ(cut->counts().quarantined, expected.quarantined);
  EXPECT_EQ(cut->counts().superseded, expected.superseded);
  EXPECT_EQ(cut->counts().duplicates, expected.duplicates);
  EXPECT_EQ(cut->counts().replaced, expected.replaced);
  EXPECT_EQ(rows_in("/other/silver/s"), silver);
  EXPECT_EQ(silver, 40);
}

}  // namespace
}  // namespace haul::ingest
