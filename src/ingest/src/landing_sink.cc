#include "landing_sink.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haul/lake/write_behind.h"

namespace haul::ingest {

Result<LandingSink> LandingSink::open(const lake::LakeContext& context, const LandingSpec& spec,
                                      std::string_view layer, std::string_view name,
                                      columnar::Schema schema) {
  LandingSink sink;
  sink.dataset_ = fmt::format("{}.{}", layer, name);
  HAUL_TRY(table, lake::Table::open_or_create(context, spec.lake_folder / layer / name,
                                              lake::TableSpec{std::move(schema), {}, {}}));
  sink.table_ = std::move(table);
  HAUL_TRY(stored, sink.table_->offsets(spec.app_ids));
  for (const auto& offset : stored) {
    sink.start_.emplace_back(static_cast<std::uint64_t>(offset.value_or(0)));
  }
  sink.stored_ = std::move(stored);
  return sink;
}

void LandingSink::skip_to(const std::vector<Offset>& offsets) {
  for (std::size_t p = 0; p < start_.size(); ++p) start_[p] = std::max(start_[p], offsets[p]);
}

Result<void> LandingSink::stage(const arrow::RecordBatch& rows) {
  if (writer_ == nullptr) {
    HAUL_TRY(writer, table_->stage());
    writer_ = lake::write_behind(std::move(writer));
  }
  auto written = writer_->write(rows);
  if (!written) return fail(with_context(std::move(written).error(), dataset_));
  return {};
}

Result<std::string> LandingSink::commit(const std::vector<std::string>& app_ids,
                                        const std::vector<Offset>& reached, lake::CommitRequest request) {
  request.operation = request.deletes.empty() ? "STREAMING UPDATE" : "MERGE";
  std::string path;
  if (writer_ != nullptr) {
    HAUL_TRY(file, writer_->finish());
    writer_.reset();
    path = file.path;
    request.adds.push_back(std::move(file));
  }
  std::vector<std::optional<std::int64_t>> stored = stored_;
  for (std::size_t p = 0; p < reached.size(); ++p) {
    const auto offset = static_cast<std::int64_t>(reached[p].raw());
    if (offset <= stored_[p].value_or(0)) continue;
    request.offsets.push_back({app_ids[p], stored_[p], offset});
    stored[p] = offset;
  }
  if (request.adds.empty() && request.offsets.empty()) return path;
  auto committed = table_->commit(std::move(request));
  if (!committed) return fail(with_context(std::move(committed).error(), dataset_));
  stored_ = std::move(stored);
  skip_to(reached);
  return path;
}

}  // namespace haul::ingest
