#include "haul/columnar/parquet_reader.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "haul/base/testing/fake_file_system.h"
#include "haul/columnar/parquet_writer.h"

namespace haul::columnar {
namespace {

using FakeFileSystem = haul::testing::FakeFileSystem;

class ParquetReaderTest : public ::testing::Test {
 protected:
  static constexpr int kRows = 150'000;

  static BatchPtr numbers(int first, int rows) {
    arrow::Int32Builder number;
    for (int row = first; row < first + rows; ++row) EXPECT_TRUE(number.Append(row).ok());
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("number", arrow::int32())}), rows,
                                    {number.Finish().ValueOrDie()});
  }

  /// A file with three row groups, the last one short.
  void write_file() {
    auto file = files.open_for_write("f", OpenMode::kTruncate);
    ASSERT_TRUE(file);
    const Schema schema{{{"number", arrow::int32()}}};
    auto writer = ParquetWriter::open(schema, **file, {.row_group_rows = 60'000});
    ASSERT_TRUE(writer && (*writer)->write(*numbers(0, kRows)) && (*writer)->finish());
  }

  Result<std::unique_ptr<ParquetReader>> open() { return ParquetReader::open(*files.open_for_read("f")); }

  /// What reading the whole file ends with.
  Result<std::int64_t> rows_read() {
    HAUL_TRY(reader, open());
    std::int64_t rows = 0;
    for (;;) {
      HAUL_TRY(batch, reader->next());
      if (batch == nullptr) return rows;
      rows += batch->num_rows();
    }
  }

  FakeFileSystem files;
};

TEST_F(ParquetReaderTest, GivesEveryRowInOrderInSmallBatches) {
  write_file();
  const auto reader = open();
  ASSERT_TRUE(reader) << reader.error().message;

  int next = 0;
  for (;;) {
    const auto batch = (*reader)->next();
    ASSERT_TRUE(batch) << batch.error().message;
    if (*batch == nullptr) break;
    EXPECT_LE((*batch)->num_rows(), 65'536);
    const auto& numbers_read = static_cast<const arrow::Int32Array&>(*(*batch)->column(0));
    for (std::int64_t row = 0; row < numbers_read.length(); ++row) ASSERT_EQ(numbers_read.Value(row), next++);
  }

  EXPECT_EQ(next, kRows);
  EXPECT_EQ((*reader)->next().value(), nullptr);
}

TEST_F(ParquetReaderTest, SaysCorruptWhereAPageIsDamaged) {
  write_file();
  const std::string whole = files.content("f").value();
  int found = 0;
  for (std::size_t at = 4; at < whole.size() / 4; at += 5) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    files.overwrite("f", damaged);

    const auto rows = rows_read();

    if (rows) {
      EXPECT_EQ(*rows, kRows) << at;  // of a page's header, what nobody needs
    } else {
      EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt) << at << ": " << rows.error().message;
      ++found;
    }
  }
  EXPECT_GT(found, 10);
}

TEST_F(ParquetReaderTest, SaysCorruptWhereAFileIsCutOff) {
  write_file();
  const std::string whole = files.content("f").value();
  files.overwrite("f", whole.substr(0, whole.size() / 2));

  const auto rows = rows_read();

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt) << rows.error().message;
}

TEST_F(ParquetReaderTest, SaysUnavailableWhereTheDiskFails) {
  write_file();
  files.set_fault([](auto verb, const Path&) -> std::optional<Error> {
    if (verb != FakeFileSystem::Verb::kRead) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "the disk is gone"};
  });

  const auto rows = rows_read();

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(rows.error().message, "the disk is gone");
}

}  // namespace
}  // namespace haul::columnar
