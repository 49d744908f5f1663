// A table whose columns are widened: every row as before, of the wider type, in one version.
#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <parquet/arrow/reader.h>

#include "haul/base/hash.h"
#include "haul/lake/data_file.h"
#include "lake_fixture.h"

namespace haul::lake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Doubt = testing::MemoryTableLogs::Doubt;
using TypePtr = std::shared_ptr<arrow::DataType>;

class WideningTest : public LakeTest {
 protected:
  /// The schema with a wider delay.
  static columnar::Schema wider() {
    auto schema = LakeTest::schema();
    schema.columns[1].type = arrow::int64();
    return schema;
  }

  static std::shared_ptr<arrow::RecordBatch> batch_of(const TypePtr& type, const std::string& json) {
    const auto column = arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("value", type)}), column->length(), {column});
  }

  std::string commit(Table& into, const std::vector<std::string>& ids) {
    const auto file = staged(into, ids);
    EXPECT_TRUE(into.commit(adding(file)));
    return file.path;
  }

  std::shared_ptr<arrow::Table> read(const DataFile& file) {
    auto source = std::make_shared<arrow::io::BufferReader>(
        arrow::Buffer::FromString(*files.content(folder / file.path)));
    return (*parquet::arrow::OpenFile(source, arrow::default_memory_pool()))->ReadTable().ValueOrDie();
  }

  /// "id:delay" of each live row of a version, file by file.
  std::vector<std::string> rows_of(const Snapshot& snapshot) {
    std::vector<std::string> rows;
    for (const auto& file : snapshot.files) {
      const auto table = read(file);
      for (std::int64_t row = 0; row < table->num_rows(); ++row) {
        const auto& deleted = file.deleted_rows;
        if (std::binary_search(deleted.begin(), deleted.end(), static_cast<std::uint64_t>(row))) continue;
        rows.push_back((*table->GetColumnByName("leg_id")->GetScalar(row))->ToString() + ":" +
                       (*table->GetColumnByName("delay")->GetScalar(row))->ToString());
      }
    }
    return rows;
  }

  Snapshot newest() { return Table::open(context, folder).value()->snapshot().value(); }
};

TEST_F(WideningTest, WritesEveryRowAgainInOneVersion) {
  const auto narrow = table();
  auto first = adding(staged(*narrow, {"a", "bb"}));
  first.offsets = {{"legs/0", std::nullopt, 2}};
  first.domains = {{"haul.closed_before", "2013-01-02"}};
  ASSERT_TRUE(narrow->commit(first));
  commit(*narrow, {"ccc"});
  const auto before = newest();

  const auto wide = table({wider(), {}, {}});

  const auto after = newest();
  EXPECT_EQ(after.version, before.version + 1);
  EXPECT_TRUE(after.schema.columns[1].type->Equals(arrow::int64()));
  EXPECT_EQ(after.schema.columns[0].presence, columnar::Presence::kRequired);
  EXPECT_EQ(rows_of(after), rows_of(before));
  EXPECT_EQ(after.domains, before.domains);
  EXPECT_EQ(wide->offsets({"legs/0"})->at(0), 2);
  const auto entry = wide->history(1)->at(0);
  EXPECT_EQ(entry.operation, "CHANGE COLUMNS");
  EXPECT_EQ(entry.parameters.at("columns"), "delay: int32 to int64");
  EXPECT_EQ(table({wider(), {}, {}})->snapshot()->version, after.version);
}

TEST_F(WideningTest, LeavesOlderVersionsWithTheirTypeAndFiles) {
  const auto narrow = table();
  commit(*narrow, {"a", "bb"});
  const auto before = newest();

  const auto wide = table({wider(), {}, {}});

  const auto old = wide->snapshot_at(before.version);
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->schema.columns[1].type->Equals(arrow::int32()));
  EXPECT_EQ(rows_of(*old), rows_of(before));
  EXPECT_TRUE(read(old->files[0])->GetColumnByName("delay")->type()->Equals(arrow::int32()));
}

