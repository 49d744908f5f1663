#include "haul/ingest/drop_intake.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"

namespace haul::ingest {
namespace {

/// A ledger in memory; every record() is one commit.
class MemoryLedger final : public FileLedger {
 public:
  Result<std::vector<FileRecord>> files(std::string_view) override {
    std::vector<FileRecord> newest;
    for (const FileRecord& record : records) {
      const auto same = std::find_if(newest.begin(), newest.end(), [&record](const FileRecord& each) {
        return each.file == record.file && each.sha256 == record.sha256;
      });
      if (same == newest.end()) {
        newest.push_back(record);
      } else if (record.state > same->state) {
        *same = record;
      }
    }
    return newest;
  }
  Result<void> record(std::span<const FileRecord> added) override {
    if (crash && crash()) return fail(ErrorCode::kUnavailable, "the ledger is gone");
    records.insert(records.end(), added.begin(), added.end());
    return {};
  }

  std::vector<FileRecord> records;
  std::function<bool()> crash;
};

/// A drop at /in with a table that remembers what was loaded.
class DropIntake : public ::testing::Test {
 protected:
  DropIntake() {
    EXPECT_TRUE(files_.create_directories("/in"));
    drop_.name = *NamePattern::parse("s_{date}_{sequence}.csv");
    drop_.corrects = true;
  }

  void put(const std::string& name, const std::string& content) {
    EXPECT_TRUE(write_file_atomically(files_, folder_ / name, content));
  }

  Result<IntakeReport> take() {
    const IntakeContext context{
        .files = files_,
        .clock = clock_,
        .ledger = ledger_,
        .count_rows = [this](const Path& path) -> Result<std::uint64_t> {
          HAUL_TRY(text, read_file(files_, path));
          return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
        },
        .load = [this](const DroppedFile& file) { return load(file); },
        .answer = [this](const DroppedFile& file) { return answer(file); }};
    return take_in("scans", folder_, drop_, context);
  }

  /// Takes effect once per content, as the real loaders do; may crash before and behind that.
  Result<LoadedRows> load(const DroppedFile& file) {
    if (crash_ && crash_()) return fail(ErrorCode::kUnavailable, "killed before the load");
    HAUL_TRY(text, read_file(files_, file.path));
    if (text.starts_with("bad")) return fail(ErrorCode::kInvalidInput, "the header misses scan_id");
    for (const std::string& old : file.supersedes) table_.erase(old);
    table_[file.shown_name] = text;
    if (crash_ && crash_()) return fail(ErrorCode::kUnavailable, "killed behind the load");
    return LoadedRows{1, 1, 0, 0};
  }

  /// The file must still lie in the drop, and its rows in the table.
  Result<void> answer(const DroppedFile& file) {
    if (cannot_answer_) return fail(ErrorCode::kUnavailable, "the disk is full");
    EXPECT_TRUE(files_.info(file.path));
    EXPECT_FALSE(table_.empty());
    answered_.push_back(file.path.filename().string());
    return {};
  }

  /// "NAME state" of every file, in the ledger's order.
  std::vector<std::string> states() {
    std::vector<std::string> out;
    const auto newest = ledger_.files("scans");
    for (const FileRecord& record : *newest)
      out.push_back(record.file + " " + std::string(to_string(record.state)));
    return out;
  }
  std::vector<std::string> names_in(const Path& folder) {
    std::vector<std::string> names;
    const auto entries = files_.list(folder);
    if (!entries) return names;
    for (const FileInfo& entry : *entries) {
      if (!entry.is_directory) names.push_back(entry.name);
    }
    return names;
  }

  using Names = std::vector<std::string>;

