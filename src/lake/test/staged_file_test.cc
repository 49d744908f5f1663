#include <arrow/array/array_primitive.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>

#include "haul/base/hash.h"
#include "haul/lake/data_file.h"
#include "lake_fixture.h"

namespace haul::lake {
namespace {

class StagedFileTest : public LakeTest {
 protected:
  std::shared_ptr<arrow::Table> read(const DataFile& file) {
    const auto bytes = files.content(folder / file.path);
    EXPECT_TRUE(bytes);
    auto source = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(*bytes));
    auto reader = parquet::arrow::OpenFile(source, arrow::default_memory_pool());
    EXPECT_TRUE(reader.ok());
    auto table = (*reader)->ReadTable();
    EXPECT_TRUE(table.ok());
    return table.ValueOr(nullptr);
  }
};

TEST_F(StagedFileTest, IsAParquetFileUnderItsChecksumWithStatistics) {
  const auto legs = table();

  const auto file = staged(*legs, {"b", "aa", "ccc"});

  const auto bytes = files.content(folder / file.path);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(named_crc32c(file.path), crc32c(as_bytes(*bytes)));
  EXPECT_EQ(file.bytes, static_cast<std::int64_t>(bytes->size()));
  EXPECT_EQ(file.rows, 3);
  EXPECT_EQ(file.statistics, R"({"numRecords":3,"minValues":{"leg_id":"aa","delay":1},)"
                             R"("maxValues":{"leg_id":"ccc","delay":3},"nullCount":{"leg_id":0,"delay":0}})");
  EXPECT_EQ(read(file)->num_rows(), 3);
}

TEST_F(StagedFileTest, IsWholeOrAbsentAfterAPowerCut) {
  const auto legs = table();
  auto unfinished = legs->stage();
  ASSERT_TRUE(unfinished);
  ASSERT_TRUE((*unfinished)->write(*rows({"lost"})));
  const auto file = staged(*legs, {"kept"});

  files.cut_power(haul::testing::FakeFileSystem::Loss::kEverything, rng);

  EXPECT_TRUE(verify_data_file(files, folder / file.path));
  EXPECT_EQ(read(file)->num_rows(), 1);
}

TEST_F(StagedFileTest, TakesColumnsInAnyOrderAndFillsAbsentOnesWithNulls) {
  const auto legs = table();
  const auto batch = rows({"a", "b"});
  const auto swapped = batch->SelectColumns({1, 0});
  const auto without_delay = batch->SelectColumns({0});
  auto writer = legs->stage();
  ASSERT_TRUE(writer);

  ASSERT_TRUE((*writer)->write(**swapped));
  ASSERT_TRUE((*writer)->write(**without_delay));

  const auto file = (*writer)->finish();
  ASSERT_TRUE(file);
  const auto stored = read(*file);
  EXPECT_EQ(stored->num_rows(), 4);
  EXPECT_EQ(stored->GetColumnByName("delay")->null_count(), 2);
}

TEST_F(StagedFileTest, RefusesRowsThatDoNotFitTheTable) {
  const auto legs = table();
  auto writer = legs->stage();
  ASSERT_TRUE(writer);
  const auto batch = rows({"a"});
  const auto unknown = batch->AddColumn(2, "gate", batch->column(0));
  const auto wrong_type = batch->SetColumn(1, arrow::field("delay", arrow::utf8()), batch->column(0));
  const auto without_id = batch->SelectColumns({1});

  for (const auto& [rows_in, name] :
       {std::pair(unknown, "gate"), {wrong_type, "delay"}, {without_id, "leg_id"}}) {
    const auto refused = (*writer)->write(**rows_in);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
  }
}

TEST_F(StagedFileTest, SaysUnavailableWhenTheDiskFails) {
  const auto legs = table();
  auto writer = legs->stage();
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(*rows({"a"})));
  files.set_fault([](auto verb, const Path&) -> std::optional<Error> {
    if (verb != haul::testing::FakeFileSystem::Verb::kSync) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "disk full"};
  });

  EXPECT_EQ((*writer)->finish().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul::lake
