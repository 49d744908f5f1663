// Damage on disk is found or does no harm: a table of real files, one of them damaged, read as a query reads
// it.
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/posix/posix.h"
#include "haul/lake/table.h"
#include "test_folder.h"

namespace haul::adapters {
namespace {

constexpr int kCopies = 100;
constexpr int kFewCopies = 20;
constexpr std::uint64_t kSeed = 20130101;

std::string read_bytes(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const Path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

struct Damage {
  std::string bytes;
  std::string what;
};

/// A flipped bit, a cut or a zeroed tail, somewhere.
Damage damaged(std::string bytes, Rng& rng) {
  const auto at = static_cast<std::size_t>(below(rng, bytes.size()));
  switch (below(rng, 3)) {
    case 0: {
      const auto bit = below(rng, 8);
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
      return {bytes, fmt::format("bit {} of byte {} flipped", bit, at)};
    }
    case 1:
      return {bytes.substr(0, at), fmt::format("cut at {}", at)};
    default:
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), '\0');
      return {bytes, fmt::format("zeroed from {}", at)};
  }
}

using Rows = std::vector<std::string>;

class Corruption : public ::testing::Test {
 protected:
  static constexpr int kFiles = 6;
  static constexpr int kCheckpoint = 4;

  void SetUp() override {
    auto table = lake::Table::open_or_create(context, folder.path,
                                             {{{{"id", arrow::int64()}, {"name", arrow::utf8()}}}, {}, {}});
    ASSERT_TRUE(table) << table.error().message;
    for (int number = 0; number < kFiles; ++number) {
      commit(**table, number);
      if (number + 1 == kCheckpoint) {
        ASSERT_TRUE((*logs->at(folder.path))->checkpoint());
      }
    }
    const auto rows = read();
    ASSERT_TRUE(rows) << rows.error().message;
    expected = *rows;
    ASSERT_EQ(expected.size(), kFiles * 3U);
  }

  void commit(lake::Table& table, int number) {
    arrow::Int64Builder id;
    arrow::StringBuilder name;
    for (int row = 0; row < 3; ++row) {
      ASSERT_TRUE(id.Append(number * 10 + row).ok());
      ASSERT_TRUE(name.Append(fmt::format("leg {}-{}", number, row)).ok());
    }
    const auto batch = arrow::RecordBatch::Make(
        arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8())}), 3,
        {*id.Finish(), *name.Finish()});
    auto writer = table.stage();
    ASSERT_TRUE(writer && (*writer)->write(*batch));
    auto file = (*writer)->finish();
    ASSERT_TRUE(file) << file.error().message;
    lake::CommitRequest request;
    request.adds = {*file};
    const auto report = table.commit(request);
    ASSERT_TRUE(report) << report.error().message;
  }

  /// Every row of the newest version, as a reader without any memory of the table sees it.
  Result<Rows> read() {
    HAUL_TRY(table, lake::Table::open(context, folder.path));
    HAUL_TRY(snapshot, table->snapshot());
    lake::DataFileVerifier verifier(*files);
    Rows rows;
    for (const auto& file : snapshot.files) {
      HAUL_TRY_VOID(verifier.verify(folder.path / file.path));
      read_rows(file, rows);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  void read_rows(const lake::DataFile& file, Rows& rows) {
    auto bytes = arrow::Buffer::FromString(read_bytes(folder.path / file.path));
    auto source = std::make_shared<arrow::io::BufferReader>(std::move(bytes));
    auto reader = parquet::arrow::OpenFile(source, arrow::default_memory_pool());
    ASSERT_TRUE(reader.ok()) << reader.status().ToString();
    const auto table = (*reader)->ReadTable();
    ASSERT_TRUE(table.ok()) << table.status().ToString();
    const auto& deleted = file.deleted_rows;
    for (std::int64_t row = 0; row < (*table)->num_rows(); ++row) {
      if (std::binary_search(deleted.begin(), deleted.end(), static_cast<std::uint64_t>(row))) continue;
      rows.push_back(fmt::format("{} {}", (*(*table)->column(0)->GetScalar(row))->ToString(),
                                 (*(*table)->column(1)->GetScalar(row))->ToString()));
    }
  }

  /// Damages `path` again and again. Returns how often the table could be read all the same.
  int survive_damage_of(const Path& path, int copies = kCopies) {
    SeededRng seeded(kSeed);
    const std::string whole = read_bytes(path);
    int harmless = 0;
    for (int copy = 0; copy < copies; ++copy) {
      const auto damage = damaged(whole, seeded);
      write_bytes(path, damage.bytes);

      const auto rows = read();

      const auto context_text =
          fmt::format("seed {} copy {}: {}: {}", kSeed, copy, path.filename().string(), damage.what);
      if (rows) {
        ++harmless;
        EXPECT_EQ(*rows, expected) << context_text;
      } else {
        EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt) << context_text << ": " << rows.error().message;
        EXPECT_NE(rows.error().message.find(path.filename().string()), std::string::npos)
            << context_text << ": " << rows.error().message;
      }
    }
    write_bytes(path, whole);
    return harmless;
  }

  TestFolder folder;
  std::unique_ptr<FileSystem> files = make_posix_file_system();
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Rng> rng = make_system_rng();
  std::unique_ptr<lake::TableLogs> logs = make_delta_table_logs(*rng);
  lake::LakeContext context{*files, *logs, *clock, *rng};
  Rows expected;
};

