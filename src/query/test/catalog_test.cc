#include "haul/query/catalog.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "haul/base/hash.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/lake/testing/memory_table_logs.h"

namespace haul::query {
namespace {

using haul::testing::FakeFileSystem;

constexpr std::string_view kBytes = "rows";

class CatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    add_table("silver", "flights");
    add_table("gold", "route_daily");
  }

  void add_table(const std::string& layer, const std::string& name) {
    const Path folder = Path("/lake") / layer / name;
    ASSERT_TRUE(files.create_directories(folder / "_delta_log"));
    auto log = tables.at(folder).value();
    lake::TableSpec spec;
    spec.schema.columns = {{"n", arrow::int64()}};
    ASSERT_TRUE(log->create(spec));
  }

  /// A data file of silver.flights as staged files are named, in a commit of its own.
  Path add_file() {
    const std::string name = fmt::format("part-1.{:08x}.zstd.parquet", crc32c(as_bytes(kBytes)));
    const Path path = Path("/lake/silver/flights") / name;
    EXPECT_TRUE(write_file_atomically(files, path, kBytes));
    lake::CommitRequest request;
    request.commit_id = "c1";
    lake::DataFile& file = request.adds.emplace_back();
    file.path = name;
    file.bytes = static_cast<std::int64_t>(kBytes.size());
    file.rows = 1;
    file.deleted_rows = {0};
    file.partition_values = {{"day", "2013-01-01"}};
    auto log = tables.at("/lake/silver/flights").value();
    EXPECT_TRUE(std::holds_alternative<lake::Done>(log->try_commit(request).value()));
    return path;
  }

  FakeFileSystem files;
  haul::testing::ManualClock clock;
  lake::testing::MemoryTableLogs tables{clock};
};

TEST_F(CatalogTest, ListsTheDatasetsOfTheLake) {
  Catalog catalog(files, tables, "/lake", {});

  EXPECT_EQ(catalog.datasets().value(), (std::vector<DatasetName>{"gold.route_daily", "silver.flights"}));
}

TEST_F(CatalogTest, HasNoDatasetsWhereThereIsNoLake) {
  Catalog catalog(files, tables, "/elsewhere", {});

  EXPECT_TRUE(catalog.datasets().value().empty());
}

TEST_F(CatalogTest, NamesTheNearestDatasetWhereOneIsMissing) {
  Catalog catalog(files, tables, "/lake", {});

  const auto missing = catalog.pin({"silver.flight"}, {});

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find("did you mean silver.flights?"), std::string::npos)
      << missing.error().message;
}

TEST_F(CatalogTest, PinsTheFilesOfASnapshot) {
  const Path path = add_file();
  Catalog catalog(files, tables, "/lake", {});

  const auto scans = catalog.pin({"silver.flights"}, {});

  ASSERT_TRUE(scans) << scans.error().message;
  ASSERT_EQ(scans->size(), 1U);
  EXPECT_EQ(scans->front().name, "flights");
  ASSERT_EQ(scans->front().files.size(), 1U);
  EXPECT_EQ(scans->front().files.front().path, path);
  EXPECT_EQ(scans->front().files.front().deleted_rows, std::vector<std::uint64_t>{0});
  EXPECT_EQ(scans->front().files.front().partition_values.at("day"), "2013-01-01");
}

TEST_F(CatalogTest, RefusesANameThatLeadsOutOfTheLake) {
  Catalog catalog(files, tables, "/lake/gold", {});

  for (const char* name :
       {"gold.../silver/flights", "...silver", "/lake.gold", "gold.", ".flights", "gold"}) {
    const auto snapshot = catalog.snapshot(name, {});

    ASSERT_FALSE(snapshot) << name;
    EXPECT_EQ(snapshot.error(),
              (Error{ErrorCode::kNotFound,
                     fmt::format("there is no dataset {}: a name is a schema and a table", name)}));
  }
}

TEST_F(CatalogTest, PinsAnOlderVersion) {
  add_file();
  Catalog catalog(files, tables, "/lake", {});

  const auto scans = catalog.pin({"silver.flights"}, AsOf::parse("0").value());

  ASSERT_TRUE(scans) << scans.error().message;
  EXPECT_TRUE(scans->front().files.empty());
}

TEST_F(CatalogTest, PinsSeveralDatasetsAtATimeButNotAtAVersion) {
  Catalog catalog(files, tables, "/lake", {});
  const std::vector<DatasetName> both = {"gold.route_daily", "silver.flights"};

  const auto at_version = catalog.pin(both, AsOf::parse("0").value());
  const auto at_time = catalog.pin(both, AsOf{.time = clock.now()});

  ASSERT_FALSE(at_version);
  EXPECT_EQ(at_version.error().code, ErrorCode::kInvalidInput);
  ASSERT_TRUE(at_time) << at_time.error().message;
  EXPECT_EQ(at_time->size(), 2U);
}

TEST_F(CatalogTest, RefusesADataFileThatIsNotWhatItsNameSays) {
  const Path path = add_file();
  files.overwrite(path, "rowz");
  Catalog catalog(files, tables, "/lake", {});

  const auto scans = catalog.pin({"silver.flights"}, {});

  ASSERT_FALSE(scans);
  EXPECT_EQ(scans.error().code, ErrorCode::kCorrupt);
}

TEST_F(CatalogTest, ReadsAFileOnceAsLongAsItStaysWhatItIs) {
  const Path path = add_file();
  int reads = 0;
  files.set_fault([&](FakeFileSystem::Verb verb, const Path& touched) -> std::optional<Error> {
    if (verb == FakeFileSystem::Verb::kOpen && touched == path) ++reads;
    return std::nullopt;
  });

  for (int query = 0; query < 3; ++query) {
    Catalog catalog(files, tables, "/lake", "/state/verified-files");
    ASSERT_TRUE(catalog.pin({"silver.flights"}, {}));
  }

  EXPECT_EQ(reads, 1);
  files.overwrite(path, "rowz");
  Catalog catalog(files, tables, "/lake", "/state/verified-files");
  EXPECT_FALSE(catalog.pin({"silver.flights"}, {}));
}

TEST(AsOf, ReadsVersionsAndTimes) {
  EXPECT_EQ(AsOf::parse("12").value().version, 12);
  EXPECT_EQ(AsOf::parse("1970-01-01T00:00:01Z").value().time, IngestTime{std::chrono::seconds{1}});
  EXPECT_FALSE(AsOf::parse("").value().version);
  EXPECT_FALSE(AsOf::parse("yesterday"));
}

}  // namespace
}  // namespace haul::query
