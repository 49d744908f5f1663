// A process that ends anywhere in a commit, and one that goes on from the stored offset: every row once. The
// program haul_lake_split_offsets_test is this test with the mutant that commits offsets separately: it must
// fail.
#include "lake_fixture.h"

namespace haul::lake {
namespace {

/// A log whose process ends after `lives` commits are stored: every later call fails.
class DyingLog final : public TableLog {
 public:
  DyingLog(std::unique_ptr<TableLog> inner, int lives) : inner_(std::move(inner)), lives_(lives) {}

  bool exists() override { return inner_->exists(); }
  Result<void> create(const TableSpec& spec) override { return inner_->create(spec); }
  Result<Snapshot> snapshot(std::optional<Version> version, std::optional<IngestTime> as_of) override {
    return inner_->snapshot(version, as_of);
  }
  Result<Version> latest_version() override { return inner_->latest_version(); }
  Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& ids) override {
    return inner_->offsets(ids);
  }
  Result<Attempt> try_commit(const CommitRequest& request) override {
    if (lives_-- == 0) return fail(ErrorCode::kUnavailable, "killed");
    return inner_->try_commit(request);
  }
  Result<void> checkpoint() override { return inner_->checkpoint(); }
  Result<std::optional<Checkpoint>> last_checkpoint() override { return inner_->last_checkpoint(); }
  Result<std::vector<HistoryEntry>> history(std::size_t limit) override { return inner_->history(limit); }

 private:
  std::unique_ptr<TableLog> inner_;
  int lives_;
};

class DyingLogs final : public TableLogs {
 public:
  DyingLogs(TableLogs& inner, int lives) : inner_(inner), lives_(lives) {}
  Result<std::unique_ptr<TableLog>> at(const Path& folder) override {
    HAUL_TRY(log, inner_.at(folder));
    return std::make_unique<DyingLog>(std::move(log), lives_);
  }

 private:
  TableLogs& inner_;
  int lives_;
};

class Crash : public LakeTest {
 protected:
  static constexpr std::int64_t kBatch = 2;
  static constexpr std::int64_t kRecords = 10;

  /// A sink that goes on from the stored offset until the source's end or its death.
  void run(TableLogs& with) {
    const LakeContext process{files, with, clock, rng};
    const auto legs = Table::open_or_create(process, folder, {schema(), {}, {}});
    ASSERT_TRUE(legs);
    auto stored = (*legs)->offsets({"legs/0"})->at(0);
    while (stored.value_or(0) < kRecords) {
      const auto start = stored.value_or(0);
      auto request = adding(staged(**legs, {std::to_string(start), std::to_string(start + 1)}));
      request.offsets = {{"legs/0", stored, start + kBatch}};
      if (!(*legs)->commit(request)) return;
      stored = start + kBatch;
    }
  }

  std::int64_t rows_in_table() {
    std::int64_t rows = 0;
    const auto snapshot = Table::open(context, folder).value()->snapshot();
    for (const auto& file : snapshot->files) rows += file.rows;
    return rows;
  }
};

TEST_F(Crash, AnywhereLeavesEveryRowOnce) {
  for (int lives = 0; lives < 8; ++lives) {
    folder = "legs" + std::to_string(lives);
    DyingLogs dying(logs, lives);

    run(dying);
    run(logs);

    EXPECT_EQ(rows_in_table(), kRecords) << "killed after " << lives << " commits";
  }
}

TEST_F(Crash, WhileAColumnIsWidenedLeavesTheOldTableOrTheNewOne) {
  auto wider = schema();
  wider.columns[1].type = arrow::int64();
  run(logs);
  const auto old = Table::open(context, folder).value()->snapshot().value();
  DyingLogs dying(logs, 0);
  const LakeContext process{files, dying, clock, rng};

  const auto killed = Table::open_or_create(process, folder, {wider, {}, {}});
  const auto between = Table::open(context, folder).value()->snapshot().value();
  const auto again = Table::open_or_create(context, folder, {wider, {}, {}});

  EXPECT_FALSE(killed);
  EXPECT_EQ(between.version, old.version);
  EXPECT_TRUE(between.schema.columns[1].type->Equals(arrow::int32()));
  ASSERT_TRUE(again);
  EXPECT_EQ(rows_in_table(), kRecords);
  EXPECT_EQ((*again)->snapshot()->version, old.version + 1);
  EXPECT_EQ((*again)->offsets({"legs/0"})->at(0), kRecords);
}

}  // namespace
}  // namespace haul::lake
