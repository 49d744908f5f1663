#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/ingest/landing.h"
#include "haul/ingest/rejections.h"

namespace haul::ingest {

/// The rows of a batch as bronze keeps them: the payload column is a view into the batch's storage, not a
/// copy.
Result<std::shared_ptr<arrow::RecordBatch>> bronze_rows(const LandingBatch& batch, std::string_view source);

/// What all quarantined rows of a landing share.
struct QuarantineOrigin {
  std::string source;
  std::string contract_id;
  std::string contract_version;
  std::string run;  ///< Id of this opening of the landing.
};

/// The rejected rows of a batch as quarantine keeps them, original bytes included.
Result<std::shared_ptr<arrow::RecordBatch>> quarantine_rows(const LandingBatch& batch,
                                                            const QuarantineOrigin& origin,
                                                            const std::vector<Rejection>& rejections);

/// Rows for silver: which raw row each came from, and what the contract does not name of them.
struct GoodRows {
  const std::shared_ptr<arrow::RecordBatch>& rows;
  const std::vector<std::uint32_t>& row_of;
  const ExtraFields& extra;  ///< Of these and other raw rows.
};

/// The column _extra of the rows.
Result<std::shared_ptr<arrow::Array>> extra_column(const GoodRows& good);

/// The rows with their place in the source.
Result<std::shared_ptr<arrow::RecordBatch>> silver_rows(const LandingBatch& batch, const GoodRows& good,
                                                        const std::shared_ptr<arrow::Schema>& schema);

}  // namespace haul::ingest