TEST_F(WideningTest, GivesEachFileItsChecksumAndStatistics) {
  commit(*table(), {"a", "bb"});

  table({wider(), {}, {}});

  const auto file = newest().files.at(0);
  EXPECT_EQ(named_crc32c(file.path), crc32c(as_bytes(*files.content(folder / file.path))));
  EXPECT_EQ(file.rows, 2);
  EXPECT_EQ(file.statistics, R"({"numRecords":2,"minValues":{"leg_id":"a","delay":1},)"
                             R"("maxValues":{"leg_id":"bb","delay":2},"nullCount":{"leg_id":0,"delay":0}})");
  EXPECT_TRUE(read(file)->GetColumnByName("delay")->type()->Equals(arrow::int64()));
}

TEST_F(WideningTest, LeavesDeletedRowsBehind) {
  const auto narrow = table();
  const auto path = commit(*narrow, {"a", "bb", "ccc", "dddd"});
  CommitRequest deleting;
  deleting.deletes = {{path, {0, 2}}};
  ASSERT_TRUE(narrow->commit(deleting));

  table({wider(), {}, {}});

  EXPECT_THAT(rows_of(newest()), ElementsAre("bb:2", "dddd:4"));
  EXPECT_EQ(newest().files.at(0).rows, 2);
  EXPECT_TRUE(newest().files.at(0).deleted_rows.empty());
}

TEST_F(WideningTest, AddsColumnsInTheSameVersion) {
  const auto narrow = table();
  commit(*narrow, {"a"});
  auto more = wider();
  more.columns.push_back({"gate", arrow::utf8(), columnar::Presence::kRequired});

  const auto wide = table({more, {}, {}});

  EXPECT_EQ(newest().version, 2);
  EXPECT_EQ(newest().schema.columns.at(2).presence, columnar::Presence::kOptional);
  EXPECT_EQ(read(newest().files.at(0))->GetColumnByName("gate")->null_count(), 1);
}

TEST_F(WideningTest, ChangesTheSchemaOfAnEmptyTableToo) {
  table();

  table({wider(), {}, {}});

  EXPECT_EQ(newest().version, 1);
  EXPECT_TRUE(newest().schema.columns[1].type->Equals(arrow::int64()));
}

TEST_F(WideningTest, KeepsThePrivacyOfAColumn) {
  auto secret = schema();
  secret.columns[1].privacy = columnar::Privacy::kPersonal;
  commit(*table({secret, {}, {}}), {"a"});

  table({wider(), {}, {}});

  EXPECT_EQ(newest().schema.columns[1].privacy, columnar::Privacy::kPersonal);
  EXPECT_EQ(newest().files.at(0).statistics.find("delay"), std::string::npos);
}

TEST_F(WideningTest, DoesSoForEveryTypeThatWidens) {
  const TypePtr point = arrow::struct_({arrow::field("lat", arrow::float32())});
  const TypePtr wide_point =
      arrow::struct_({arrow::field("lat", arrow::float64()), arrow::field("alt", arrow::int16())});
  const TypePtr local = arrow::timestamp(arrow::TimeUnit::MICRO);
  struct Case {
    TypePtr narrow;
    std::string values;
    TypePtr wide;
    std::string wider;
  };
  const std::vector<Case> cases = {
      {arrow::int8(), "[-128, null]", arrow::int16(), "[-128, null]"},
      {arrow::int16(), "[-32768, null]", arrow::int32(), "[-32768, null]"},
      {arrow::int8(), "[127, null]", arrow::int64(), "[127, null]"},
      {arrow::int32(), "[-2147483648, null]", arrow::int64(), "[-2147483648, null]"},
      {arrow::int32(), "[2147483647, null]", arrow::float64(), "[2147483647, null]"},
      {arrow::float32(), "[0.5, null]", arrow::float64(), "[0.5, null]"},
      {arrow::int32(), "[7, null]", arrow::decimal128(12, 2), R"(["7.00", null])"},
      {arrow::int64(), "[-9223372036854775808, null]", arrow::decimal128(20, 0),
       R"(["-9223372036854775808", null])"},
      {arrow::decimal128(4, 2), R"(["-99.99", null])", arrow::decimal128(20, 4), R"(["-99.9900", null])"},
      {arrow::date32(), "[15706, null]", local, "[1356998400000000, null]"},
      {arrow::list(arrow::int32()), "[[1, null], null]", arrow::list(arrow::int64()), "[[1, null], null]"},
      {point, R"([{"lat": 0.5}, null])", wide_point, R"([{"lat": 0.5, "alt": null}, null])"},
  };
  for (const Case& each : cases) {
    const std::string name = each.narrow->ToString() + " to " + each.wide->ToString();
    folder = "lake/" + std::to_string(&each - cases.data());
    const auto narrow = table({{{{"value", each.narrow}}}, {}, {}});
    auto writer = narrow->stage();
    ASSERT_TRUE(writer && (*writer)->write(*batch_of(each.narrow, each.values))) << name;
    ASSERT_TRUE(narrow->commit(adding((*writer)->finish().value()))) << name;

    const auto wide = table({{{{"value", each.wide}}}, {}, {}});

    ASSERT_TRUE(wide) << name;
    const auto stored = read(newest().files.at(0))->CombineChunksToBatch().ValueOrDie();
    EXPECT_TRUE(stored->column(0)->Equals(batch_of(each.wide, each.wider)->column(0)))
        << name << ": " << stored->column(0)->ToString();
  }
}

