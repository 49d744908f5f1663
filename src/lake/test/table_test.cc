#include "haul/lake/table.h"

#include <gmock/gmock.h>

#include "lake_fixture.h"

namespace haul::lake {
namespace {

using ::testing::HasSubstr;
using Doubt = testing::MemoryTableLogs::Doubt;

class TableTest : public LakeTest {
 protected:
  std::size_t live_files() { return Table::open(context, folder).value()->snapshot()->files.size(); }
};

TEST_F(TableTest, SaysNotFoundWhereNoTableIs) {
  EXPECT_EQ(Table::open(context, "nowhere").error().code, ErrorCode::kNotFound);
}

TEST_F(TableTest, CreatesOnceAndOpensAfterwards) {
  const auto first = table();
  ASSERT_TRUE(first->commit(adding(staged(*first, {"a"}))));

  const auto second = table();

  EXPECT_EQ(second->snapshot()->version, 1);
}

TEST_F(TableTest, AddsNewColumnsAsNullableOnes) {
  table();
  auto wider = schema();
  wider.columns.push_back({"gate", arrow::utf8(), columnar::Presence::kRequired});

  const auto opened = table({wider, {}, {}});

  const auto snapshot = opened->snapshot();
  ASSERT_EQ(snapshot->schema.columns.size(), 3U);
  EXPECT_EQ(snapshot->schema.columns[2].presence, columnar::Presence::kOptional);
  EXPECT_EQ(snapshot->version, 1);
  EXPECT_EQ(table({wider, {}, {}})->snapshot()->version, 1);
}

TEST_F(TableTest, RefusesAnotherTypeAndNamesTheColumn) {
  table();
  auto other = schema();
  other.columns[1].type = arrow::utf8();

  const auto refused = Table::open_or_create(context, folder, {other, {}, {}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("delay"));
}

TEST_F(TableTest, RefusesNullsWhereTheTableHasNone) {
  table();
  auto looser = schema();
  looser.columns[0].presence = columnar::Presence::kOptional;

  const auto refused = Table::open_or_create(context, folder, {looser, {}, {}});

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("leg_id"));
}

TEST_F(TableTest, TriesAgainAfterLostRaces) {
  const auto legs = table();
  logs.arm_rivals(folder, 3);

  const auto report = legs->commit(adding(staged(*legs, {"a"})));

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->attempts, 4);
  EXPECT_EQ(report->version, 4);
}

TEST_F(TableTest, GivesUpAfterTenLostRaces) {
  const auto legs = table();
  logs.arm_rivals(folder, 10);

  const auto report = legs->commit(adding(staged(*legs, {"a"})));

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_EQ(live_files(), 0U);
}

TEST_F(TableTest, DoesNotRepeatACommitThatWasMadeForOneVersion) {
  const auto legs = table();
  auto request = adding(staged(*legs, {"a"}));
  request.read_version = 0;
  logs.arm_rivals(folder, 1);

  const auto report = legs->commit(request);

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_EQ(live_files(), 0U);
}

TEST_F(TableTest, FindsItsCommitAfterAnUnknownOutcome) {
  const auto legs = table();
  logs.arm_unknown(folder, Doubt::kStored);

  const auto report = legs->commit(adding(staged(*legs, {"a"})));

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->resolved_unknown);
  EXPECT_EQ(report->version, 1);
  EXPECT_EQ(live_files(), 1U);
}

TEST_F(TableTest, CommitsAgainWhenTheUnknownCommitIsNotInTheLog) {
  const auto legs = table();
  logs.arm_unknown(folder, Doubt::kNotStored);

  const auto report = legs->commit(adding(staged(*legs, {"a"})));

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->resolved_unknown);
  EXPECT_EQ(live_files(), 1U);
}

/// The log fails after the unknown outcome: nothing may be concluded.
class FailingHistory final : public TableLogs {
 public:
  explicit FailingHistory(testing::MemoryTableLogs& inner) : inner_(inner) {}
  Result<std::unique_ptr<TableLog>> at(const Path& folder) override {
    HAUL_TRY(log, inner_.at(folder));
    return std::make_unique<Log>(std::move(log));
  }

 private:
  class Log final : public TableLog {
   public:
    explicit Log(std::unique_ptr<TableLog> inner) : inner_(std::move(inner)) {}
    bool exists() override { return inner_->exists(); }
    Result<void> create(const TableSpec& spec) override { return inner_->create(spec); }
    Result<Snapshot> snapshot(std::optional<Version> version, std::optional<IngestTime> as_of) override {
      return inner_->snapshot(version, as_of);
    }
    Result<Version> latest_version() override { return inner_->latest_version(); }
    Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& ids) override {
      return inner_->offsets(ids);
    }
    Result<Attempt> try_commit(const CommitRequest& request) override { return inner_->try_commit(request); }
    Result<void> checkpoint() override { return fail(ErrorCode::kUnavailable, "disk full"); }
    Result<std::optional<Checkpoint>> last_checkpoint() override { return std::optional<Checkpoint>(); }
    Result<std::vector<HistoryEntry>> history(std::size_t) override {
      return fail(ErrorCode::kUnavailable, "the log cannot be read");
    }

