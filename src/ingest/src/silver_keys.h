#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table_log.h"
#include "haul/query/sql_engine.h"
#include "key_set.h"

namespace haul::ingest {

/// The data files of a snapshot of the table in `folder` as a query's scan, each checked against its
/// checksum. Errors as lake::verify_data_file().
Result<query::Scan> scan_of(const LandingContext& context, std::string schema, std::string name,
                            const Path& folder, const lake::Snapshot& snapshot);

/// The keys that a silver table holds, and with them which new rows are repeats. One thread. Memory: 16 bytes
/// a key.
class SilverKeys {
 public:
  /// Without columns every row is new.
  explicit SilverKeys(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// Adds the keys of a scan of silver. Errors as query::SqlEngine::run().
  Result<void> read(const LandingContext& context, const query::Scan& silver);

  /// The rows whose key is new, with their `row_of`; their keys are known from then on. kInvalidInput: a key
  /// column is missing.
  Result<std::shared_ptr<arrow::RecordBatch>> keep_new(std::shared_ptr<arrow::RecordBatch> rows,
                                                       std::vector<std::uint32_t>& row_of);

 private:
  std::vector<std::string> columns_;
  KeySet keys_;
  std::vector<Hash128> identities_;
};

}  // namespace haul::ingest