TEST_F(WideningTest, RefusesATypeThatDoesNotHoldTheValuesAndNamesTheColumn) {
  commit(*table(), {"a"});
  auto narrower = schema();
  narrower.columns[1].type = arrow::int16();
  auto other = schema();
  other.columns[1].type = arrow::utf8();

  for (const auto& wanted : {narrower, other}) {
    const auto refused = Table::open_or_create(context, folder, {wanted, {}, {}});

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr("delay"));
  }
  EXPECT_EQ(newest().version, 1);
}

TEST_F(WideningTest, IsRefusedToWhoAskedForThat) {
  commit(*table(), {"a"});

  const auto refused = Table::open_or_create(context, folder, {wider(), {}, {}}, Widening::kRefuse);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("delay: int32 to int64"));
  EXPECT_EQ(newest().version, 1);
}

TEST_F(WideningTest, RefusesAPartitionedTable) {
  ASSERT_TRUE(Table::open_or_create(context, folder, {schema(), {"leg_id"}, {}}));

  const auto refused = Table::open_or_create(context, folder, {wider(), {"leg_id"}, {}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
}

TEST_F(WideningTest, CarriesNoDamageIntoANewFile) {
  const auto path = commit(*table(), {"a", "bb"});
  auto bytes = files.content(folder / path).value();
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  files.overwrite(folder / path, bytes);

  const auto refused = Table::open_or_create(context, folder, {wider(), {}, {}});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(refused.error().message, HasSubstr(path));
  EXPECT_EQ(newest().version, 1);
}

TEST_F(WideningTest, ReadsEachFileOnceHoweverOftenItsCommitIsLost) {
  const auto narrow = table();
  const auto path = commit(*narrow, {"a", "bb"});
  int opened = 0;
  files.set_fault([&](auto verb, const Path& file) {
    using Verb = haul::testing::FakeFileSystem::Verb;
    opened += static_cast<int>(verb == Verb::kOpen && file.filename() == path);
    return std::optional<Error>();
  });
  logs.arm_rivals(folder, 3);

  const auto wide = table({wider(), {}, {}});

  ASSERT_TRUE(wide);
  EXPECT_EQ(newest().version, 5);
  EXPECT_THAT(rows_of(newest()), ElementsAre("a:1", "bb:2"));
  EXPECT_EQ(opened, 2);  // once for its checksum, once for its rows
}

/// Adds a file of another writer just before the first commit that retypes.
class RivalLogs final : public TableLogs {
 public:
  RivalLogs(testing::MemoryTableLogs& inner, CommitRequest rival) : inner_(inner), rival_(std::move(rival)) {}
  Result<std::unique_ptr<TableLog>> at(const Path& folder) override {
    HAUL_TRY(log, inner_.at(folder));
    return std::make_unique<Log>(std::move(log), *this);
  }

 private:
  class Log final : public TableLog {
   public:
    Log(std::unique_ptr<TableLog> inner, RivalLogs& logs) : inner_(std::move(inner)), logs_(logs) {}
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
      if (!request.retype_columns.empty()) {
        const auto rival = std::exchange(logs_.rival_, std::nullopt);
        EXPECT_TRUE(!rival || inner_->try_commit(*rival));
      }
      return inner_->try_commit(request);
    }
    Result<void> checkpoint() override { return inner_->checkpoint(); }
    Result<std::optional<Checkpoint>> last_checkpoint() override { return inner_->last_checkpoint(); }
    Result<std::vector<HistoryEntry>> history(std::size_t limit) override { return inner_->history(limit); }

   private:
    std::unique_ptr<TableLog> inner_;
    RivalLogs& logs_;
  };
  testing::MemoryTableLogs& inner_;
  std::optional<CommitRequest> rival_;
};

TEST_F(WideningTest, TakesTheRowsOfAWriterThatCameBetweenAlong) {
  const auto narrow = table();
  commit(*narrow, {"a"});
  RivalLogs racing(logs, adding(staged(*narrow, {"late"})));
  const LakeContext process{files, racing, clock, rng};

  const auto wide = Table::open_or_create(process, folder, {wider(), {}, {}});

  ASSERT_TRUE(wide) << wide.error().message;
  EXPECT_THAT(rows_of(newest()), ElementsAre("a:1", "late:4"));
  for (const auto& file : newest().files) {
    EXPECT_TRUE(read(file)->GetColumnByName("delay")->type()->Equals(arrow::int64()));
  }
}

TEST_F(WideningTest, RefusesFilesThatWereStagedForTheNarrowType) {
  const auto narrow = table();
  const auto file = staged(*narrow, {"a"});
  table({wider(), {}, {}});
  ASSERT_TRUE(narrow->snapshot());

  const auto refused = narrow->commit(adding(file));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("delay"));
  EXPECT_TRUE(newest().files.empty());
}