  Path folder_ = "/in";
  testing::FakeFileSystem files_;
  testing::ManualClock clock_;
  MemoryLedger ledger_;
  DropOptions drop_{.folder = "in"};
  std::map<std::string, std::string> table_;  ///< Rows by the file that brought them.
  std::function<bool()> crash_;
  std::vector<std::string> answered_;
  bool cannot_answer_ = false;
};

TEST_F(DropIntake, AnswersALoadedFileEachTimeItComes) {
  put("s_20260131_1.csv", "a\n");
  ASSERT_TRUE(take());
  put("s_20260131_1.csv", "a\n");
  ASSERT_TRUE(take());
  put("s_20260201_1.csv", "a\n");
  put("s_20260202_1.csv", "bad\n");

  ASSERT_TRUE(take());

  EXPECT_EQ(answered_, (Names{"s_20260131_1.csv", "s_20260131_1.csv", "s_20260201_1.csv"}));
}

TEST_F(DropIntake, LeavesAFileWhereItIsUntilItIsAnswered) {
  put("s_20260131_1.csv", "a\n");
  cannot_answer_ = true;
  ASSERT_FALSE(take());
  EXPECT_EQ(names_in("/in"), Names{"s_20260131_1.csv"});
  cannot_answer_ = false;

  ASSERT_TRUE(take());

  EXPECT_EQ(names_in("/in"), Names{});
  EXPECT_EQ(answered_, Names{"s_20260131_1.csv"});
}

TEST_F(DropIntake, LoadsAWholeFileAndMovesItAway) {
  put("s_20260131_1.csv", "a\n");

  const auto report = take();

  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->settled.size(), 1U);
  EXPECT_EQ(report->settled[0].valid, 1U);
  EXPECT_EQ(states(), Names{"s_20260131_1.csv loaded"});
  EXPECT_EQ(names_in("/in"), Names{});
  EXPECT_EQ(names_in("/in/loaded"), Names{"s_20260131_1.csv"});
  EXPECT_EQ(ledger_.records.size(), 3U) << "received, validated, loaded";
}

TEST_F(DropIntake, LeavesFilesThatAreStillWritten) {
  put("s_20260131_1.csv.tmp", "a\n");
  put(".s_20260131_1.csv", "a\n");
  put("s_20260131_2.csv.filepart", "a\n");

  EXPECT_TRUE(take()->settled.empty());
  EXPECT_EQ(names_in("/in").size(), 3U);
}

TEST_F(DropIntake, WaitsForTheManifestAndHoldsTheFileToIt) {
  drop_.ready = Readiness::kManifest;
  put("s_20260131_1.csv", "a\nb\n");
  EXPECT_EQ(take()->waiting, 1U);

  put("s_20260131_1.csv.manifest.json", R"({"bytes":4,"rows":3})");
  const auto report = take();

  ASSERT_EQ(report->settled.size(), 1U);
  EXPECT_EQ(report->settled[0].state, FileState::kQuarantined);
  EXPECT_EQ(report->settled[0].reason, "its manifest says 3 rows, it has 2");
  EXPECT_EQ(names_in("/in/quarantined"), (Names{"s_20260131_1.csv", "s_20260131_1.csv.manifest.json"}));
  EXPECT_TRUE(table_.empty());
}

TEST_F(DropIntake, RefusesNamesAndFilesThatAreNotThePartners) {
  put("other.csv", "a\n");
  put("s_20260131_1.csv", "bad\n");

  ASSERT_TRUE(take());

  EXPECT_EQ(states(), (Names{"other.csv quarantined", "s_20260131_1.csv quarantined"}));
  EXPECT_EQ(names_in("/in/quarantined"), (Names{"other.csv", "s_20260131_1.csv"}));
}

TEST_F(DropIntake, KnowsTheSameContentUnderAnotherName) {
  put("s_20260131_1.csv", "a\n");
  ASSERT_TRUE(take());
  put("s_20260201_1.csv", "a\n");
  put("s_20260131_1.csv", "a\n");

  ASSERT_TRUE(take());

  EXPECT_EQ(states(), (Names{"s_20260131_1.csv loaded", "s_20260201_1.csv duplicate"}));
  EXPECT_EQ(names_in("/in/duplicate"), Names{"s_20260201_1.csv"});
  EXPECT_EQ(names_in("/in/loaded").size(), 2U) << "the same file once more keeps both copies";
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(DropIntake, LetsACorrectedFileStandForTheEarlierOne) {
  put("s_20260131_1.csv", "a\n");
  put("s_20260201_1.csv", "other day\n");
  ASSERT_TRUE(take());
  put("s_20260131_3.csv", "c\n");
  ASSERT_TRUE(take());
  put("s_20260131_2.csv", "b\n");

  ASSERT_TRUE(take());

  EXPECT_EQ(states(), (Names{"s_20260131_1.csv superseded", "s_20260201_1.csv loaded",
                             "s_20260131_3.csv loaded", "s_20260131_2.csv superseded"}));
  EXPECT_EQ(table_, (std::map<std::string, std::string>{{"s_20260131_3.csv", "c\n"},
                                                        {"s_20260201_1.csv", "other day\n"}}));
}

TEST_F(DropIntake, TellsOtherContentOfTheSameNameApart) {
  put("s_20260131_1.csv", "a\n");
  ASSERT_TRUE(take());
  put("s_20260131_1.csv", "a2\n");

  ASSERT_TRUE(take());

  EXPECT_EQ(table_, (std::map<std::string, std::string>{{"s_20260131_1.csv#2", "a2\n"}}));
}

TEST_F(DropIntake, RepeatsNothingWhereverItIsKilled) {
  const std::vector<std::string> final_states = {"other.csv quarantined", "s_20260131_1.csv superseded",
                                                 "s_20260131_2.csv loaded", "s_20260201_1.csv duplicate"};
  int killed = 0;
  for (int at = 0; at < 400; ++at) {
    folder_ = "/in" + std::to_string(at);
    ledger_ = {};
    table_.clear();
    ASSERT_TRUE(files_.create_directories(folder_));
    put("other.csv", "x\n");
    put("s_20260131_1.csv", "a\n");
    put("s_20260131_2.csv", "b\n");
    put("s_20260131_2.csv.manifest.json", R"({"rows":1})");
    put("s_20260201_1.csv", "b\n");

    int step = 0;
    const auto crash = [&step, at] { return step++ == at; };
    crash_ = crash;
    ledger_.crash = crash;
    files_.set_fault([&crash](testing::FakeFileSystem::Verb, const Path& path) -> std::optional<Error> {
      if (crash()) return Error{ErrorCode::kUnavailable, "killed at " + path.string()};
      return std::nullopt;
    });
    const bool died = !take();
    killed += died ? 1 : 0;
    crash_ = {};
    ledger_.crash = {};
    files_.set_fault({});
    const auto report = take();

    ASSERT_TRUE(report) << at << ": " << report.error().message;
    ASSERT_EQ(states(), final_states) << at;
    ASSERT_EQ(table_, (std::map<std::string, std::string>{{"s_20260131_2.csv", "b\n"}})) << at;
    ASSERT_EQ(names_in(folder_).size(), 0U) << at;
    std::set<std::string> once;
    for (const FileRecord& record : ledger_.records) {
      ASSERT_TRUE(once.insert(record.file + std::string(to_string(record.state))).second)
          << at << ": " << record.file << " twice " << to_string(record.state);
    }
    if (!died) break;
  }
  EXPECT_GT(killed, 30);
}

}  // namespace
}  // namespace haul::ingest
