#include "silver_keys.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "haul/columnar/selection.h"
#include "haul/lake/data_file.h"

namespace haul::ingest {
namespace {

/// Reads the keys of a result into the set.
class KeyConsumer final : public query::ResultConsumer {
 public:
  KeyConsumer(const std::vector<std::string>& columns, KeySet& keys) : columns_(columns), keys_(keys) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    HAUL_TRY_VOID(key_identities(*rows, columns_, identities_));
    for (const Hash128 key : identities_) keys_.insert(key);
    return {};
  }

 private:
  const std::vector<std::string>& columns_;
  KeySet& keys_;
  std::vector<Hash128> identities_;
};

}  // namespace

Result<query::Scan> scan_of(const LandingContext& context, std::string schema, std::string name,
                            const Path& folder, const lake::Snapshot& snapshot) {
  query::Scan scan{std::move(schema), std::move(name), snapshot.schema, {}, nullptr};
  for (const lake::DataFile& file : snapshot.files) {
    const Path path = folder / file.path;
    HAUL_TRY_VOID(lake::verify_data_file(context.lake.files, path));
    scan.files.push_back({path, file.deleted_rows});
  }
  return scan;
}

Result<void> SilverKeys::read(const LandingContext& context, const query::Scan& silver) {
  if (columns_.empty() || silver.files.empty()) return {};
  std::string columns;
  for (const std::string& name : columns_) {
    columns += fmt::format("{}\"{}\"", columns.empty() ? "" : ", ", name);
  }
  query::QueryRequest request;
  request.sql = fmt::format("SELECT {} FROM \"{}\".\"{}\"", columns, silver.schema, silver.name);
  request.scans = {silver};
  KeyConsumer consumer(columns_, keys_);
  HAUL_TRY_VOID(context.engine.run(request, consumer));
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> SilverKeys::keep_new(std::shared_ptr<arrow::RecordBatch> rows,
                                                                 std::vector<std::uint32_t>& row_of) {
  if (columns_.empty()) return rows;
  HAUL_TRY_VOID(key_identities(*rows, columns_, identities_));
  std::vector<std::uint32_t> kept;
  kept.reserve(identities_.size());
  for (std::uint32_t row = 0; row < identities_.size(); ++row) {
    if (keys_.insert(identities_[row])) kept.push_back(row);
  }
  if (kept.size() == identities_.size()) return rows;
  for (std::size_t i = 0; i < kept.size(); ++i) row_of[i] = row_of[kept[i]];
  row_of.resize(kept.size());
  return columnar::take_rows(rows, kept);
}

}  // namespace haul::ingest