TEST_F(WideningTest, IsFoundInTheLogAfterAnUnknownOutcome) {
  for (const Doubt doubt : {Doubt::kStored, Doubt::kNotStored}) {
    folder = doubt == Doubt::kStored ? "stored" : "not_stored";
    commit(*table(), {"a"});
    logs.arm_unknown(folder, doubt);

    const auto wide = table({wider(), {}, {}});

    ASSERT_TRUE(wide);
    EXPECT_EQ(newest().version, 2);
    EXPECT_THAT(rows_of(newest()), ElementsAre("a:1"));
  }
}

TEST_F(WideningTest, LeavesTheOldTableOrTheNewOneWhereverTheDiskFails) {
  using Verb = haul::testing::FakeFileSystem::Verb;
  int failures = 0;
  for (int allowed = 0;; ++allowed) {
    files.set_fault({});
    folder = "legs" + std::to_string(allowed);
    const auto narrow = table();
    commit(*narrow, {"a", "bb"});
    commit(*narrow, {"ccc"});
    const auto before = rows_of(newest());
    int verbs = 0;
    files.set_fault([&](Verb, const Path&) -> std::optional<Error> {
      if (verbs++ < allowed) return std::nullopt;
      return Error{ErrorCode::kUnavailable, "the disk is gone"};
    });

    const auto opened = Table::open_or_create(context, folder, {wider(), {}, {}});

    files.set_fault({});
    EXPECT_EQ(rows_of(newest()), before) << allowed;
    EXPECT_EQ(newest().version, opened ? 3 : 2) << allowed;
    if (opened) break;
    ++failures;
    ASSERT_TRUE(table({wider(), {}, {}})) << allowed;
    EXPECT_EQ(rows_of(newest()), before) << allowed;
    EXPECT_TRUE(newest().schema.columns[1].type->Equals(arrow::int64())) << allowed;
  }
  EXPECT_GT(failures, 10);
}

TEST_F(WideningTest, SurvivesAPowerCutRightAfterwards) {
  const auto narrow = table();
  commit(*narrow, {"a", "bb"});

  table({wider(), {}, {}});
  files.cut_power(haul::testing::FakeFileSystem::Loss::kEverything, rng);

  EXPECT_THAT(rows_of(newest()), ElementsAre("a:1", "bb:2"));
}

}  // namespace
}  // namespace haul::lake
