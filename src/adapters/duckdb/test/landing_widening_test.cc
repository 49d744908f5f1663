// A landing whose contract widens a column, over real files: silver is written again once, and what a landing
// knows of its rows by file and position still holds.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/adapters/posix/posix.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table.h"

namespace haul::ingest {
namespace {

struct Row {
  std::string id;
  std::int64_t at;
  std::int64_t weight;
};

/// The rows of a query, "id:at:weight" each.
class Collected final : public query::ResultConsumer {
 public:
  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      std::string text;
      for (const auto& column : batch->columns()) {
        text += (text.empty() ? "" : ":") + (*column->GetScalar(row))->ToString();
      }
      rows.push_back(text);
    }
    return {};
  }

  std::vector<std::string> rows;
};

class LandingWidening : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "haul-widening-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// A landing under the contract `version` with weights of `type`; the greater `at` is the newer row of an
  /// id.
  std::unique_ptr<Landing> open(const std::string& version, std::shared_ptr<arrow::DataType> type,
                                std::vector<std::string> supersedes = {}) {
    LandingSpec spec;
    spec.lake_folder = folder_;
    spec.source = "parcels";
    spec.silver = "parcels";
    spec.contract.id = "c";
    spec.contract.version = version;
    contract::Object& object = spec.contract.objects.emplace_back();
    object.name = "parcels";
    object.schema.columns = {{"id", arrow::utf8()}, {"at", arrow::int64()}, {"weight", std::move(type)}};
    object.version_column = "at";
    spec.dedupe_by = {"id"};
    spec.app_ids = {"flow/log/0"};
    spec.supersedes = std::move(supersedes);
    auto landing = Landing::open({lake_, *parser_, *engine_}, std::move(spec));
    EXPECT_TRUE(landing) << landing.error().message;
    return landing ? *std::move(landing) : nullptr;
  }

  void land(Landing& landing, const std::vector<Row>& rows, const std::string& file = "f") {
    struct Bytes {
      std::string text;
      std::vector<std::int32_t> ends{0};
    };
    const auto raw = std::make_shared<Bytes>();
    for (const Row& row : rows) {
      raw->text += R"({"id":")" + row.id + R"(","at":)" + std::to_string(row.at) + R"(,"weight":)" +
                   std::to_string(row.weight) + "}";
      raw->ends.push_back(static_cast<std::int32_t>(raw->text.size()));
    }
    LandingBatch batch;
    batch.first = landing.resume().front();
    batch.at = clock_->now();
    batch.file = file;
    batch.rows = {raw->ends, as_bytes(raw->text)};
    batch.storage = raw;
    const auto taken = landing.take(batch);
    ASSERT_TRUE(taken) << taken.error().message;
    const auto committed = landing.commit();
    ASSERT_TRUE(committed) << committed.error().message;
  }

  lake::Snapshot snapshot(std::optional<lake::Version> version = std::nullopt) {
    const auto table = lake::Table::open(lake_, silver());
    return (version ? (*table)->snapshot_at(*version) : (*table)->snapshot()).value();
  }

  std::vector<std::string> rows(const lake::Snapshot& of) {
    query::QueryRequest request;
    request.sql = R"(SELECT id, "at", weight FROM silver.parcels ORDER BY id)";
    query::Scan scan{"silver", "parcels", of.schema, {}, nullptr};
    for (const auto& file : of.files) scan.files.push_back({silver() / file.path, file.deleted_rows});
    request.scans = {std::move(scan)};
    Collected collected;
    const auto ran = engine_->run(request, collected);
    EXPECT_TRUE(ran) << ran.error().message;
    return collected.rows;
  }

  std::string weight_type(const lake::Snapshot& of) {
    return of.schema.columns[*of.schema.find("weight")].type->ToString();
  }

  int rewrites() {
    const auto entries = (*lake::Table::open(lake_, silver()))->history(100).value();
    return static_cast<int>(std::count_if(entries.begin(), entries.end(), [](const auto& entry) {
      return entry.operation == "CHANGE COLUMNS";
    }));
  }

  [[nodiscard]] Path silver() const { return folder_ / "silver" / "parcels"; }

  Path folder_;
  std::unique_ptr<FileSystem> files_ = adapters::make_posix_file_system();
  std::unique_ptr<Clock> clock_ = adapters::make_system_clock();
  std::unique_ptr<Rng> rng_ = adapters::make_system_rng();
  std::unique_ptr<lake::TableLogs> logs_ = adapters::make_delta_table_logs(*rng_);
  lake::LakeContext lake_{*files_, *logs_, *clock_, *rng_};
  std::unique_ptr<expression::SqlParser> parser_ = adapters::duckdb::make_duckdb_sql_parser();
  std::unique_ptr<query::SqlEngine> engine_ = adapters::duckdb::make_duckdb_engine({});
};

