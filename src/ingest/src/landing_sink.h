#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/id.h"
#include "haul/base/result.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table.h"

namespace haul::ingest {

/// One table of a landing, with the data file that is being written and the offsets it has reached. One
/// thread.
class LandingSink {
 public:
  /// Opens or creates the table <lake_folder>/<layer>/<name>. Errors as lake::Table::open_or_create().
  static Result<LandingSink> open(const lake::LakeContext& context, const LandingSpec& spec,
                                  std::string_view layer, std::string_view name, columnar::Schema schema);

  [[nodiscard]] lake::Table& table() { return *table_; }
  /// Per partition: the first offset that the table still takes.
  [[nodiscard]] const std::vector<Offset>& start() const { return start_; }
  /// The table has what comes before `offsets`, though it may store older ones: it had no row to commit.
  void skip_to(const std::vector<Offset>& offsets);
  [[nodiscard]] bool wants(const LandingBatch& batch) const {
    return start_[batch.partition.raw()] <= batch.first;
  }
  [[nodiscard]] bool has_rows() const { return writer_ != nullptr; }

  /// Writes rows to the data file of the next commit.
  Result<void> stage(const arrow::RecordBatch& rows);

  /// Publishes the staged rows with the offsets `reached` of `app_ids`, and what `request` holds already. The
  /// path of the new data file, empty where there is none. Errors as lake::Table::commit().
  Result<std::string> commit(const std::vector<std::string>& app_ids, const std::vector<Offset>& reached,
                             lake::CommitRequest request);

 private:
  std::string dataset_;
  std::unique_ptr<lake::Table> table_;
  std::unique_ptr<lake::StagedWriter> writer_;
  std::vector<std::optional<std::int64_t>> stored_;  // per partition, as the table has them
  std::vector<Offset> start_;
};

}  // namespace haul::ingest
