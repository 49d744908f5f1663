#include "staged_file.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <array>
#include <vector>

#include "haul/base/buffered_sink.h"
#include "haul/base/check.h"
#include "haul/base/hash.h"
#include "haul/lake/data_file.h"
#include "schema_match.h"
#include "statistics_json.h"

namespace haul::lake {
namespace {

/// Takes size and CRC32C of all bytes on their way to the file.
class ChecksummedSink final : public ByteSink {
 public:
  explicit ChecksummedSink(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    crc32c_ = extend_crc32c(crc32c_, bytes);
    size_ += bytes.size();
    return file_.append(bytes);
  }

  Result<void> sync() { return file_.sync(); }

  [[nodiscard]] std::uint32_t crc32c() const { return crc32c_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  BufferedSink file_;
  std::uint32_t crc32c_ = 0;
  std::uint64_t size_ = 0;
};

class StagedFile final : public StagedWriter {
 public:
  StagedFile(const LakeContext& context, Path folder, columnar::Schema schema, std::string uuid,
             Path temporary, std::unique_ptr<ChecksummedSink> sink,
             std::unique_ptr<columnar::ParquetWriter> writer, StagedNames staged)
      : context_(context),
        folder_(std::move(folder)),
        schema_(std::move(schema)),
        uuid_(std::move(uuid)),
        temporary_(std::move(temporary)),
        sink_(std::move(sink)),
        writer_(std::move(writer)),
        staged_(std::move(staged)) {}

  Result<void> write(const arrow::RecordBatch& batch) override {
    HAUL_CHECK(!finished_, "a finished data file takes no more rows");
    HAUL_TRY(arranged, arrange(batch, schema_));
    return writer_->write(*arranged);
  }

  [[nodiscard]] std::uint64_t bytes() const override { return sink_->size(); }

  Result<DataFile> finish() override {
    HAUL_CHECK(!finished_, "a data file is finished once");
    finished_ = true;
    HAUL_TRY(statistics, writer_->finish());
    HAUL_TRY_VOID(sink_->sync());
    const std::string name = data_file_name(uuid_, sink_->crc32c());
    HAUL_TRY_VOID(context_.files.rename(temporary_, folder_ / name));
    HAUL_TRY_VOID(context_.files.sync_directory(folder_));
    staged_->insert(name);
    DataFile file;
    file.path = name;
    file.bytes = static_cast<std::int64_t>(sink_->size());
    file.rows = statistics.rows;
    file.modified_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.now().time_since_epoch())
            .count();
    file.statistics = statistics_json(statistics);
    return file;
  }

 private:
  LakeContext context_;
  Path folder_;
  columnar::Schema schema_;
  std::string uuid_;
  Path temporary_;
  std::unique_ptr<ChecksummedSink> sink_;  // outlives writer_
  std::unique_ptr<columnar::ParquetWriter> writer_;
  StagedNames staged_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<StagedWriter>> stage_file(const LakeContext& context, const Path& folder,
                                                 const columnar::Schema& schema, StagedNames staged) {
  std::string uuid = new_uuid(context.rng);
  Path temporary = folder / fmt::format(".part-{}.tmp", uuid);
  HAUL_TRY(file, context.files.open_for_write(temporary, OpenMode::kCreateNew));
  auto sink = std::make_unique<ChecksummedSink>(std::move(file));
  HAUL_TRY(writer, columnar::ParquetWriter::open(schema, *sink, {}));
  return std::make_unique<StagedFile>(context, folder, schema, std::move(uuid), std::move(temporary),
                                      std::move(sink), std::move(writer), std::move(staged));
}

}  // namespace haul::lake