constexpr std::int64_t kBeyond32Bits = 3'000'000'000;

TEST_F(LandingWidening, KeepsEveryRowAndTakesLongerValuesAfterOneVersionBetween) {
  {
    const auto landing = open("1.0.0", arrow::int32());
    land(*landing, {{"a", 1, 10}, {"b", 1, 20}, {"c", 1, 30}});
    land(*landing, {{"b", 2, 21}});
  }
  const auto before = snapshot();

  const auto landing = open("1.1.0", arrow::int64());
  const auto between = snapshot();
  land(*landing, {{"d", 1, kBeyond32Bits}});

  EXPECT_EQ(between.version, before.version + 1);
  EXPECT_EQ(rewrites(), 1);
  EXPECT_EQ(rows(before), (std::vector<std::string>{"a:1:10", "b:2:21", "c:1:30"}));
  EXPECT_EQ(rows(between), rows(before));
  EXPECT_EQ(rows(snapshot()), (std::vector<std::string>{"a:1:10", "b:2:21", "c:1:30", "d:1:3000000000"}));
  EXPECT_EQ(weight_type(snapshot()), "int64");
  EXPECT_EQ(weight_type(snapshot(before.version)), "int32");
  EXPECT_EQ(rows(snapshot(before.version)), rows(before));
}

TEST_F(LandingWidening, FindsDuplicatesAndReplacesRowsThatWereWrittenAgain) {
  {
    const auto landing = open("1.0.0", arrow::int32());
    land(*landing, {{"a", 1, 10}, {"b", 1, 20}, {"c", 1, 30}});
    land(*landing, {{"a", 2, 11}});
  }

  const auto landing = open("1.1.0", arrow::int64());
  land(*landing, {{"a", 2, 11}, {"b", 1, 20}, {"c", 2, kBeyond32Bits}, {"a", 1, 10}});

  EXPECT_EQ(landing->counts().duplicates, 2U);
  EXPECT_EQ(landing->counts().superseded, 1U);
  EXPECT_EQ(landing->counts().replaced, 1U);
  EXPECT_EQ(landing->counts().quarantined, 0U);
  EXPECT_EQ(rows(snapshot()), (std::vector<std::string>{"a:2:11", "b:1:20", "c:2:3000000000"}));
}

TEST_F(LandingWidening, TakesTheRowsOfASupersededFileAway) {
  {
    const auto landing = open("1.0.0", arrow::int32());
    land(*landing, {{"a", 1, 10}, {"b", 1, 20}}, "first");
    land(*landing, {{"c", 1, 30}}, "other");
  }

  const auto landing = open("1.1.0", arrow::int64(), {"first"});
  land(*landing, {{"a", 1, kBeyond32Bits}}, "corrected");

  EXPECT_EQ(rows(snapshot()), (std::vector<std::string>{"a:1:3000000000", "c:1:30"}));
}

TEST_F(LandingWidening, LeavesBronzeAndQuarantineAlone) {
  {
    const auto landing = open("1.0.0", arrow::int32());
    land(*landing, {{"a", 1, 10}, {"b", 1, kBeyond32Bits}});
    EXPECT_EQ(landing->counts().quarantined, 1U);
  }
  const auto version = [&](const char* layer) {
    return (*lake::Table::open(lake_, folder_ / layer / "parcels"))->snapshot()->version;
  };
  const auto bronze = version("bronze");
  const auto quarantine = version("quarantine");

  open("1.1.0", arrow::int64());

  EXPECT_EQ(version("bronze"), bronze);
  EXPECT_EQ(version("quarantine"), quarantine);
}

TEST_F(LandingWidening, StopsAnOlderLandingThatIsStillOpenBeforeItsNextCommit) {
  const auto older = open("1.0.0", arrow::int32());
  land(*older, {{"a", 1, 10}});
  open("1.1.0", arrow::int64());
  const auto wide = snapshot();

  const std::string row = R"({"id":"b","at":1,"weight":20})";
  const auto raw = std::make_shared<std::string>(row);
  const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(row.size())};
  LandingBatch batch;
  batch.first = older->resume().front();
  batch.at = clock_->now();
  batch.rows = {ends, as_bytes(*raw)};
  batch.storage = raw;
  ASSERT_TRUE(older->take(batch));
  const auto committed = older->commit();

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kConflict);
  EXPECT_NE(committed.error().message.find("weight"), std::string::npos) << committed.error().message;
  EXPECT_EQ(snapshot().version, wide.version);
}

}  // namespace
}  // namespace haul::ingest