TEST_F(Corruption, OfACommitIsFound) {
  EXPECT_EQ(survive_damage_of(folder.path / "_delta_log" / fmt::format("{:020}.json", kFiles)), 0);
}

TEST_F(Corruption, OfACommitBeforeTheCheckpointDoesNoHarm) {
  EXPECT_EQ(
      survive_damage_of(folder.path / "_delta_log" / fmt::format("{:020}.json", kCheckpoint - 1), kFewCopies),
      kFewCopies);
}

TEST_F(Corruption, OfACheckpointIsGoneAround) {
  EXPECT_EQ(
      survive_damage_of(folder.path / "_delta_log" / fmt::format("{:020}.checkpoint.parquet", kCheckpoint)),
      kCopies);
}

TEST_F(Corruption, OfTheHintToTheLastCheckpointDoesNoHarm) {
  EXPECT_EQ(survive_damage_of(folder.path / "_delta_log" / "_last_checkpoint", kFewCopies), kFewCopies);
}

TEST_F(Corruption, OfADataFileIsFound) {
  const auto snapshot = (*lake::Table::open(context, folder.path))->snapshot();
  ASSERT_TRUE(snapshot);

  EXPECT_EQ(survive_damage_of(folder.path / snapshot->files.front().path), 0);
}

TEST_F(Corruption, OfADeletionVectorIsFound) {
  auto table = lake::Table::open(context, folder.path);
  ASSERT_TRUE(table) << table.error().message;
  const auto path = (*table)->snapshot()->files.front().path;
  lake::CommitRequest request;
  request.deletes = {{path, {0, 2}}};
  ASSERT_TRUE((*table)->commit(request));
  expected = read().value();
  ASSERT_EQ(expected.size(), kFiles * 3U - 2U);
  Path vectors;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
    if (entry.path().extension() == ".bin") vectors = entry.path();
  }
  ASSERT_FALSE(vectors.empty());

  EXPECT_EQ(survive_damage_of(vectors), 0);
}

TEST_F(Corruption, OfAChecksumFileIsReportedAndDoesNoHarm) {
  Path checksum;
  const auto version = fmt::format("{:020}", kFiles);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path / "_delta_log" / "_haul")) {
    if (entry.path().filename().string().starts_with(version)) checksum = entry.path();
  }
  ASSERT_FALSE(checksum.empty());

  EXPECT_EQ(survive_damage_of(checksum, kFewCopies), kFewCopies);

  write_bytes(checksum, "");
  EXPECT_EQ((*lake::Table::open(context, folder.path))->snapshot()->unverified,
            std::vector<lake::Version>{kFiles});
}

}  // namespace
}  // namespace haul::adapters