   private:
    std::unique_ptr<TableLog> inner_;
  };
  testing::MemoryTableLogs& inner_;
};

TEST_F(TableTest, StaysInDoubtWhileTheLogCannotBeSearched) {
  FailingHistory failing(logs);
  const LakeContext broken{files, failing, clock, rng};
  const auto legs = Table::open_or_create(broken, folder, {schema(), {}, {}});
  ASSERT_TRUE(legs);
  logs.arm_unknown(folder, Doubt::kStored);

  const auto report = (*legs)->commit(adding(staged(**legs, {"a"})));

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(report.error().message, HasSubstr("in doubt"));
  EXPECT_EQ(live_files(), 1U);
}

TEST_F(TableTest, CommitsEvenWhenACheckpointFails) {
  FailingHistory failing(logs);
  const LakeContext broken{files, failing, clock, rng};
  const auto legs = Table::open_or_create(broken, folder, {schema(), {}, {}});
  ASSERT_TRUE(legs);

  for (int number = 1; number <= 20; ++number) ASSERT_TRUE((*legs)->commit(adding(staged(**legs, {"a"}))));

  EXPECT_EQ(live_files(), 20U);
}

TEST_F(TableTest, RefusesARepeatedBatchAndSaysWhatIsStored) {
  const auto legs = table();
  auto request = adding(staged(*legs, {"a"}));
  request.offsets = {{"legs/0", std::nullopt, 5}};
  ASSERT_TRUE(legs->commit(request));
  auto repeated = adding(staged(*legs, {"a"}));
  repeated.offsets = request.offsets;

  const auto report = legs->commit(repeated);

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_THAT(report.error().message, HasSubstr("legs/0"));
  EXPECT_THAT(report.error().message, HasSubstr("stores 5"));
  EXPECT_EQ(live_files(), 1U);
  EXPECT_EQ(legs->offsets({"legs/0", "legs/1"}).value(),
            (std::vector<std::optional<std::int64_t>>{5, std::nullopt}));
}

TEST_F(TableTest, ComparesOffsetsOnEveryAttempt) {
  const auto legs = table();
  const auto other = table();
  auto request = adding(staged(*legs, {"a"}));
  request.offsets = {{"legs/0", std::nullopt, 5}};
  ASSERT_TRUE(other->commit(request));
  logs.arm_rivals(folder, 2);
  auto mine = adding(staged(*legs, {"b"}));
  mine.offsets = request.offsets;

  const auto report = legs->commit(mine);

  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("stores 5"));
}

TEST_F(TableTest, RefusesAnOverwriteWhoseInputChanged) {
  const auto legs = table();
  const auto input = staged(*legs, {"a"});
  ASSERT_TRUE(legs->commit(adding(input)));
  auto first = adding(staged(*legs, {"b"}));
  first.removes = {input.path};
  auto second = adding(staged(*legs, {"c"}));
  second.removes = {input.path};

  ASSERT_TRUE(legs->commit(first));
  const auto report = legs->commit(second);

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_THAT(report.error().message, HasSubstr(input.path));
  EXPECT_EQ(live_files(), 1U);
}

TEST_F(TableTest, RefusesAFileThatIsGoneShorterOrChanged) {
  const auto legs = table();
  const auto other = table();
  const auto gone = staged(*legs, {"a"});
  ASSERT_TRUE(files.remove(folder / gone.path));
  const auto shorter = staged(*legs, {"b"});
  ASSERT_TRUE(files.truncate(folder / shorter.path, 10));
  const auto changed = staged(*other, {"c"});
  auto bytes = files.content(folder / changed.path).value();
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  files.overwrite(folder / changed.path, bytes);

  EXPECT_EQ(legs->commit(adding(gone)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(legs->commit(adding(shorter)).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(legs->commit(adding(changed)).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(live_files(), 0U);
}

TEST_F(TableTest, WritesCheckpointsFurtherApartAsTheLiveFilesGrow) {
  const auto legs = table();

  for (int number = 1; number <= 601; ++number) ASSERT_TRUE(legs->commit(adding(staged(*legs, {"a"}))));

  EXPECT_THAT(logs.checkpoints(folder), ::testing::ElementsAre(50, 100, 150, 200, 250, 350, 450, 600));
}

TEST_F(TableTest, RefusesToStageIntoAPartitionedTable) {
  const auto legs = Table::open_or_create(context, folder, {schema(), {"delay"}, {}});
  ASSERT_TRUE(legs);

  EXPECT_EQ((*legs)->stage().error().code, ErrorCode::kInvalidInput);
}

TEST_F(TableTest, TravelsInTime) {
  const auto legs = table();
  ASSERT_TRUE(legs->commit(adding(staged(*legs, {"a"}))));
  const auto then = clock.now();
  clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(legs->commit(adding(staged(*legs, {"b"}))));

  EXPECT_EQ(legs->snapshot_at(1)->files.size(), 1U);
  EXPECT_EQ(legs->snapshot_as_of(then + std::chrono::minutes{1})->version, 1);
  EXPECT_EQ(legs->snapshot()->files.size(), 2U);
  EXPECT_EQ(legs->history(1)->at(0).version, 2);
}

}  // namespace
}  // namespace haul::lake
