#include "superseded_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/lake/data_file.h"

namespace haul::ingest {
namespace {

/// Finds the rows of some files in the column `_file`, read in the order of the data file.
class FileNameConsumer final : public query::ResultConsumer {
 public:
  FileNameConsumer(const std::vector<std::string>& names, std::span<const std::uint64_t> deleted)
      : names_(names), deleted_(deleted) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    const auto& column = static_cast<const arrow::StringArray&>(*rows->column(0));
    for (std::int64_t row = 0; row < column.length(); ++row, ++next_row_) {
      if (column.IsNull(row) || std::binary_search(deleted_.begin(), deleted_.end(), next_row_)) continue;
      if (std::find(names_.begin(), names_.end(), column.GetView(row)) != names_.end())
        found_.push_back(next_row_);
    }
    return {};
  }
  [[nodiscard]] std::vector<std::uint64_t> take() { return std::move(found_); }

 private:
  const std::vector<std::string>& names_;
  std::span<const std::uint64_t> deleted_;
  std::uint64_t next_row_ = 0;
  std::vector<std::uint64_t> found_;
};

}  // namespace

Result<RowsByFile> find_superseded_rows(const LandingContext& context, const Path& folder,
                                        const lake::Snapshot& snapshot,
                                        const std::vector<std::string>& files) {
  RowsByFile found;
  if (files.empty()) return found;
  for (const lake::DataFile& file : snapshot.files) {
    const Path path = folder / file.path;
    HAUL_TRY_VOID(lake::verify_data_file(context.lake.files, path));
    query::QueryRequest request;
    request.sql = "SELECT _file FROM silver.data";
    request.scans.push_back({"silver", "data", snapshot.schema, {{path}}, nullptr});
    request.limits.threads = 1;  // the order of the result is that of the file
    FileNameConsumer consumer(files, file.deleted_rows);
    HAUL_TRY_VOID(context.engine.run(request, consumer));
    auto rows = consumer.take();
    if (!rows.empty()) found.emplace(file.path, std::move(rows));
  }
  return found;
}

void hide_rows(lake::Snapshot& snapshot, const RowsByFile& rows) {
  for (lake::DataFile& file : snapshot.files) {
    const auto hidden = rows.find(file.path);
    if (hidden == rows.end()) continue;
    auto& deleted = file.deleted_rows;
    deleted.insert(deleted.end(), hidden->second.begin(), hidden->second.end());
    std::sort(deleted.begin(), deleted.end());
  }
}

}  // namespace haul::ingest
