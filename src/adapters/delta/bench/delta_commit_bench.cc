// What a commit costs beside its own bytes: a batch of 1,000 rows staged and committed with an offset, and
// the same three files (data, checksum, commit) written, synced, renamed and made durable by bare calls.
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/posix/posix.h"
#include "haul/lake/table.h"

namespace haul::adapters {
namespace {

constexpr std::int64_t kRows = 1000;
constexpr int kCommits = 50;          // per measurement: one checkpoint, at version 50
constexpr int kCommitsOfLarge = 250;  // at version 1,000: one checkpoint, at 1,200, as after 950 before

/// Every folder of this process lies here: on the disk of the build, because /tmp may be memory. All of it
/// goes at the end: a file system that has just removed many files creates new ones slower (ext4 looks for
/// inodes that were not freed lately), and the next measurement would pay for that.
class BenchFolders {
 public:
  BenchFolders() : root_(std::filesystem::current_path() / fmt::format("delta-bench-{}", ::getpid())) {}
  ~BenchFolders() { std::filesystem::remove_all(root_); }
  BenchFolders(const BenchFolders&) = delete;
  BenchFolders& operator=(const BenchFolders&) = delete;

  static Path next() {
    static BenchFolders all;
    auto folder = all.root_ / std::to_string(all.made_++);
    std::filesystem::create_directories(folder);
    return folder;
  }

 private:
  Path root_;
  int made_ = 0;
};

std::shared_ptr<arrow::RecordBatch> batch() {
  arrow::Int64Builder id;
  arrow::StringBuilder name;
  arrow::Status status;
  for (std::int64_t row = 0; row < kRows; ++row) {
    status &= id.Append(row * 7919);
    status &= name.Append(fmt::format("N{}", row * 31));
  }
  if (!status.ok()) status.Abort();
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8())}), kRows,
      {*id.Finish(), *name.Finish()});
}

/// A table that is written to as a flow does: one batch, one offset, one commit.
struct Writer {
  Path folder = BenchFolders::next();
  std::unique_ptr<FileSystem> files = make_posix_file_system();
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Rng> rng = make_system_rng();
  std::unique_ptr<lake::TableLogs> logs = make_delta_table_logs(*rng);
  lake::LakeContext context{*files, *logs, *clock, *rng};
  std::shared_ptr<arrow::RecordBatch> rows = batch();
  std::unique_ptr<lake::Table> table;
  std::optional<std::int64_t> offset;

  Result<void> open() {
    HAUL_TRY(opened, lake::Table::open_or_create(
                         context, folder, {{{{"id", arrow::int64()}, {"name", arrow::utf8()}}}, {}, {}}));
    table = std::move(opened);
    return {};
  }

  Result<lake::Version> commit() {
    HAUL_TRY(writer, table->stage());
    HAUL_TRY_VOID(writer->write(*rows));
    HAUL_TRY(file, writer->finish());
    lake::CommitRequest request;
    request.operation = "STREAMING UPDATE";
    const auto next = offset.value_or(0) + kRows;
    request.offsets = {{"bench/0", offset, next}};
    request.adds = {std::move(file)};
    HAUL_TRY(report, table->commit(std::move(request)));
    offset = next;
    return report.version;
  }
};

// The argument is the version at which the measurement begins.
void commit_at_version(benchmark::State& state) {
  Writer writer;
  auto done = writer.open().map([] { return lake::Version{0}; });
  while (done && *done < state.range(0)) done = writer.commit();
  for (auto _ : state) {
    if (done) done = writer.commit();
  }
  if (!done) state.SkipWithError(done.error().message.c_str());
}
BENCHMARK(commit_at_version)->Arg(10)->Iterations(kCommits)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(commit_at_version)
    ->Arg(1000)
    ->Iterations(kCommitsOfLarge)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// Bytes as large as those of commit_at_version.
void bare_files(benchmark::State& state) {
  const Path folder = BenchFolders::next();
  const auto files = make_posix_file_system();
  const auto put = [&](const Path& place, const std::string& name, std::size_t bytes) -> Result<void> {
    const std::string content(bytes, 'x');
    HAUL_TRY(file, files->open_for_write(place / (name + ".tmp"), OpenMode::kCreateNew));
    HAUL_TRY_VOID(file->append(as_bytes(content)));
    HAUL_TRY_VOID(file->sync());
    HAUL_TRY_VOID(files->rename(place / (name + ".tmp"), place / name));
    return files->sync_directory(place);
  };
  const Path log = folder / "log";
  auto done = files->create_directories(log / "beside");
  int number = 0;
  for (auto _ : state) {
    const auto name = fmt::format("{}", number++);
    if (done) done = put(folder, name, 3098);
    if (done) done = put(log / "beside", name, 67);
    if (done) done = put(log, name, 683);
  }
  if (!done) state.SkipWithError(done.error().message.c_str());
}
BENCHMARK(bare_files)->Iterations(kCommits)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace haul::adapters
